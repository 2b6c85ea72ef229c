import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {Session} from '../session';
import {storeOf} from '../store';
import type {Key} from '../text/en';
import {type Language, chosenLanguage, isLanguage, wordingOf} from '../text/language';
import {TokenPlace, tokenOfFragment} from '../token';
import {Surrounded} from './context';
import {Dashboard} from './dashboard';
import {Bar, Connection, Sources} from './frame';
import {Login} from './login';

const computer = storeOf(() => localStorage);
const place = new TokenPlace(storeOf(() => sessionStorage), computer);

/** Takes the token out of the address, where the browser's history would keep it and screens would show it. */
function takeTokenOfAddress(): string | null {
    const token = tokenOfFragment(location.hash);
    if (token !== null) {
        history.replaceState(null, '', location.pathname + location.search);
        place.keep(token, false);
    }
    return token;
}

/** A token that is tried or shown. `typed`: somebody looks at the form meanwhile. */
interface SignedIn {
    token: string;
    keep: boolean;
    typed: boolean;
}

function kept(): SignedIn | null {
    const token = takeTokenOfAddress() ?? place.kept();
    return token === null ? null : {token, keep: false, typed: false};
}

/** Once per frame, however many events came: a hidden page is drawn when it is looked at again. */
function useRedraw(): () => void {
    const [, again] = useState(0);
    const asked = useRef(false);
    return useMemo(() => () => {
        if (asked.current) return;
        asked.current = true;
        const draw = () => {
            asked.current = false;
            again(count => count + 1);
        };
        if (document.hidden) setTimeout(draw, 250);
        else requestAnimationFrame(draw);
    }, []);
}

function useLanguage(): [Language, (language: Language) => void] {
    const [language, choose] = useState<Language>(() => {
        const chosen = computer.getItem('callboard.language');
        return isLanguage(chosen) ? chosen : chosenLanguage(navigator.languages);
    });
    useEffect(() => {
        document.documentElement.lang = language;
    }, [language]);
    return [language, chosen => {
        computer.setItem('callboard.language', chosen);
        choose(chosen);
    }];
}

export function App() {
    const [language, choose] = useLanguage();
    const wording = useMemo(() => wordingOf(language), [language]);
    const [signedIn, signIn] = useState(kept);
    const [message, setMessage] = useState<Key | null>(null);
    const redraw = useRedraw();
    const session = useMemo(() => (signedIn ? new Session(signedIn.token, redraw) : null), [signedIn]);
    const {link, begun} = session?.shown ?? {link: null, begun: false};

    useEffect(() => {
        session?.start();
        return () => session?.close();
    }, [session]);
    useEffect(() => {
        const changed = () => {
            const token = takeTokenOfAddress();
            if (token !== null) signIn({token, keep: false, typed: false});
        };
        addEventListener('hashchange', changed);
        return () => removeEventListener('hashchange', changed);
    }, []);
    useEffect(() => {
        if (begun && signedIn) {
            place.keep(signedIn.token, signedIn.keep);
            setMessage(null);
            if (signedIn.typed) document.getElementById('main')?.focus();
        }
    }, [begun, session]);
    const refused = link?.kind === 'refused' ? (link.wasLive ? 'login.expired' : 'login.wrong') : null;
    useEffect(() => {
        if (refused) signOut(refused);
    }, [refused]);

    function signOut(why: Key): void {
        place.forget();
        setMessage(why);
        signIn(null);
    }

    const now = () => session?.now() ?? Date.now();
    const surroundings = useMemo(() => ({wording, now}), [wording, session]);
    const out = {signOut: () => signOut('login.signedOut')};
    const trying = link !== null && !begun;
    return (
        <Surrounded value={surroundings}>
            {begun && <a class="skip" href="#main" onClick={event => {
                event.preventDefault();
                document.getElementById('main')?.focus();
            }}>{wording.say('page.skip')}</a>}
            <Bar choose={choose} {...(signedIn ? out : {})}>
                {link !== null && <Connection link={link} />}
                {session && begun && <Sources sources={session.shown.board.sources} />}
            </Bar>
            {session && begun && <Dashboard shown={session.shown} />}
            {(!signedIn || (trying && signedIn.typed)) && (
                <Login busy={signedIn !== null} submit={(token, keep) => signIn({token, keep, typed: true})}
                    message={link?.kind === 'reconnecting' ? 'login.unreachable' : signedIn ? null : message} />
            )}
            {trying && !signedIn?.typed && (
                <main class="login"><p class="empty">{wording.say(link.kind === 'reconnecting' ? 'login.unreachable' : 'link.connecting')}</p></main>
            )}
        </Surrounded>
    );
}
