import type {CtiEvent, Snapshot} from './api/contract';
import {Link, type LinkListener, type LinkState} from './api/link';
import {PollLink} from './api/poll_link';
import {serviceAt} from './api/service';
import type {Desk} from './callback/desk';
import {ServerClock} from './clock/server_clock';
import {apply} from './fold/apply';
import {type Board, type Line, type Queue, boardOf, emptyBoard, figuresOf, linesHeard} from './fold/board';
import {type Journal, emptyJournal, mostEntries, notice, record} from './fold/journal';
import {type Ledger, advance, counted, reset} from './fold/ledger';
import {type QueueCalls, follow} from './fold/queue_calls';
import {type Tally, count, emptyTally} from './fold/tally';
import type {Store} from './store';

/** All that the page shows of one token. A value. */
export interface Shown {
    link: LinkState;
    /** False until the first snapshot. */
    begun: boolean;
    /** Nothing but events is told: there is no Callboard with a history, figures and webhooks. */
    eventsOnly: boolean;
    board: Board;
    /** The board's lines as they may be shown: unknown where their source is not heard. */
    lines: ReadonlyMap<string, Line>;
    /** The board's queues with figures since the moment that the reader chose. */
    queues: readonly Queue[];
    journal: Journal;
    queueCalls: QueueCalls;
    tally: Tally;
}

/** What a session keeps in the browser, and what it asks the page. */
export interface SessionPlace {
    /** Forgotten with the tab. */
    tab: Store;
    computer: Store;
    /** Where the state is kept that no server keeps: as long as the token. */
    asLongAsTheToken(): Store;
    resetAtMidnight(): boolean;
}

const journalName = 'callboard.journal';

/** A name for a token's figures that does not tell the token. */
function nameOf(token: string): string {
    let hash = 0x811c9dc5;
    for (const character of token) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
    return `callboard.figures.${hash.toString(36)}`;
}

/** One signed-in token: its link, and what became of it. Another token is another session, so that nothing is mixed. */
export class Session implements LinkListener {
    readonly clock = new ServerClock();
    private link: Link | PollLink;
    private closed = false;
    private ledger: Ledger;
    /** Of which the figures are shown. */
    private ledgerShown: Ledger | null = null;
    private readonly ledgerName: string;
    /** The place before the journal's first entry. */
    private journalBegin = '';
    /** Places told since the page was loaded, while what was before is read. */
    private told: Map<string, {event: CtiEvent; arrived: number}> | null = null;
    private lastId = '';
    private day = '';
    private value: Shown = {
        link: {kind: 'connecting'}, begun: false, eventsOnly: false, board: emptyBoard, lines: emptyBoard.lines, queues: [], journal: emptyJournal, queueCalls: [],
        tally: emptyTally(0),
    };

    /** `endpoint`: empty, or where to ask. `changed` is called often: at each event. */
    constructor(readonly token: string, private readonly endpoint: string, private readonly place: SessionPlace, private readonly desk: Desk, private readonly changed: () => void) {
        this.link = new Link(token, this, undefined, endpoint);
        this.ledgerName = nameOf(token);
        this.ledger = this.keptLedger();
    }

    get shown(): Shown {
        return this.value;
    }

    start(): void {
        addEventListener('offline', this.offline);
        addEventListener('online', this.hurry);
        addEventListener('pagehide', this.keepPlace);
        document.addEventListener('visibilitychange', this.hurry);
        void this.run();
    }

    /** A Callboard folds and keeps everything; of another service there are only events, and this page does it. */
    private async run(): Promise<void> {
        const service = await serviceAt(this.endpoint, location.origin);
        if (this.closed) return;
        if (service.kind === 'events') {
            this.link = new PollLink(this.token, this, service.endpoint, this.place.asLongAsTheToken());
            this.put({eventsOnly: true});
        }
        await this.link.run();
    }

    close(): void {
        removeEventListener('offline', this.offline);
        removeEventListener('online', this.hurry);
        removeEventListener('pagehide', this.keepPlace);
        document.removeEventListener('visibilitychange', this.hurry);
        this.closed = true;
        this.link.close();
    }

    /** Another reader may come: nothing of this one's journal is left in the tab. */
    forget(): void {
        this.journalBegin = '';
        this.place.tab.removeItem(journalName);
        if (this.link instanceof PollLink) this.link.forget();
    }

    /** The server's time, ms; stands still while the link is lost, because nobody knows how long calls went on. */
    now(): number {
        const {link} = this.value;
        return link.kind === 'reconnecting' ? this.clock.at(link.since) : this.clock.now();
    }

    /** Figures count from now, and the journals are empty. */
    reset(): void {
        this.ledger = reset(this.value.board.queues, this.clock.now());
        this.keepLedger();
        this.clear();
    }

    state(link: LinkState): void {
        this.put({link});
    }

    begin(snapshot: Snapshot): void {
        const board = boardOf(snapshot);
        const again = this.value.begun;
        this.desk.seed(board);
        this.figuresCame(board.queues);
        this.put({begun: true, board, tally: again ? this.value.tally : emptyTally(this.clock.now())});
        if (again) return;
        const kept = this.place.tab.getItem(journalName);
        this.journalBegin = kept ?? snapshot.cursor;
        if (kept) void this.catchUp(kept);
    }

    figures(snapshot: Snapshot): void {
        const figures = figuresOf(snapshot);
        this.figuresCame(figures.queues);
        this.put({board: {...this.value.board, ...figures}});
    }

    event(event: CtiEvent, id: string): void {
        const now = this.clock.now();
        this.told?.set(id, {event, arrived: now});
        this.lastId = id;
        this.midnight(now);
        const {board, journal, queueCalls, tally} = this.value;
        this.desk.event(event, now);
        this.put({
            board: apply(board, event), journal: record(journal, event, now, id), queueCalls: follow(queueCalls, event), tally: count(tally, event),
        });
        if (event.service === 'queues') this.link.wantFigures();
    }

    notice(name: string, message: string): void {
        if (name === 'gap') this.put({journal: notice(this.value.journal, name, message, this.clock.now())});
    }

    time(server: number, sent: number, received: number): void {
        this.clock.learn(server, sent, received);
    }

    private readonly offline = () => this.link.interrupt();
    private readonly hurry = () => this.link.hurry();

    /** A reload reads the journal again from here: only a place is kept, nothing of any call. */
    private readonly keepPlace = () => {
        const {entries} = this.value.journal;
        const place = entries.length < mostEntries ? this.journalBegin : (entries.at(-1)?.id || this.journalBegin);
        if (place !== '') this.place.tab.setItem(journalName, place);
    };

    /** What happened before the page was loaded comes below what happened since. */
    private async catchUp(place: string): Promise<void> {
        const told = (this.told = new Map());
        const earlier = await this.link.catchUp(place, id => told.has(id), 10 * mostEntries);
        this.told = null;
        let journal = emptyJournal;
        let queueCalls: QueueCalls = [];
        for (const {event, id} of earlier.filter(({id}) => !told.has(id))) {
            journal = record(journal, event, null, id);
            queueCalls = follow(queueCalls, event);
        }
        for (const [id, {event, arrived}] of told) {
            journal = record(journal, event, arrived, id);
            queueCalls = follow(queueCalls, event);
        }
        this.put({journal, queueCalls});
    }

    private clear(): void {
        this.journalBegin = this.lastId;
        if (this.lastId === '') this.forget();
        this.put({journal: {...emptyJournal, serial: this.value.journal.serial}, queueCalls: this.value.queueCalls.filter(call => call.ended === null),
            tally: emptyTally(this.clock.now())});
    }

    /** A new day begins: what belongs to the old one goes, if the reader wants that. */
    private midnight(now: number): void {
        const day = new Date(now).toDateString();
        if (this.day !== '' && day !== this.day && this.place.resetAtMidnight()) this.clear();
        this.day = day;
    }

    private figuresCame(queues: readonly Queue[]): void {
        this.midnight(this.clock.now());
        this.ledger = advance(this.ledger, queues, this.place.resetAtMidnight());
        this.keepLedger();
    }

    private keptLedger(): Ledger {
        try {
            const kept: unknown = JSON.parse(this.place.computer.getItem(this.ledgerName) ?? '{}');
            return typeof kept === 'object' && kept !== null ? (kept as Ledger) : {};
        } catch {
            return {};
        }
    }

    private keepLedger(): void {
        if (Object.keys(this.ledger).length === 0) this.place.computer.removeItem(this.ledgerName);
        else this.place.computer.setItem(this.ledgerName, JSON.stringify(this.ledger));
    }

    private put(change: Partial<Shown>): void {
        const value = {...this.value, ...change};
        if (value.board.lines !== this.value.board.lines || value.board.sources !== this.value.board.sources) value.lines = linesHeard(value.board);
        if (value.board.queues !== this.value.board.queues || this.ledger !== this.ledgerShown) {
            value.queues = value.board.queues.map(queue => counted(this.ledger, queue, value.queueCalls));
            this.ledgerShown = this.ledger;
        }
        this.value = value;
        this.changed();
    }
}
