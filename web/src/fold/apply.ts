import {type CtiEvent, type LineState, milliseconds, textOf} from '../api/contract';
import {type Board, type Call, type Line, callKey, telling} from './board';

/**
 * The fold's one step, by the rules of the server's own (`src/core/state.hpp`), so that a page that followed the
 * stream shows what a page that was just loaded shows. Pure. Events of queues change nothing here: their figures come
 * with snapshots.
 */
export function apply(board: Board, event: CtiEvent): Board {
    const step = steps.get(event.event);
    if (event.service === 'queues' || !(step || registration.has(event.event))) return board;
    const now = milliseconds(event.timestamp);
    const after = step ? step(board, event, now) : board;
    const before = board.lines.get(event.ressource) ?? lineOf(event, now);
    const state = stateOf(after.calls.values(), event.ressource);
    const line: Line = {
        ...before,
        known: true,
        state,
        since: state === before.state ? before.since : now,
        registered: registration.get(event.event) ?? before.registered,
    };
    return {...after, lines: new Map(after.lines).set(line.number, line)};
}

/** The bounds of the server's fold. */
export const mostCallsOfLine = 64;
export const mostRung = 64;

type Step = (board: Board, event: CtiEvent, now: number) => Board;

const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
    ['start_ringing', (board, event, now) => put(board, begun(board, event, now))],
    ['end_ringing', endRinging],
    ['start_calling', (board, event, now) => put(board, answered(begun(board, event, now), now))],
    ['end_calling', remove],
    ['start_hold', (board, event, now) => put(board, {...answered(begun(board, event, now), now), state: 'held'})],
    ['end_hold', endHold],
]);

/** Events that tell something of a line, but nothing of its calls, and whether its phone is registered then. */
const registration: ReadonlyMap<string, boolean | null> = new Map([
    ['registered', true],
    ['unregistered', false],
    ['call_failed', null],
]);

function keyOf(event: CtiEvent): string {
    return callKey(event.ressource, textOf(event.data, 'CallId'));
}

/** The call of an event with the parties that are connected now; made when it is not known. */
function begun(board: Board, event: CtiEvent, now: number): Call {
    const callId = textOf(event.data, 'CallId');
    const line = event.ressource;
    const known = board.calls.get(keyOf(event)) ?? board.rung.find(call => call.callId === callId && call.line === line);
    const calling = textOf(event.data, 'Calling');
    return {
        callId,
        line,
        state: known?.state ?? 'ringing',
        direction: calling === line ? 'out' : 'in',
        calling,
        called: textOf(event.data, 'Called'),
        dialed: textOf(event.data, 'Dialed'),
        started: known?.started ?? now,
        answered: known?.answered ?? null,
        queue: known?.queue ?? null,
    };
}

function answered(call: Call, now: number): Call {
    return {...call, state: call.state === 'ringing' ? 'calling' : call.state, answered: call.answered ?? now};
}

function put(board: Board, call: Call): Board {
    const key = callKey(call.line, call.callId);
    const calls = new Map(board.calls);
    if (!calls.has(key)) makeRoom(calls, call.line);
    calls.set(key, call);
    const rung = board.rung.filter(other => other.callId !== call.callId || other.line !== call.line);
    return {...board, calls, rung: rung.length === board.rung.length ? board.rung : rung};
}

/** Of too many, the call begun first has gone on without an end for longest. */
function makeRoom(calls: Map<string, Call>, line: string): void {
    const those = [...calls].filter(([, call]) => call.line === line);
    if (those.length < mostCallsOfLine) return;
    const first = those.reduce((oldest, other) => (other[1].started < oldest[1].started ? other : oldest));
    calls.delete(first[0]);
}

/** The answer of this very call may follow: it is kept for that. */
function endRinging(board: Board, event: CtiEvent): Board {
    const call = board.calls.get(keyOf(event));
    if (call?.state !== 'ringing') return board;
    return {...remove(board, event), rung: [...board.rung, call].slice(-mostRung)};
}

function endHold(board: Board, event: CtiEvent): Board {
    const call = board.calls.get(keyOf(event));
    return call?.state === 'held' ? put(board, {...call, state: 'calling'}) : board;
}

function remove(board: Board, event: CtiEvent): Board {
    const key = keyOf(event);
    if (!board.calls.has(key)) return board;
    const calls = new Map(board.calls);
    calls.delete(key);
    return {...board, calls};
}

/** The most telling state of a line's calls: ringing, because somebody has to act, before calling, before held. */
function stateOf(calls: Iterable<Call>, line: string): LineState {
    let state: LineState = 'free';
    for (const call of calls) if (call.line === line && telling[call.state] > telling[state]) state = call.state;
    return state;
}

/** A line that the snapshot did not list yet, as the event describes it. */
function lineOf(event: CtiEvent, now: number): Line {
    return {
        number: event.ressource,
        description: textOf(event.details, 'Description'),
        type: textOf(event.details, 'Type'),
        state: 'unknown',
        since: now,
        simultaneous: Number.parseInt(textOf(event.details, 'SimultaneousLine'), 10) || 1,
        registered: null,
        known: false,
        source: null,
    };
}
