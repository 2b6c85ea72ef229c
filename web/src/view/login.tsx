import {useEffect, useRef, useState} from 'preact/hooks';
import type {Key} from '../text/en';
import {type Language, languages} from '../text/language';
import {useWording} from './context';

export interface LoginProps {
    /** What went wrong before, or what was done. */
    message: Key | null;
    /** A token is being tried. */
    busy: boolean;
    submit(token: string, keep: boolean): void;
    language: Language;
    choose(language: Language): void;
}

/** Asks for the token. */
export function Login({message, busy, submit, language, choose}: LoginProps) {
    const {say} = useWording();
    const [token, setToken] = useState('');
    const [shown, setShown] = useState(false);
    const [keep, setKeep] = useState(false);
    const [empty, setEmpty] = useState(false);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => {
        if (!busy) field.current?.focus();
    }, [busy, message]);
    const problem: Key | null = empty ? 'login.empty' : message;
    const wrong = problem === 'login.empty' || problem === 'login.wrong' || problem === 'login.expired';
    const onSubmit = (event: Event) => {
        event.preventDefault();
        if (busy) return;
        setEmpty(token.trim() === '');
        if (token.trim() === '') field.current?.focus();
        else submit(token.trim(), keep);
    };
    return (
        <main class="login">
            <form class="panel" onSubmit={onSubmit} noValidate>
                <h2>{say('login.title')}</h2>
                <p id="explain" class="quiet">{say('login.explain')}</p>
                <p id="problem" class={wrong ? 'problem' : 'message'} role="alert">{problem !== null && say(problem)}</p>
                <label for="token">{say('login.token')}</label>
                <input id="token" ref={field} name="token" type={shown ? 'text' : 'password'} value={token} autocomplete="current-password"
                    autocapitalize="off" spellcheck={false} aria-describedby="explain problem" aria-invalid={wrong} readOnly={busy}
                    onInput={change => setToken(change.currentTarget.value)} />
                <label class="check">
                    <input type="checkbox" checked={shown} onChange={change => setShown(change.currentTarget.checked)} />{say('login.show')}
                </label>
                <label class="check">
                    <input type="checkbox" name="keep" checked={keep} onChange={change => setKeep(change.currentTarget.checked)} />{say('login.keep')}
                </label>
                <label class="choice"><span>{say('settings.language')}</span>
                    <select value={language} onChange={event => choose(event.currentTarget.value as Language)}>
                        {Object.entries(languages).map(([tag, {name}]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
                    </select></label>
                <button type="submit" class="main" aria-disabled={busy}>{say(busy ? 'login.busy' : 'login.submit')}</button>
            </form>
        </main>
    );
}
