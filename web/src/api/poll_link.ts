import {ServerClock} from '../clock/server_clock';
import {WholeFold, emptyWhole, localMidnight, wholeOf} from '../fold/whole';
import type {Store} from '../store';
import {isObject} from '../values';
import type {CtiEvent} from './contract';
import {type LinkListener, type World, limits, realWorld, retryWait, within} from './link';

export const polling = {
    /** ms; a server that means well answers before 60 s. */
    answer: 65_000,
    /** A poll that waits this long, ms, was let in: who is refused is told at once. */
    accepted: 1_500,
    /** Between two looks whether the server can still be reached while a poll waits, and what such a look may take. */
    look: 10_000,
    lookAnswer: 3_000,
    /** After this long, ms, nothing that was kept tells how the lines are. */
    keptFor: 3_600_000,
    /** Events of which the journal can be shown again after a reload. */
    mostKept: 300,
    /** Between two times that the state is kept, ms. */
    keepEvery: 1_000,
};

/** ms that an event and the answer that brings it are thought to travel. */
const travel = 200;

class Refused extends Error {}

/** What is kept over a reload. */
interface Kept {
    session: string;
    serial: number;
    at: number;
    whole: unknown;
    events: {event: CtiEvent; id: string}[];
}

/**
 * The connection to an event service of version 1 that is no Callboard, OVH's own among them: a long poll after the
 * other, and the state folded here, because nobody else does it. It tells its listener what a `Link` does: snapshots
 * are its own. `id` of an event is a number of its own.
 */
export class PollLink {
    private readonly name: string;
    private readonly clock: ServerClock;
    private fold: WholeFold;
    private session = '';
    private serial = 0;
    private events: {event: CtiEvent; id: string}[] = [];
    private begun = false;
    private wasLive = false;
    private connected = false;
    private closed = false;
    private failures = 0;
    private lastHeard = 0;
    private keptAt = 0;
    private keepTimer: ReturnType<typeof setTimeout> | undefined;
    private poll: AbortController | null = null;
    private wake: (() => void) | null = null;

    constructor(
        private readonly token: string,
        private readonly listener: LinkListener,
        private readonly endpoint: string,
        private readonly store: Store,
        private readonly world: World = realWorld,
        private readonly midnight: (ms: number) => number = localMidnight,
    ) {
        this.name = `callboard.service.${nameOf(`${endpoint} ${token}`)}`;
        this.clock = new ServerClock(() => world.now());
        this.fold = new WholeFold(emptyWhole, midnight);
        this.take(this.kept());
    }

    /** Runs until closed or refused. Never rejects. */
    async run(): Promise<void> {
        this.listener.state({kind: 'connecting'});
        while (!this.closed) {
            try {
                await this.once();
                this.failures = 0;
                continue;
            } catch (error) {
                if (error instanceof Refused) {
                    this.close();
                    this.listener.state({kind: 'refused', wasLive: this.wasLive});
                    return;
                }
            }
            if (this.closed) return;
            this.lost();
            await this.pause();
        }
    }

    close(): void {
        if (this.begun) this.keep(true);
        this.closed = true;
        this.connected = false;
        this.poll?.abort();
        this.hurry();
    }

    /** Another reader may come: nothing is left. */
    forget(): void {
        this.close();
        this.store.removeItem(this.name);
    }

    interrupt(): void {
        this.poll?.abort();
    }

    hurry(): void {
        this.wake?.();
        if (this.begun) this.keep(true);
    }

    wantFigures(): void {
        if (this.begun) this.listener.figures(this.snapshot());
    }

    /** What was told before the page was loaded; `place` is the number of an event. */
    catchUp(place: string): Promise<{event: CtiEvent; id: string}[]> {
        const behind = Number(place);
        return Promise.resolve(Number.isFinite(behind) ? this.events.filter(({id}) => Number(id) > behind) : []);
    }

    private snapshot() {
        // By the clock that the events are dated by, as far as it is known.
        const now = Math.max(this.clock.now(), (this.events.at(-1)?.event.timestamp ?? 0) / 1e6);
        this.fold.at(now);
        return this.fold.snapshot(String(this.serial), now);
    }

    /** One poll. */
    private async once(): Promise<void> {
        const poll = new AbortController();
        this.poll = poll;
        const accepted = setTimeout(() => this.live(), this.connected ? 0 : polling.accepted);
        const look = setInterval(() => void this.look(poll), polling.look);
        try {
            const asked = this.world.now();
            const address = new URL(this.endpoint);
            address.searchParams.set('token', this.token);
            if (this.session !== '') address.searchParams.set('session', this.session);
            const answer = await within(polling.answer, this.world.fetch(address.href, {cache: 'no-store', credentials: 'omit', signal: poll.signal}));
            // Which status a bad token has is written nowhere; one that was good before is only refused by a plain word.
            if (answer.status === 401 || answer.status === 403) throw new Refused();
            if (!this.wasLive && (answer.status === 400 || answer.status === 404)) throw new Refused();
            if (!answer.ok) throw new Error(`${answer.status}`);
            this.told(await within(limits.answer, answer.json()), this.world.now() - asked);
        } finally {
            clearTimeout(accepted);
            clearInterval(look);
            poll.abort();
        }
    }

    private told(answer: unknown, took: number): void {
        if (!isObject(answer)) throw new Error('the answer is no object');
        const events = Array.isArray(answer['Events']) ? answer['Events'].map(eventOf).filter(event => event !== null) : [];
        if (typeof answer['Session'] === 'string' && answer['Session'] !== '') this.session = answer['Session'];
        const message = typeof answer['Message'] === 'string' ? answer['Message'] : '';
        this.live();
        if (message !== '' && !/reconnect/i.test(message)) this.gap(message);
        for (const event of events) this.event(event);
        // An event that ended a wait was published just now.
        const last = events.at(-1);
        if (last && took > 1_000) {
            const received = this.world.now();
            this.clock.learn(last.timestamp / 1e6, received - travel, received);
            this.listener.time(last.timestamp / 1e6, received - travel, received);
        }
        this.keep(false);
    }

    /** Events are gone for good: nobody knows which calls went on. */
    private gap(message: string): void {
        this.fold.forgetCalls();
        this.listener.begin(this.snapshot());
        this.listener.notice('gap', message);
    }

    private event(event: CtiEvent): void {
        this.fold.apply(event);
        const id = String(++this.serial);
        this.events.push({event, id});
        if (this.events.length > 2 * polling.mostKept) this.events = this.events.slice(-polling.mostKept);
        // A queue's figures and what this fold alone knows of it come first; the listener asks for them with the event.
        this.listener.event(event, id);
    }

    private live(): void {
        this.lastHeard = this.world.now();
        if (this.closed || this.connected) return;
        this.connected = true;
        this.wasLive = true;
        if (!this.begun) {
            this.begun = true;
            this.listener.begin(this.snapshot());
        }
        this.listener.state({kind: 'live'});
    }

    /**
     * A cable that was pulled ends no request. Without a token, whatever is answered is a sign of life, and a page of
     * another origin need not read it.
     */
    private async look(poll: AbortController): Promise<void> {
        const ended = new AbortController();
        const late = setTimeout(() => ended.abort(), polling.lookAnswer);
        try {
            await this.world.fetch(this.endpoint, {method: 'HEAD', mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: ended.signal});
            this.lastHeard = this.world.now();
        } catch {
            poll.abort();
        } finally {
            clearTimeout(late);
        }
    }

    private lost(): void {
        if (this.connected || this.failures === 0)
            this.listener.state({kind: 'reconnecting', since: this.connected ? this.lastHeard : this.world.now()});
        this.connected = false;
        this.failures++;
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

    private kept(): Kept | null {
        try {
            const value: unknown = JSON.parse(this.store.getItem(this.name) ?? 'null');
            const sound = isObject(value) && typeof value['session'] === 'string' && typeof value['serial'] === 'number' && typeof value['at'] === 'number' &&
                Array.isArray(value['events']);
            return sound ? (value as unknown as Kept) : null;
        } catch {
            return null;
        }
    }

    private take(kept: Kept | null): void {
        if (!kept) return;
        this.serial = kept.serial;
        this.events = kept.events;
        const whole = wholeOf(kept.whole);
        this.fold = new WholeFold(whole, this.midnight);
        if (this.world.now() - kept.at > polling.keptFor) this.fold.forgetCalls();
        else this.session = kept.session;
    }

    private keep(now: boolean): void {
        const time = this.world.now();
        if (!now && time - this.keptAt < polling.keepEvery) {
            this.keepTimer ??= setTimeout(() => this.keep(true), polling.keepEvery);
            return;
        }
        clearTimeout(this.keepTimer);
        this.keepTimer = undefined;
        if (this.closed) return;
        this.keptAt = time;
        const kept: Kept = {session: this.session, serial: this.serial, at: time, whole: this.fold.kept(), events: this.events.slice(-polling.mostKept)};
        this.store.setItem(this.name, JSON.stringify(kept));
    }
}

/** A name for what is kept that does not tell the token. */
function nameOf(text: string): string {
    let hash = 0x811c9dc5;
    for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    return hash.toString(36);
}

/** One event of version 1 as the page knows events; null when it is none. */
export function eventOf(value: unknown): CtiEvent | null {
    if (!isObject(value) || typeof value['Event'] !== 'string' || typeof value['Ressource'] !== 'string') return null;
    const timestamp = Number(value['Timestamp']);
    return {
        event: value['Event'],
        service: typeof value['Service'] === 'string' ? value['Service'] : '',
        ressource: value['Ressource'],
        timestamp: Number.isFinite(timestamp) && timestamp > 0 ? timestamp : Date.now() * 1e6,
        data: isObject(value['Data']) ? value['Data'] : {},
        details: isObject(value['Details']) ? value['Details'] : {},
    };
}
