import type {CtiEvent, Snapshot} from './api/contract';
import {Link, type LinkListener, type LinkState} from './api/link';
import {ServerClock} from './clock/server_clock';
import {apply} from './fold/apply';
import {type Board, boardOf, emptyBoard, figuresOf} from './fold/board';
import {type Journal, emptyJournal, notice, record} from './fold/journal';

/** All that the page shows of one token. A value. */
export interface Shown {
    link: LinkState;
    /** False until the first snapshot. */
    begun: boolean;
    board: Board;
    journal: Journal;
}

/** One signed-in token: its link, and what became of it. Another token is another session, so that nothing is mixed. */
export class Session implements LinkListener {
    readonly clock = new ServerClock();
    private readonly link: Link;
    private value: Shown = {link: {kind: 'connecting'}, begun: false, board: emptyBoard, journal: emptyJournal};

    /** `changed` is called often: at each event. */
    constructor(token: string, private readonly changed: () => void) {
        this.link = new Link(token, this);
    }

    get shown(): Shown {
        return this.value;
    }

    start(): void {
        addEventListener('offline', this.offline);
        addEventListener('online', this.hurry);
        document.addEventListener('visibilitychange', this.hurry);
        void this.link.run();
    }

    close(): void {
        removeEventListener('offline', this.offline);
        removeEventListener('online', this.hurry);
        document.removeEventListener('visibilitychange', this.hurry);
        this.link.close();
    }

    /** The server's time, ms; stands still while the link is lost, because nobody knows how long calls went on. */
    now(): number {
        const {link} = this.value;
        return link.kind === 'reconnecting' ? this.clock.at(link.since) : this.clock.now();
    }

    state(link: LinkState): void {
        this.put({link});
    }

    begin(snapshot: Snapshot): void {
        this.put({begun: true, board: boardOf(snapshot)});
    }

    figures(snapshot: Snapshot): void {
        this.put({board: {...this.value.board, ...figuresOf(snapshot)}});
    }

    event(event: CtiEvent): void {
        const {board, journal} = this.value;
        this.put({board: apply(board, event), journal: record(journal, event, this.clock.now())});
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

    private put(change: Partial<Shown>): void {
        this.value = {...this.value, ...change};
        this.changed();
    }
}
