import assert from 'node:assert/strict';
import {beforeEach, describe, it} from 'node:test';
import type {CtiEvent} from '../api/contract';
import type {Store} from '../store';
import {addressOf, isAddress} from './address';
import {type Claims, LockClaims, StoreClaims, claimsOf} from './claim';
import {Desk, type DeskWorld, mostCards} from './desk';
import {type CallbackSettings, readCallback} from './settings';

const values = {CALLING: '+33 6&x=1#é', CALLED: '0033972000001', DIALED: '$&', EVENT: 'start_ringing'};

describe('an address with placeholders', () => {
    it('has every occurrence of every one replaced, encoded', () => assert.equal(
        addressOf('https://crm.example/*CALLED*?a=*CALLING*&b=*CALLING*&c=*DIALED*&d=*EVENT*', values),
        'https://crm.example/0033972000001?a=%2B33%206%26x%3D1%23%C3%A9&b=%2B33%206%26x%3D1%23%C3%A9&c=%24%26&d=start_ringing'));
    it('leaves other words between stars alone', () => assert.equal(addressOf('https://x.example/?*OTHER*', values), 'https://x.example/?*OTHER*'));
    it('puts in no placeholder that came in a value', () =>
        assert.equal(addressOf('https://x.example/?a=*CALLING*', {...values, CALLING: '*CALLED*'}), 'https://x.example/?a=*CALLED*'));

    for (const good of ['https://crm.example', 'http://10.0.0.1:8080/x?y=*CALLING*', ' https://crm.example/ '])
        it(`may be ${good}`, () => assert.ok(isAddress(good)));
    for (const bad of ['', 'crm.example', 'javascript:alert(1)', 'data:text/html,x', 'https://', 'https://*CALLING*.example/', 'ftp://x.example/', 'https:///x'])
        it(`may not be ${bad || 'empty'}`, () => assert.ok(!isAddress(bad)));
});

class Memory implements Store {
    values = new Map<string, string>();
    getItem(name: string): string | null { return this.values.get(name) ?? null; }
    setItem(name: string, value: string): void { this.values.set(name, value); }
    removeItem(name: string): void { this.values.delete(name); }
}

/** The browser's locks: a name is held until its holder's promise ends. */
class Locks {
    private readonly held = new Set<string>();
    request(name: string, _options: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> {
        if (this.held.has(name)) return Promise.resolve(work(null));
        this.held.add(name);
        return Promise.resolve(work({name, mode: 'exclusive'}));
    }
}

describe('of several tabs', () => {
    const tabs = (make: () => Claims) => Promise.all(Array.from({length: 5}, () => make().take('call')));
    it('one is told by the store', async () => {
        const store = new Memory();
        assert.equal((await tabs(() => new StoreClaims(store, Date.now, 5))).filter(Boolean).length, 1);
        assert.equal(await new StoreClaims(store, Date.now, 5).take('call'), false);
        assert.equal(await new StoreClaims(store, Date.now, 5).take('another'), true);
    });
    it('one is told by the store when all wrote at once', async () => {
        const store = new Memory();
        const claims = Array.from({length: 3}, () => new StoreClaims({...store, getItem: name => store.getItem(name), setItem: (name, value) => store.setItem(name, value), removeItem: () => undefined}, Date.now, 20));
        const taken = claims.map(one => one.take('call'));
        store.setItem('callboard.pops', JSON.stringify([['call', 'somebody else', Date.now()]]));
        assert.deepEqual(await Promise.all(taken), [false, false, false]);
    });
    it('one is told by locks', async () => {
        const locks = new Locks() as unknown as LockManager;
        assert.equal((await tabs(() => new LockClaims(locks, 50))).filter(Boolean).length, 1);
    });
    it('none is told again after a reload', async () => {
        const store = new Memory();
        assert.equal(await claimsOf(store, new Locks() as unknown as LockManager, 1).take('call'), true);
        assert.equal(await claimsOf(store, new Locks() as unknown as LockManager, 1).take('call'), false);
    });
    it('a claim is forgotten in the end', async () => {
        const store = new Memory();
        await new StoreClaims(store, () => 0, 0).take('call');
        assert.equal(await new StoreClaims(store, () => 200_000, 0).take('call'), true);
    });
    it('what was damaged hinders nobody', async () => {
        const store = new Memory();
        store.setItem('callboard.pops', '{');
        assert.equal(await new StoreClaims(store, Date.now, 0).take('call'), true);
    });
});

const now = 1_780_000_000_000;
const caller = '0033612345678';
const [alice, bruno, queue] = ['0033123456102', '0033123456103', '0033123456300'];

function line(name: string, at: string, call = 'c1', calling = caller): CtiEvent {
    return {event: name, service: 'sip', ressource: at, timestamp: now * 1e6, details: {}, data: {CallId: call, Calling: calling, Called: at, Dialed: '0033800'}};
}
function queued(name: string, members: object = {}): CtiEvent {
    return {event: name, service: 'queues', ressource: queue, timestamp: now * 1e6, details: {}, data: {QueueMemberUUID: 'u1', Calling: caller, ...members}};
}

describe('the desk', () => {
    let opened: string[], asked: string[], allowed: boolean, reachable: boolean, settings: CallbackSettings, desk: Desk;
    const world: DeskWorld = {
        open: url => {
            if (allowed) opened.push(url);
            return allowed;
        },
        get: url => {
            asked.push(url);
            return reachable ? Promise.resolve() : Promise.reject(new TypeError('refused'));
        },
    };
    beforeEach(() => {
        [opened, asked, allowed, reachable] = [[], [], true, true];
        settings = {...readCallback({}), url: 'https://crm.example/?n=*CALLING*&to=*CALLED*&e=*EVENT*&d=*DIALED*', moment: 'ring'};
        desk = new Desk(() => settings, {take: () => Promise.resolve(true)}, () => undefined, world);
    });
    const tell = async (...events: CtiEvent[]) => {
        for (const event of events) desk.event(event, now);
        await new Promise(resolve => setTimeout(resolve));
    };

    it('tells a call when it rings, once', async () => {
        await tell(line('start_ringing', alice), line('end_ringing', alice), line('start_calling', alice), line('start_ringing', alice));
        assert.deepEqual(opened, [`https://crm.example/?n=${caller}&to=${alice}&e=start_ringing&d=0033800`]);
    });
    it('tells a call once that rings at many phones', async () => {
        await tell(line('start_ringing', alice), line('start_ringing', bruno), line('end_ringing', alice), line('end_ringing', bruno), line('start_calling', bruno));
        assert.equal(opened.length, 1);
        assert.equal(desk.cards[0]?.pop.answeredBy, bruno);
    });
    it('tells a caller of a queue once, who rings at agents under other Call-IDs', async () => {
        await tell(queued('member-queue-start'), queued('agent-offering', {Agent: alice}), line('start_ringing', alice, 'leg-1'), line('start_ringing', bruno, 'leg-2'),
            queued('bridge-agent-start', {Agent: alice}), line('start_calling', alice, 'leg-1'));
        assert.deepEqual(opened, [`https://crm.example/?n=${caller}&to=${queue}&e=member-queue-start&d=${queue}`]);
    });
    it('tells the next call of the same caller', async () => {
        await tell(line('start_ringing', alice), line('end_ringing', alice), line('start_ringing', alice, 'c2'));
        assert.equal(opened.length, 2);
    });
    it('tells two anonymous callers apart', async () => {
        await tell(line('start_ringing', alice, 'c1', 'anonymous'), line('start_ringing', bruno, 'c2', 'anonymous'));
        assert.equal(opened.length, 2);
    });
    it('waits for the answer when asked', async () => {
        settings = {...settings, moment: 'answer'};
        await tell(line('start_ringing', alice));
        assert.equal(opened.length, 0);
        await tell(line('end_ringing', alice), line('start_calling', alice), line('start_hold', alice));
        assert.equal(opened.length, 1);
        assert.match(opened[0]!, /e=start_calling/);
    });
    it('waits for a click when asked', async () => {
        settings = {...settings, moment: 'click'};
        await tell(line('start_ringing', alice));
        assert.equal(opened.length, 0);
        assert.equal(desk.cards[0]?.state, 'waiting');
        desk.open('c1');
        assert.equal(opened.length, 1);
        assert.equal(desk.cards[0]?.state, 'done');
    });
    it('tells nothing when it is off', async () => {
        settings = {...settings, moment: 'never'};
        await tell(line('start_ringing', alice), queued('member-queue-start'));
        assert.equal(opened.length + desk.cards.length, 0);
    });
    it('tells only chosen lines and directions', async () => {
        settings = {...settings, lines: [bruno]};
        await tell(line('start_ringing', alice), line('start_ringing', bruno, 'c2', bruno));
        assert.equal(opened.length, 0);
        settings = {...settings, outgoing: true};
        await tell(line('start_ringing', bruno, 'c3', bruno));
        assert.equal(opened.length, 1);
        settings = {...settings, lines: [], queues: false};
        await tell(queued('member-queue-start', {Calling: '0033711111111'}));
        assert.equal(opened.length, 1);
    });
    it('offers a blocked window as a click', async () => {
        allowed = false;
        await tell(line('start_ringing', alice));
        assert.equal(desk.cards[0]?.state, 'blocked');
        allowed = true;
        desk.open('c1');
        assert.equal(desk.cards[0]?.state, 'done');
    });
    it('asks unseen when silent, and says when that failed', async () => {
        settings = {...settings, mode: 'silent'};
        await tell(line('start_ringing', alice));
        assert.equal(asked.length, 1);
        assert.equal(desk.cards.length, 0);
        reachable = false;
        await tell(line('start_ringing', bruno, 'c2', '0033711111111'));
        assert.equal(desk.cards[0]?.state, 'failed');
    });
    it('shows five at most, the newest first, and closes them', async () => {
        settings = {...settings, mode: 'embedded'};
        for (let i = 0; i < 8; i++) await tell(line('start_ringing', alice, `c${i}`, `003361234567${i}`));
        assert.deepEqual(desk.cards.map(card => card.pop.key), ['c7', 'c6', 'c5', 'c4', 'c3']);
        assert.equal(mostCards, 5);
        desk.close('c6');
        assert.equal(desk.cards.length, 4);
        desk.closeAll();
        assert.equal(desk.cards.length, 0);
    });
    it('takes away what somebody else answered, and keeps what a line of one\u2019s own did', async () => {
        settings = {...settings, mode: 'embedded', lines: [alice]};
        await tell(line('start_ringing', alice), line('start_calling', bruno));
        assert.equal(desk.cards[0]?.pop.answeredBy, bruno);
        desk.tidy(now + 1000);
        assert.equal(desk.cards.length, 1);
        desk.tidy(now + 10_000);
        assert.equal(desk.cards.length, 0);
        await tell(line('start_ringing', alice, 'c2', '0033711111111'), line('start_calling', alice, 'c2', '0033711111111'));
        desk.tidy(now + 10_000);
        assert.equal(desk.cards.length, 1);
    });
    it('takes away what is over', async () => {
        settings = {...settings, mode: 'embedded'};
        await tell(line('start_ringing', alice), line('end_ringing', alice));
        desk.tidy(now + 10_000);
        assert.equal(desk.cards.length, 0);
    });
    it('tells nothing that is late, or that another tab tells', async () => {
        desk.event(line('start_ringing', alice), now + 60_000);
        desk = new Desk(() => settings, {take: () => Promise.resolve(false)}, () => undefined, world);
        await tell(line('start_ringing', bruno, 'c2'));
        assert.equal(opened.length, 0);
    });
    it('tells nothing that was under way when the page was loaded', async () => {
        const call = {callId: 'c1', line: alice, state: 'ringing' as const, direction: 'in' as const, calling: caller, called: alice, dialed: alice, started: 0, answered: null, queue: null};
        desk.seed({lines: new Map(), calls: new Map([['k', call]]), rung: [], queues: [], sources: []});
        await tell(line('start_ringing', bruno, 'c1'), line('start_ringing', bruno, 'leg-2'));
        assert.equal(opened.length, 0);
    });
    it('opens nothing with a wrong address', async () => {
        settings = {...settings, url: 'javascript:alert(1)//*CALLING*'};
        await tell(line('start_ringing', alice));
        assert.equal(opened.length + desk.cards.length, 0);
    });
});
