import {useCallback, useEffect, useState} from 'preact/hooks';
import {HistoryError} from '../api/history';

/** What a question came to. `again` asks anew and keeps what is shown until the answer. */
export interface Asked<T> {
    value: T | null;
    problem: HistoryError | null;
    busy: boolean;
    again(): void;
}

/** Asks when `key` changes; an answer to an older question is not shown. */
export function useAsked<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
    const [state, setState] = useState<{value: T | null; problem: HistoryError | null; busy: boolean}>({value: null, problem: null, busy: true});
    const [round, setRound] = useState(0);
    useEffect(() => {
        const ended = new AbortController();
        setState(before => ({...before, busy: true}));
        ask(ended.signal).then(
            value => !ended.signal.aborted && setState({value, problem: null, busy: false}),
            (error: unknown) => !ended.signal.aborted &&
                setState({value: null, problem: error instanceof HistoryError ? error : new HistoryError('failed', String(error)), busy: false}),
        );
        return () => ended.abort();
    }, [key, round]);
    const again = useCallback(() => setRound(count => count + 1), []);
    return {...state, again};
}
