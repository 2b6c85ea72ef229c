import {type CtiEvent, type Snapshot, milliseconds} from '../api/contract';
import {apply} from './apply';
import {type Board, type Call, type Line, callKey, emptyBoard} from './board';
import {type FoldedQueues, applyQueue, restarted, shownQueue} from './queue_fold';

/**
 * The fold of everything, where no Callboard does it: what `GET /api/snapshot` would say. A value, and plain data.
 * Times are ms since 1970.
 */
export interface Whole {
    lines: readonly Line[];
    calls: readonly Call[];
    rung: readonly Call[];
    queues: FoldedQueues;
    /** The first event's; 0: none came yet. */
    began: number;
    /** The local midnight before the last event. */
    day: number;
}

export const emptyWhole: Whole = {lines: [], calls: [], rung: [], queues: {}, began: 0, day: 0};

/** A call whose end was never told is forgotten after this long, ms, as the server does. */
const longestCall = 4 * 3_600_000;

/** The fold in use: the board beside what only queues have. */
export class WholeFold {
    private board: Board;
    private queues: FoldedQueues;
    private began: number;
    private day: number;

    /** `midnight(ms)`: the last local midnight. */
    constructor(kept: Whole, private readonly midnight: (ms: number) => number) {
        this.board = {
            ...emptyBoard,
            lines: new Map(kept.lines.map(line => [line.number, line])),
            calls: new Map(kept.calls.map(call => [callKey(call.line, call.callId), call])),
            rung: kept.rung,
        };
        this.queues = kept.queues;
        this.began = kept.began;
        this.day = kept.day;
    }

    apply(event: CtiEvent): void {
        const now = milliseconds(event.timestamp);
        if (this.began === 0) this.began = now;
        this.at(now);
        this.board = apply(this.board, event);
        this.queues = applyQueue(this.queues, event, Math.max(this.began, this.day));
    }

    /** Time has come to `now` without an event. */
    at(now: number): void {
        const day = this.midnight(now);
        if (day > this.day) {
            this.day = day;
            this.queues = restarted(this.queues, Math.max(this.began, day));
        }
        const over = [...this.board.calls.values()].filter(call => now - call.started > longestCall);
        if (over.length > 0) this.forget(over);
    }

    /** Events were lost for good: any call may have ended since, and any line may be otherwise. */
    forgetCalls(): void {
        this.board = {
            ...this.board, calls: new Map(), rung: [],
            lines: new Map([...this.board.lines].map(([number, line]) => [number, {...line, state: 'unknown' as const, known: false}])),
        };
        this.queues = Object.fromEntries(Object.entries(this.queues).map(([number, queue]) => [number, {...queue, waiting: []}]));
    }

    kept(): Whole {
        const {lines, calls, rung} = this.board;
        return {lines: [...lines.values()], calls: [...calls.values()], rung, queues: this.queues, began: this.began, day: this.day};
    }

    /** As the server says it. */
    snapshot(cursor: string, now: number): Snapshot {
        const ns = (ms: number) => ms * 1e6;
        return {
            cursor, time: ns(now), sources: [],
            lines: [...this.board.lines.values()].map(line => ({
                number: line.number, description: line.description, type: line.type, state: line.state, since: ns(line.since),
                calls: [...this.board.calls.values()].filter(call => call.line === line.number).length,
                simultaneous_lines: line.simultaneous, registered: line.registered, source: null, known: line.known,
            })),
            calls: [...this.board.calls.values()].map(call => ({
                call_id: call.callId, line: call.line, state: call.state, direction: call.direction, calling: call.calling, called: call.called,
                dialed: call.dialed, started: ns(call.started), answered: call.answered === null ? null : ns(call.answered), held: call.state === 'held',
                queue: call.queue,
            })),
            queues: Object.values(this.queues).map(shownQueue).map(queue => ({
                number: queue.number, description: queue.description, type: queue.type,
                waiting: queue.waiting.map((caller, place) => ({...caller, joined: ns(caller.joined), position: place + 1})),
                agents: queue.agents.map(agent => ({...agent, since: ns(agent.since)})),
                counters: {
                    offered: queue.offered, answered: queue.answered, lost: queue.lost, average_wait_s: queue.averageWait,
                    longest_wait_s: queue.longestWait, service_level: queue.serviceLevel, since: ns(queue.since),
                },
            })),
        };
    }

    private forget(calls: readonly Call[]): void {
        const gone = new Set(calls.map(call => callKey(call.line, call.callId)));
        const left = new Map([...this.board.calls].filter(([key]) => !gone.has(key)));
        const busy = new Set([...left.values()].map(call => call.line));
        const lines = new Map([...this.board.lines].map(([number, line]) => [number,
            calls.some(call => call.line === number) && !busy.has(number) ? {...line, state: 'free' as const} : line]));
        this.board = {...this.board, calls: left, lines};
    }
}

/** What was kept, whatever became of it; nothing when it is not what this page keeps. */
export function wholeOf(value: unknown): Whole {
    const kept = value as Partial<Whole> | null;
    const sound = typeof kept === 'object' && kept !== null && Array.isArray(kept.lines) && Array.isArray(kept.calls) && Array.isArray(kept.rung) &&
        typeof kept.queues === 'object' && kept.queues !== null && typeof kept.began === 'number' && typeof kept.day === 'number';
    return sound ? (kept as Whole) : emptyWhole;
}

/** The last midnight of this computer, which a day of 23 or 25 hours has as well. */
export function localMidnight(ms: number): number {
    return new Date(ms).setHours(0, 0, 0, 0);
}
