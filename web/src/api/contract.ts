/**
 * What the server says, in its own words: `GET /api/snapshot` and the events of `GET /api/events` (version 2).
 * Times are nanoseconds since 1970; as JavaScript numbers they are right to a quarter of a microsecond.
 */

export type LineState = 'unknown' | 'free' | 'ringing' | 'calling' | 'held';

export interface SnapshotLine {
    number: string;
    description: string;
    type: string;
    state: LineState;
    since: number;
    calls: number;
    simultaneous_lines: number;
    registered: boolean | null;
    source: string | null;
    known: boolean;
}

export interface SnapshotCall {
    call_id: string;
    line: string;
    state: 'ringing' | 'calling' | 'held';
    direction: 'in' | 'out';
    calling: string;
    called: string;
    dialed: string;
    started: number;
    answered: number | null;
    held: boolean;
    queue: string | null;
}

export interface SnapshotQueue {
    number: string;
    description: string;
    type: string;
    waiting: {uuid: string; calling: string; joined: number; position: number; agent: string | null}[];
    agents: {name: string; number: string; status: string; state: string; since: number}[];
    counters: {
        offered: number;
        answered: number;
        lost: number;
        average_wait_s: number;
        longest_wait_s: number;
        service_level: number | null;
        since: number;
    };
}

export interface SnapshotSource {
    name: string;
    kind: string;
    up: boolean;
    since: number;
    detail?: string;
}

export interface Snapshot {
    cursor: string;
    time: number;
    lines: SnapshotLine[];
    calls: SnapshotCall[];
    queues: SnapshotQueue[];
    sources: SnapshotSource[];
}

/** `data` of an event: those of a line have Calling, Called, Dialed and CallId; those of a queue have Queue…. */
export type EventData = Readonly<Record<string, unknown>>;

export interface CtiEvent {
    event: string;
    service: string;
    ressource: string;
    timestamp: number;
    data: EventData;
    details: EventData;
}

/** A text member of `data` or `details`; empty when it is absent. */
export function textOf(members: EventData, name: string): string {
    const value = members[name];
    return typeof value === 'string' ? value : '';
}

/** Milliseconds since 1970, as browsers count. */
export function milliseconds(nanoseconds: number): number {
    return nanoseconds / 1e6;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One event out of the text of a stream's message; null when it is none. */
export function parseEvent(text: string): CtiEvent | null {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return null;
    }
    if (!isObject(value) || typeof value['event'] !== 'string' || typeof value['ressource'] !== 'string') return null;
    if (typeof value['timestamp'] !== 'number') return null;
    return {
        event: value['event'],
        service: typeof value['service'] === 'string' ? value['service'] : '',
        ressource: value['ressource'],
        timestamp: value['timestamp'],
        data: isObject(value['data']) ? value['data'] : {},
        details: isObject(value['details']) ? value['details'] : {},
    };
}

/** A snapshot out of an answer; null when it is none. Lists that are absent count as empty. */
export function parseSnapshot(value: unknown): Snapshot | null {
    if (!isObject(value) || typeof value['cursor'] !== 'string' || typeof value['time'] !== 'number') return null;
    const list = <T>(name: string): T[] => (Array.isArray(value[name]) ? (value[name] as T[]) : []);
    return {
        cursor: value['cursor'],
        time: value['time'],
        lines: list('lines'),
        calls: list('calls'),
        queues: list('queues'),
        sources: list('sources'),
    };
}
