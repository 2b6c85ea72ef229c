import {type CtiEvent} from '../api/contract';
import type {Board} from '../fold/board';
import {addressOf, isAddress} from './address';
import type {Claims} from './claim';
import {type Pop, type Pops, step} from './pops';
import type {CallbackSettings} from './settings';

/** A call on the reader's screen. A value. */
export interface Card {
    pop: Pop;
    url: string;
    mode: CallbackSettings['mode'];
    /** `waiting` for a click, `done`, `blocked` by the browser, `failed` to reach the address. */
    state: 'waiting' | 'done' | 'blocked' | 'failed';
}

/** What a desk needs of the browser. */
export interface DeskWorld {
    /** False when the browser blocked the window. */
    open(url: string, mode: 'popup' | 'tab'): boolean;
    /** Rejects when the address could not be asked; what it answers is not seen. */
    get(url: string): Promise<void>;
}

export const realWorld: DeskWorld = {
    open(url, mode) {
        const opened = window.open(url, '_blank', mode === 'popup' ? 'popup,width=640,height=480' : undefined);
        if (opened) opened.opener = null;
        return opened !== null;
    },
    async get(url) {
        await fetch(url, {mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer', keepalive: true, cache: 'no-store'});
    },
};

export const mostCards = 5;
/** An event that comes later than this, ms, is told no more: the tab slept, or the link was lost. */
const freshFor = 15_000;
/** How long a card stays when the call is over or somebody else has it, ms. */
const farewell = 6_000;

/** Tells calls to a system of the reader's: once for each call, in one of all open tabs. */
export class Desk {
    private pops: Pops = [];
    /** Newest first. */
    cards: readonly Card[] = [];

    constructor(
        private readonly settings: () => CallbackSettings,
        private readonly claims: Claims,
        private readonly changed: () => void,
        private readonly world: DeskWorld = realWorld,
    ) {}

    /** What is under way when the page is loaded has been told, or is too old. */
    seed(board: Board): void {
        const told = (key: string, calling: string, line: string, queue: boolean): Pop => ({
            key, calls: [key], values: {CALLING: calling, CALLED: line, DIALED: line, EVENT: ''}, line, queue, began: 0, ringing: [`${line} ${key}`],
            answeredBy: null, answeredAt: null, over: null, fired: true,
        });
        this.pops = [
            ...[...board.calls.values()].map(call => told(call.callId, call.calling, call.line, false)),
            ...board.queues.flatMap(queue => queue.waiting.map(caller => told(caller.uuid, caller.calling, queue.number, true))),
        ];
    }

    /** `now`: ms by the server's clock. */
    event(event: CtiEvent, now: number): void {
        const settings = this.settings();
        const {pops, due} = step(this.pops, settings, event);
        if (pops === this.pops) return;
        this.pops = pops;
        const changed = new Map(pops.map(pop => [pop.key, pop]));
        this.cards = this.cards.map(card => ({...card, pop: changed.get(card.pop.key) ?? card.pop}));
        if (due && isAddress(settings.url) && now - due.began < freshFor && now - event.timestamp / 1e6 < freshFor) void this.tell(due, settings);
    }

    /** Takes away what is over at `now`; answered by a line of the reader's own it stays. */
    tidy(now: number): void {
        const {lines} = this.settings();
        const stays = ({pop}: Card): boolean => {
            if (pop.answeredBy !== null && lines.includes(pop.answeredBy)) return true;
            if (pop.over !== null) return now - pop.over < farewell;
            return pop.answeredBy === null || pop.answeredAt === null || now - pop.answeredAt < farewell;
        };
        const left = this.cards.filter(stays);
        if (left.length < this.cards.length) this.put(left);
    }

    close(key: string): void {
        this.put(this.cards.filter(card => card.pop.key !== key));
    }

    closeAll(): void {
        this.put([]);
    }

    /** Somebody clicked: browsers open windows then. */
    open(key: string): void {
        const card = this.cards.find(one => one.pop.key === key);
        if (card) this.act(card);
    }

    private async tell(pop: Pop, settings: CallbackSettings): Promise<void> {
        if (!await this.claims.take(pop.key)) return;
        const card: Card = {pop: this.pops.find(one => one.key === pop.key) ?? pop, url: addressOf(settings.url, pop.values), mode: settings.mode, state: 'waiting'};
        if (settings.moment === 'click') this.show(card);
        else this.act(card);
    }

    private act(card: Card): void {
        if (card.mode === 'embedded') this.show({...card, state: 'done'});
        else if (card.mode === 'silent') {
            this.show({...card, state: 'done'});
            this.world.get(card.url).catch(() => this.show({...card, state: 'failed'}));
        } else this.show({...card, state: this.world.open(card.url, card.mode) ? 'done' : 'blocked'});
    }

    /** A silent call needs nobody's eyes, unless it went wrong. */
    private show(card: Card): void {
        const others = this.cards.filter(one => one.pop.key !== card.pop.key);
        const unseen = card.mode === 'silent' && card.state === 'done';
        this.put(unseen ? others : [card, ...others].slice(0, mostCards));
    }

    private put(cards: readonly Card[]): void {
        this.cards = cards;
        this.changed();
    }
}
