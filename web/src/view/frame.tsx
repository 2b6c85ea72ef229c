import type {ComponentChildren} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import type {LinkState} from '../api/link';
import type {Source} from '../fold/board';
import {type Screen, addressOfScreen, ofCallboard, screens} from '../router';
import {useAt, useNow, useSurroundings, useWording} from './context';
import {Icon} from './icons';
import {Light} from './parts';
import {lineStates} from './help';

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
                <li key={source.name} class={source.up ? 'up' : 'down'} data-source={source.name} data-up={source.up} title={source.detail}>
                    <span aria-hidden="true">{source.up ? '▲' : '▼'}</span> {source.name}{' '}
                    <span class="quiet">{wording.say(source.up ? 'sources.up' : 'sources.down')}
                        {!source.up && source.since > 0 && <> {wording.say('sources.since', {time: wording.time(source.since, now)})}</>}</span>
                </li>
            ))}
        </ul>
    );
}

/** The time of the server, by which everything on the page is counted. */
export function Clock() {
    const {wording} = useSurroundings();
    return <time class="clock" aria-label={wording.say('page.clock')}>{useAt(now => wording.time(now, now))}</time>;
}

/** The page's head: its name, the connection, the way out. */
export function Bar({signOut, children}: {signOut?: () => void; children?: ComponentChildren}) {
    const {say} = useWording();
    return (
        <header class="bar">
            <a class="brand" href="#/">
                <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width="30" height="30" />
                <h1>{say('page.title')}</h1>
            </a>
            {children}
            {signOut && <div class="actions"><button type="button" onClick={signOut}><Icon name="out" /><span>{say('page.signOut')}</span></button></div>}
        </header>
    );
}

export function Menu({screen, eventsOnly}: {screen: Screen; eventsOnly: boolean}) {
    const {say} = useWording();
    return (
        <nav class="menu" aria-label={say('nav.title')}>
            <ul>{screens.filter(one => !eventsOnly || !ofCallboard.has(one)).map(one => (
                <li key={one}><a href={addressOfScreen(one)} aria-current={one === screen ? 'page' : undefined}><Icon name={one} /><span>{say(`nav.${one}`)}</span></a></li>
            ))}</ul>
            <div class="mini-legend" aria-label={say('help.legend')} role="group">{lineStates.map(state => <span key={state} class={`state ${state}`}><Light state={state} /> {say(`state.${state}`)}</span>)}</div>
        </nav>
    );
}

/** Says to a screen reader how things are, not oftener than anybody can listen. */
export function Announcer({text}: {text: string}) {
    const [said, setSaid] = useState('');
    const next = useRef(text);
    next.current = text;
    useEffect(() => {
        const timer = setInterval(() => setSaid(next.current), 5000);
        return () => clearInterval(timer);
    }, []);
    return <div class="unseen" role="log" aria-live="polite">{said}</div>;
}
