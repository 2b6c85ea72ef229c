import type {LinkState} from '../api/link';
import type {Source} from '../fold/board';
import {type Language, languages} from '../text/language';
import {useNow, useWording} from './context';

/** The connection in words, read out when it changes. Always there, so that nobody takes an old picture for a live one. */
export function Connection({link}: {link: LinkState}) {
    const {say, time} = useWording();
    const text = link.kind === 'live' ? say('link.live')
        : link.kind === 'reconnecting' ? say('link.reconnecting', {time: time(link.since, Date.now())})
        : say('link.connecting');
    return (
        <span class={`connection ${link.kind}`} data-connection={link.kind} role="status">
            <span class="dot" aria-hidden="true" /> {text}
        </span>
    );
}

/** Where the events come from, and whether it is heard. */
export function Sources({sources}: {sources: readonly Source[]}) {
    const wording = useWording();
    const now = useNow();
    if (sources.length === 0) return null;
    return (
        <ul class="sources" aria-label={wording.say('sources.title')}>
            {sources.map(source => (
                <li key={source.name} class={source.up ? 'up' : 'down'} data-source={source.name} data-up={source.up}>
                    <span aria-hidden="true">{source.up ? '▲' : '▼'}</span> {source.name}{' '}
                    <span class="quiet">{wording.say(source.up ? 'sources.up' : 'sources.down')}
                        {!source.up && source.since > 0 && <> {wording.say('sources.since', {time: wording.time(source.since, now)})}</>}</span>
                </li>
            ))}
        </ul>
    );
}

export interface BarProps {
    choose(language: Language): void;
    /** Absent: nobody is signed in. */
    signOut?: () => void;
    children?: preact.ComponentChildren;
}

/** The page's head: its name, the connection, the language, the way out. */
export function Bar({choose, signOut, children}: BarProps) {
    const {say, language} = useWording();
    return (
        <header class="bar">
            <div class="brand">
                <img src="/icon.svg" alt="" width="32" height="32" />
                <div><h1>{say('page.title')}</h1><div class="small">{say('page.subtitle')}</div></div>
            </div>
            {children}
            <div class="actions">
                <select aria-label={say('page.language')} value={language} onChange={change => choose(change.currentTarget.value as Language)}>
                    {Object.entries(languages).map(([tag, {name}]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
                </select>
                {signOut && <button type="button" onClick={signOut}>{say('page.signOut')}</button>}
            </div>
        </header>
    );
}
