import {type CtiEvent, type Snapshot, parseEvent, parseSnapshot} from './contract';
import {Heart} from './heart';
import {MessageParser} from './message_parser';

/** How the page is connected. `since` is in ms of the local clock. */
export type LinkState =
    | {kind: 'connecting'}
    | {kind: 'live'}
    | {kind: 'reconnecting'; since: number}
    /** The token is refused. `wasLive`: it had been good, so it expired or was revoked. */
    | {kind: 'refused'; wasLive: boolean};

/** What a link tells, in order. */
export interface LinkListener {
    state(state: LinkState): void;
    /** Everything anew: at the beginning, and after events were lost for good. */
    begin(snapshot: Snapshot): void;
    /** Only the figures that events do not tell; `snapshot` may be older or newer than the events so far. */
    figures(snapshot: Snapshot): void;
    /** `id` is the place just after it. */
    event(event: CtiEvent, id: string): void;
    /** The server said of the stream: `gap` (events are lost for good) or `end` (why it closes the stream). */
    notice(name: string, message: string): void;
    /** The server's time, ms, in answer to what was sent and came back at these local times. */
    time(server: number, sent: number, received: number): void;
}

/** What a link needs of the world; tests put another one in. */
export interface World {
    fetch: typeof fetch;
    now(): number;
    random(): number;
}

export const limits = {
    /** ms; the server writes something every 15 s. */
    silence: 20_000,
    answer: 10_000,
    firstWait: 250,
    longestWait: 10_000,
    /** Between two snapshots for the figures. */
    figuresSoonest: 500,
    figuresLatest: 15_000,
    /** What happened before the page was loaded is waited for this long in silence, and this long at most. */
    catchUpSilence: 700,
    catchUp: 8_000,
};

class Refused extends Error {}

export const realWorld: World = {
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    random: () => Math.random(),
};

/**
 * The connection to the server: a snapshot, then the events after it, for as long as it lives. A link that breaks is
 * taken up again from its cursor, so that nothing is missed or told twice. The token travels in a header, never in an
 * address.
 */
export class Link {
    private cursor = '';
    private wasLive = false;
    private closed = false;
    private failures = 0;
    private connected = false;
    private stream: AbortController | null = null;
    private figuresTimer: ReturnType<typeof setTimeout> | undefined;
    private figuresDue = 0;
    private wake: (() => void) | null = null;
    private readonly heart: Heart;

    constructor(
        private readonly token: string,
        private readonly listener: LinkListener,
        private readonly world: World = realWorld,
        private readonly base = '',
    ) {
        this.heart = new Heart(world, base, () => this.interrupt(), () => this.wantFigures());
    }

    /** Runs until closed or refused. Never rejects. */
    async run(): Promise<void> {
        this.listener.state({kind: 'connecting'});
        while (!this.closed) {
            try {
                await this.follow();
            } catch (error) {
                if (error instanceof Refused) {
                    this.refused();
                    return;
                }
            }
            if (this.closed) return;
            this.lost();
            await this.pause();
        }
    }

    /** Ends it, and all that is under way. */
    close(): void {
        this.closed = true;
        this.connected = false;
        this.heart.stop();
        clearTimeout(this.figuresTimer);
        this.stream?.abort();
        this.hurry();
    }

    /** The network went away: waiting for the silence to be noticed would take long. */
    interrupt(): void {
        this.stream?.abort();
    }

    /** The network came back, or somebody looks again: tries at once. */
    hurry(): void {
        this.wake?.();
    }

    /** The figures changed: a new snapshot soon, but not for each of many events. */
    wantFigures(): void {
        this.planFigures(limits.figuresSoonest);
    }

    /** The events after `cursor`, oldest first, until `isKnown` says of a place that it has been told, or no more come. */
    async catchUp(cursor: string, isKnown: (id: string) => boolean, most: number): Promise<{event: CtiEvent; id: string}[]> {
        const stream = new AbortController();
        const end = this.world.now() + limits.catchUp;
        const events: {event: CtiEvent; id: string}[] = [];
        try {
            const answer = await this.get(`/api/events?after=${encodeURIComponent(cursor)}`, 'text/event-stream', stream.signal);
            const reader = answer.body!.getReader();
            const decoder = new TextDecoder();
            const parser = new MessageParser();
            while (events.length < most && this.world.now() < end) {
                const {done, value} = await within(limits.catchUpSilence, reader.read());
                if (done) break;
                for (const message of parser.push(decoder.decode(value, {stream: true}))) {
                    if (isKnown(message.id)) return events;
                    const event = message.event === 'message' ? parseEvent(message.data) : null;
                    if (event) events.push({event, id: message.id});
                }
            }
        } catch {
            // Silence: there is no more. Anything else: what came is shown, the stream itself says what is wrong.
        } finally {
            stream.abort();
        }
        return events;
    }

    private async follow(): Promise<void> {
        const stream = new AbortController();
        this.stream = stream;
        try {
            if (this.cursor === '') {
                const snapshot = await this.snapshot(stream.signal);
                this.cursor = snapshot.cursor;
                this.listener.begin(snapshot);
            }
            const path = `/api/events?after=${encodeURIComponent(this.cursor)}`;
            const answer = await this.get(path, 'text/event-stream', stream.signal);
            if (!answer.body) throw new Error('the stream has no body');
            this.live();
            await this.read(answer.body.getReader());
        } finally {
            this.heart.stop();
            // Whatever is still under way for this stream ends with it.
            stream.abort();
        }
    }

    private async read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
        const decoder = new TextDecoder();
        const parser = new MessageParser();
        for (;;) {
            const {done, value} = await within(limits.silence, reader.read());
            if (done || this.closed) return;
            this.heart.heard();
            for (const message of parser.push(decoder.decode(value, {stream: true}))) {
                if (message.event === 'message') {
                    const event = parseEvent(message.data);
                    if (event) this.listener.event(event, message.id);
                } else if (message.event === 'gap' || message.event === 'end') {
                    this.listener.notice(message.event, messageOf(message.data));
                    // What was lost may have changed any line: only a snapshot is right.
                    if (message.event === 'gap') {
                        this.cursor = '';
                        this.failures = 0;
                        return;
                    }
                }
            }
            if (parser.lastId !== '') this.cursor = parser.lastId;
        }
    }

    private async snapshot(signal: AbortSignal): Promise<Snapshot> {
        const sent = this.world.now();
        const answer = await within(limits.answer, this.get('/api/snapshot', 'application/json', signal));
        const snapshot = parseSnapshot(await within(limits.answer, answer.json()));
        if (!snapshot) throw new Error('the snapshot cannot be read');
        this.listener.time(snapshot.time / 1e6, sent, this.world.now());
        return snapshot;
    }

    private async get(path: string, accept: string, signal: AbortSignal): Promise<Response> {
        const answer = await within(limits.answer, this.world.fetch(this.base + path, {
            headers: {Authorization: `Bearer ${this.token}`, Accept: accept},
            cache: 'no-store',
            credentials: 'omit',
            signal,
        }));
        if (answer.status === 401 || answer.status === 403) throw new Refused();
        if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
        return answer;
    }

    private live(): void {
        this.connected = true;
        this.wasLive = true;
        this.failures = 0;
        this.listener.state({kind: 'live'});
        this.heart.start();
        this.planFigures(this.figuresDue === 0 ? limits.figuresLatest : 0);
    }

    private lost(): void {
        clearTimeout(this.figuresTimer);
        this.figuresTimer = undefined;
        if (this.connected || this.failures === 0) {
            const since = this.connected ? this.heart.lastHeard : this.world.now();
            this.listener.state({kind: 'reconnecting', since});
        }
        this.connected = false;
        this.failures++;
    }

    private refused(): void {
        this.close();
        this.listener.state({kind: 'refused', wasLive: this.wasLive});
    }

    private planFigures(delay: number): void {
        const due = this.world.now() + delay;
        if (!this.connected || (this.figuresTimer !== undefined && this.figuresDue <= due)) return;
        clearTimeout(this.figuresTimer);
        this.figuresDue = due;
        this.figuresTimer = setTimeout(() => void this.fetchFigures(), delay);
    }

    private async fetchFigures(): Promise<void> {
        const signal = this.stream?.signal;
        try {
            if (signal) {
                const snapshot = await this.snapshot(signal);
                if (!signal.aborted) this.listener.figures(snapshot);
            }
        } catch (error) {
            // The stream will say what is wrong; a token that died ends it too.
            if (error instanceof Refused && !this.closed) this.refused();
        } finally {
            this.figuresTimer = undefined;
            this.planFigures(limits.figuresLatest);
        }
    }

    private async pause(): Promise<void> {
        const ms = retryWait(this.failures, this.world.random());
        await new Promise<void>(resolve => {
            const timer = setTimeout(resolve, ms);
            this.wake = () => {
                clearTimeout(timer);
                resolve();
            };
            if (this.closed) this.wake();
        });
        this.wake = null;
    }
}

/** `{"message":"…"}`, or the text itself. */
function messageOf(data: string): string {
    try {
        const value: unknown = JSON.parse(data);
        if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string')
            return value.message;
    } catch {
        // Not JSON: shown as it came.
    }
    return data;
}

/** ms to wait after as many failures in a row: longer after each, and never all pages at the same moment. `random`: 0 to 1. */
export function retryWait(failures: number, random: number): number {
    const longest = Math.min(limits.longestWait, limits.firstWait * 2 ** Math.min(failures - 1, 10));
    return longest * (0.5 + random / 2);
}

/** `promise`, but rejected when it takes longer than `ms`. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`nothing came for ${ms} ms`)), ms);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
