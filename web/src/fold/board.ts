import {
    type LineState, type Snapshot, type SnapshotQueue, type SnapshotSource, milliseconds,
} from '../api/contract';

/** A line as the page shows it. Times are ms since 1970 by the server's clock, here and below. */
export interface Line {
    number: string;
    description: string;
    type: string;
    state: LineState;
    since: number;
    simultaneous: number;
    /** null: not seen yet. */
    registered: boolean | null;
    /** An event of it was seen. */
    known: boolean;
    /** Name of the source that tells of it; null when the server does not say. */
    source: string | null;
}

/** A call in progress as one line sees it: an internal call is two of them, with one Call-ID. */
export interface Call {
    callId: string;
    line: string;
    state: 'ringing' | 'calling' | 'held';
    direction: 'in' | 'out';
    calling: string;
    called: string;
    dialed: string;
    started: number;
    answered: number | null;
    queue: string | null;
}

export interface Waiting {
    uuid: string;
    calling: string;
    joined: number;
    agent: string | null;
}

export interface Agent {
    name: string;
    number: string;
    status: string;
    state: string;
    since: number;
}

export interface Queue {
    number: string;
    description: string;
    type: string;
    waiting: readonly Waiting[];
    agents: readonly Agent[];
    offered: number;
    answered: number;
    lost: number;
    /** s */
    averageWait: number;
    /** s */
    longestWait: number;
    /** 0 to 1; null when nobody was offered yet. */
    serviceLevel: number | null;
    /** The counters count from here. */
    since: number;
}

export interface Source {
    name: string;
    kind: string;
    up: boolean;
    since: number;
    /** What is wrong with it, in the server's words. */
    detail?: string;
}

/** Everything that the page knows of lines, calls and queues: a snapshot and the events after it. A value. */
export interface Board {
    lines: ReadonlyMap<string, Line>;
    calls: ReadonlyMap<string, Call>;
    /** Calls whose ringing ended just now: their answer may follow. */
    rung: readonly Call[];
    queues: readonly Queue[];
    sources: readonly Source[];
}

export const emptyBoard: Board = {lines: new Map(), calls: new Map(), rung: [], queues: [], sources: []};

/** A call's place in the board. */
export function callKey(line: string, callId: string): string {
    return `${line}\n${callId}`;
}

export function boardOf(snapshot: Snapshot): Board {
    return {
        lines: new Map(snapshot.lines.map(line => [line.number, {
            number: line.number,
            description: line.description,
            type: line.type,
            state: line.state,
            since: milliseconds(line.since),
            simultaneous: line.simultaneous_lines,
            registered: line.registered ?? null,
            known: line.known,
            source: line.source ?? null,
        }])),
        calls: new Map(snapshot.calls.map(call => [callKey(call.line, call.call_id), {
            callId: call.call_id,
            line: call.line,
            state: call.held ? 'held' : call.state,
            direction: call.direction,
            calling: call.calling,
            called: call.called,
            dialed: call.dialed,
            started: milliseconds(call.started),
            answered: call.answered === null ? null : milliseconds(call.answered),
            queue: call.queue,
        }])),
        rung: [],
        ...figuresOf(snapshot),
    };
}

/** What is taken from snapshots alone, because no event tells it in full: queues with their counters, and sources. */
export function figuresOf(snapshot: Snapshot): Pick<Board, 'queues' | 'sources'> {
    return {queues: snapshot.queues.map(queueOf), sources: snapshot.sources.map(sourceOf)};
}

function queueOf(queue: SnapshotQueue): Queue {
    const {counters} = queue;
    return {
        number: queue.number,
        description: queue.description,
        type: queue.type,
        waiting: queue.waiting.map(caller => ({...caller, joined: milliseconds(caller.joined)})),
        agents: queue.agents.map(agent => ({...agent, since: milliseconds(agent.since)})),
        offered: counters.offered,
        answered: counters.answered,
        lost: counters.lost,
        averageWait: counters.average_wait_s,
        longestWait: counters.longest_wait_s,
        serviceLevel: counters.offered > 0 ? counters.service_level : null,
        since: milliseconds(counters.since),
    };
}

function sourceOf(source: SnapshotSource): Source {
    return {...source, since: milliseconds(source.since)};
}

/** How telling a state is among those of a line's calls: ringing, because somebody has to act, before calling. */
export const telling: Readonly<Record<LineState, number>> = {unknown: 0, free: 0, held: 1, calling: 2, ringing: 3};

function byNames(a: Call, b: Call): number {
    return a.callId === b.callId ? (a.line < b.line ? -1 : 1) : a.callId < b.callId ? -1 : 1;
}

/** All calls, the newest first. */
export function newestCalls(board: Board): readonly Call[] {
    return [...board.calls.values()].sort((a, b) => b.started - a.started || byNames(a, b));
}

/** The calls of each line that has any, the most telling first. */
export function callsPerLine(board: Board): ReadonlyMap<string, readonly Call[]> {
    const calls = new Map<string, Call[]>();
    for (const call of board.calls.values()) {
        const those = calls.get(call.line);
        if (those) those.push(call);
        else calls.set(call.line, [call]);
    }
    for (const those of calls.values())
        those.sort((a, b) => telling[b.state] - telling[a.state] || a.started - b.started || byNames(a, b));
    return calls;
}

/**
 * The lines as they may be shown: of one whose source is down nobody knows how it is, since then. Where the server names one
 * source for all lines though it has several, only all of them down mean that.
 */
export function linesHeard({lines, sources}: Pick<Board, 'lines' | 'sources'>): ReadonlyMap<string, Line> {
    const down = new Map(sources.filter(source => !source.up).map(source => [source.name, source]));
    if (down.size === 0) return lines;
    const named = new Set([...lines.values()].map(line => line.source));
    const all = down.size === sources.length;
    const toldApart = named.size > 1 || sources.length === 1;
    if (!toldApart && !all) return lines;
    const latest = Math.max(...[...down.values()].map(source => source.since));
    const heard = (line: Line): Line => {
        const since = all ? (down.get(line.source ?? '')?.since ?? latest) : down.get(line.source ?? '')?.since;
        return since === undefined ? line : {...line, state: 'unknown', since: Math.max(since, line.since)};
    };
    return new Map([...lines].map(([number, line]) => [number, heard(line)]));
}
