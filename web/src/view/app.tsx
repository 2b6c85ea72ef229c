import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {History as Api} from '../api/history';
import {claimsOf} from '../callback/claim';
import {Desk} from '../callback/desk';
import {figuresAt} from '../fold/figures';
import {type Route, routeOf} from '../router';
import {Names, noNames} from '../names';
import {Session} from '../session';
import {type Settings, SettingsPlace} from '../settings';
import {storeOf} from '../store';
import type {Key} from '../text/en';
import {chosenLanguage, wordingOf} from '../text/language';
import {TokenPlace, tokenOfFragment} from '../token';
import {wallOfAddress} from '../wall/wall';
import {Surrounded} from './context';
import {Announcer, Bar, Clock, Connection, Menu, Sources} from './frame';
import {useShortcuts} from './keys';
import {Login} from './login';
import {Pops} from './pops';
import {Screens} from './screens';
import {Wallboard} from './wallboard';

const computer = storeOf(() => localStorage);
const tab = storeOf(() => sessionStorage);
const place = new TokenPlace(tab, computer);
const settingsPlace = new SettingsPlace(computer);

/** Takes the token out of the address, where the browser's history would keep it and screens would show it. */
function takeTokenOfAddress(): string | null {
    const found = tokenOfFragment(location.hash);
    if (found === null) return null;
    history.replaceState(null, '', location.pathname + location.search + found.rest);
    place.keep(found.token, false);
    return found.token;
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

/** Of who is neither line nor queue of the session's board; a service that has nothing but events has no names. */
function namesFor(session: Session, api: Api): Names {
    return new Names({
        ask: async numbers => (session.shown.eventsOnly ? null : api.names(numbers)),
        isOurs: number => session.shown.board.lines.has(number) || session.shown.board.queues.some(queue => queue.number === number),
        now: () => performance.now(),
        later: (work, ms) => setTimeout(work, ms),
    });
}

/** Ten times a second at most, however many events come: a hidden page is drawn when it is looked at again. */
function useRedraw(): () => void {
    const [, again] = useState(0);
    const asked = useRef(false);
    const last = useRef(0);
    return useMemo(() => () => {
        if (asked.current) return;
        asked.current = true;
        const draw = () => {
            asked.current = false;
            last.current = performance.now();
            again(count => count + 1);
        };
        const wait = last.current + 100 - performance.now();
        if (document.hidden) setTimeout(draw, 250);
        else if (wait > 0) setTimeout(draw, wait);
        else requestAnimationFrame(draw);
    }, []);
}

/** What the reader chose, the same in all tabs; tests and readers see it at the document's root. */
function useSettings(): [Settings, (change: Partial<Settings>) => void] {
    const [settings, setSettings] = useState(() => settingsPlace.read());
    const now = useRef(settings);
    now.current = settings;
    useEffect(() => settingsPlace.watch(() => setSettings(settingsPlace.read())), []);
    useEffect(() => {
        const {dataset} = document.documentElement;
        dataset['theme'] = settings.theme;
        dataset['palette'] = settings.palette;
    }, [settings.theme, settings.palette]);
    return [settings, change => {
        now.current = {...now.current, ...change};
        settingsPlace.write(now.current);
        setSettings(now.current);
    }];
}

function useRoute(): Route {
    const [route, setRoute] = useState(() => routeOf(location.hash));
    useEffect(() => {
        const changed = () => setRoute(routeOf(location.hash));
        addEventListener('hashchange', changed);
        return () => removeEventListener('hashchange', changed);
    }, []);
    return route;
}

export function App() {
    const [settings, change] = useSettings();
    const language = settings.language ?? chosenLanguage(navigator.languages);
    const wording = useMemo(() => wordingOf(language), [language]);
    const [signedIn, signIn] = useState(kept);
    const route = useRoute();
    const [message, setMessage] = useState<Key | null>(null);
    const redraw = useRedraw();
    const current = useRef(settings);
    current.current = settings;
    const [session, desk, api, names] = useMemo(() => {
        if (!signedIn) return [null, null, null, noNames];
        const desk = new Desk(() => current.current.callback, claimsOf(computer, navigator.locks), redraw);
        const session = new Session(signedIn.token, settings.endpoint,
            {tab, computer, asLongAsTheToken: () => (place.isOnComputer() || signedIn.keep ? computer : tab),
                resetAtMidnight: () => current.current.resetAtMidnight}, desk, redraw);
        const api = new Api(signedIn.token, settings.endpoint);
        return [session, desk, api, namesFor(session, api)];
    }, [signedIn?.token, settings.endpoint]);
    const {link, begun} = session?.shown ?? {link: null, begun: false};
    const wall = route.screen === 'wallboard';
    useShortcuts(settings, change, desk);

    useEffect(() => {
        document.documentElement.lang = language;
    }, [language]);
    useEffect(() => {
        document.title = route.screen === 'overview' ? wording.say('page.title') : `${wording.say(`nav.${route.screen}`)} · ${wording.say('page.title')}`;
        scrollTo(0, 0);
    }, [route.screen, wording]);
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
        session?.forget();
        place.forget();
        setMessage(why);
        signIn(null);
    }

    const now = () => session?.now() ?? Date.now();
    const describe = (number: string): string => {
        if (!session || number === '') return '';
        const {board} = session.shown;
        const description = board.lines.get(number)?.description ?? board.queues.find(queue => queue.number === number)?.description ?? '';
        return description === number ? '' : description;
    };
    useEffect(() => names.watch(redraw), [names]);
    const surroundings = useMemo(() => ({wording, now, settings, change, describe, names}), [wording, session, settings]);
    const shown = session?.shown;
    const lost = link?.kind === 'reconnecting';
    const trying = link !== null && !begun;
    if (session && shown && begun && wall)
        return <Surrounded value={surroundings}><Wallboard shown={shown} wall={wallOfAddress(settings.wall, route.parameters)} /></Surrounded>;
    return (
        <Surrounded value={surroundings}>
            {begun && <a class="skip" href="#main" onClick={event => {
                event.preventDefault();
                document.getElementById('main')?.focus();
            }}>{wording.say('page.skip')}</a>}
            <Bar {...(signedIn ? {signOut: () => signOut('login.signedOut')} : {})}>
                {link !== null && <Connection link={link} />}
                {shown && begun && <Sources sources={shown.board.sources} />}
                {begun && <Clock />}
            </Bar>
            {session && desk && api && shown && begun && (
                <div class="frame">
                    <Menu screen={route.screen} eventsOnly={shown.eventsOnly} />
                    <main class={lost ? 'screen lost' : 'screen'} id="main" tabIndex={-1} data-screen={route.screen}>
                        {lost && <p class="banner">{wording.say('link.stale', {time: wording.time(link.since, Date.now())})}</p>}
                        <Screens route={route} shown={shown} session={session} api={api} kept={place.isOnComputer()}
                            keep={on => {
                                place.keepOnComputer(session.token, on);
                                redraw();
                            }}
                            change={token => signIn({token, keep: place.isOnComputer(), typed: false})} />
                    </main>
                    <Pops desk={desk} />
                    <Announcer text={announcement()} />
                </div>
            )}
            {(!signedIn || (trying && signedIn.typed)) && (
                <Login busy={signedIn !== null} submit={(token, keep) => signIn({token, keep, typed: true})} language={language} choose={chosen => change({language: chosen})}
                    message={link?.kind === 'reconnecting' ? 'login.unreachable' : signedIn ? null : message} />
            )}
            {trying && !signedIn?.typed && (
                <main class="login"><p class="empty">{wording.say(link.kind === 'reconnecting' ? 'login.unreachable' : 'link.connecting')}</p></main>
            )}
        </Surrounded>
    );

    function announcement(): string {
        if (!shown || !begun) return '';
        const {ringing, inProgress, waiting} = figuresAt(shown.board, shown.queues, shown.tally, now());
        return wording.say('page.announce', {ringing, inProgress, waiting});
    }
}
