import {type CtiEvent, milliseconds, textOf} from '../api/contract';

/** Incoming calls of lines since a moment: for tokens that have no queue to count. A value. */
export interface Tally {
    since: number;
    answered: number;
    lost: number;
    /** Call-IDs that were answered, the last ones. */
    taken: ReadonlySet<string>;
    /** Calls that rang: at which lines they still do, and when the last stopped, ms. */
    open: ReadonlyMap<string, {ringing: ReadonlySet<string>; stopped: number | null}>;
}

const mostKept = 2000;
/** An answer that follows the end of ringing comes at once; after this long, ms, nobody answered. */
const patience = 2000;

export function emptyTally(since: number): Tally {
    return {since, answered: 0, lost: 0, taken: new Set(), open: new Map()};
}

/** The step of one event: a call is answered or lost once, at however many lines it rang. Pure. */
export function count(tally: Tally, event: CtiEvent): Tally {
    const call = textOf(event.data, 'CallId');
    if (event.service === 'queues' || call === '' || textOf(event.data, 'Calling') === event.ressource) return tally;
    const now = milliseconds(event.timestamp);
    if (event.event === 'start_calling') {
        if (tally.taken.has(call)) return tally;
        const open = new Map(tally.open);
        open.delete(call);
        return {...tally, answered: tally.answered + 1, open, taken: added(tally.taken, call)};
    }
    if (tally.taken.has(call) || (event.event !== 'start_ringing' && event.event !== 'end_ringing')) return tally;
    const known = tally.open.get(call);
    const ringing = new Set(known?.ringing);
    if (event.event === 'start_ringing') ringing.add(event.ressource);
    else if (!ringing.delete(event.ressource)) return tally;
    const settled = settle(tally, now);
    const open = new Map(settled.open).set(call, {ringing, stopped: ringing.size === 0 ? now : null});
    if (open.size > mostKept) open.delete(open.keys().next().value!);
    return {...settled, open};
}

function added(taken: ReadonlySet<string>, call: string): ReadonlySet<string> {
    const all = taken.size < mostKept ? [...taken] : [...taken].slice(-mostKept / 2);
    return new Set([...all, call]);
}

/** Counts as lost what stopped ringing long enough before `now`. The same value when nothing did. */
export function settle(tally: Tally, now: number): Tally {
    const lost = [...tally.open].filter(([, {stopped}]) => stopped !== null && now - stopped > patience);
    if (lost.length === 0) return tally;
    const open = new Map(tally.open);
    for (const [call] of lost) open.delete(call);
    return {...tally, lost: tally.lost + lost.length, open};
}
