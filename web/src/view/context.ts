import {createContext} from 'preact';
import {useContext, useEffect, useState} from 'preact/hooks';
import {type Names, noNames} from '../names';
import type {Settings} from '../settings';
import {readSettings} from '../settings';
import {type Wording, wordingOf} from '../text/language';

/** What every part of the page needs: its language, the server's time, the reader's choices, and who has which number. */
export interface Surroundings {
    wording: Wording;
    /** ms since 1970 by the server's clock; stands still while the link is lost. */
    now(): number;
    settings: Settings;
    change(settings: Partial<Settings>): void;
    /** The description of a line or queue; empty when it has none but its number. */
    describe(number: string): string;
    /** By what names outside numbers are known. */
    names: Names;
}

const Context = createContext<Surroundings>({
    wording: wordingOf('en'), now: Date.now, settings: readSettings({}), change: () => undefined, describe: () => '', names: noNames,
});
export const Surrounded = Context.Provider;

export function useSurroundings(): Surroundings {
    return useContext(Context);
}

export function useWording(): Wording {
    return useContext(Context).wording;
}

/** By what name an outside number is known; drawn anew only when that changes. Empty: by none. */
export function useName(number: string): string {
    const {names} = useContext(Context);
    const name = names.of(number);
    const [, again] = useState(0);
    useEffect(() => names.watch(() => {
        if (names.of(number) !== name) again(count => count + 1);
    }), [names, number, name]);
    return name;
}

/** All that runs on the page moves at the same moment. */
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(watcher: () => void): () => void {
    watchers.add(watcher);
    timer ??= setInterval(() => watchers.forEach(one => one()), 500);
    return () => {
        watchers.delete(watcher);
        if (watchers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
    };
}

/** The server's time, anew twice a second. */
export function useNow(): number {
    const {now} = useContext(Context);
    const [, again] = useState(0);
    useEffect(() => watch(() => again(count => count + 1)), []);
    return now();
}

/** What `look` makes of the server's time; drawn anew only when that changes. */
export function useAt<T>(look: (now: number) => T): T {
    const {now} = useContext(Context);
    const value = look(now());
    const [, again] = useState(0);
    useEffect(() => watch(() => {
        if (!Object.is(look(now()), value)) again(count => count + 1);
    }));
    return value;
}

/** The server's time at this moment, for what is drawn anew for other reasons. */
export function useNowOnce(): number {
    return useContext(Context).now();
}
