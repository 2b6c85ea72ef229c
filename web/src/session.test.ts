import assert from 'node:assert/strict';
import {afterEach, beforeEach, describe, it} from 'node:test';
import type {CtiEvent, Snapshot} from './api/contract';
import {Desk} from './callback/desk';
import {readCallback} from './callback/settings';
import {Session} from './session';
import type {Store} from './store';

class Memory implements Store {
    values = new Map<string, string>();
    getItem(name: string): string | null { return this.values.get(name) ?? null; }
    setItem(name: string, value: string): void { this.values.set(name, value); }
    removeItem(name: string): void { this.values.delete(name); }
}

const queue = '0033123456300';
const evening = new Date(2026, 4, 28, 23, 59, 50).getTime();

describe('a session', () => {
    let tab: Memory, computer: Memory, atMidnight: boolean, session: Session, now: number;
    const realNow = Date.now;
    beforeEach(() => {
        now = evening;
        Date.now = () => now;
        [tab, computer, atMidnight] = [new Memory(), new Memory(), true];
        session = open();
    });
    afterEach(() => {
        Date.now = realNow;
    });

    const open = () => new Session('TOKEN', '', {tab, computer, asLongAsTheToken: () => tab, resetAtMidnight: () => atMidnight},
        new Desk(() => readCallback({}), {take: () => Promise.resolve(true)}, () => undefined), () => undefined);
    const snapshot = (answered: number, since: number): Snapshot => ({
        cursor: 'c0', time: now * 1e6, lines: [], calls: [], sources: [],
        queues: [{number: queue, description: '', type: 'easyHunting', waiting: [], agents: [],
            counters: {offered: answered, answered, lost: 0, average_wait_s: 30, longest_wait_s: 30, service_level: 0, since: since * 1e6}}],
    });
    const event = (): CtiEvent => ({event: 'start_ringing', service: 'sip', ressource: '1', timestamp: now * 1e6, data: {CallId: 'c', Calling: '2'}, details: {}});
    const entries = () => session.shown.journal.entries.length;

    it('begins anew at midnight, with the first event of the day', () => {
        session.begin(snapshot(5, evening - 1000));
        session.event(event(), 'c1');
        now += 5000;
        session.event(event(), 'c2');
        assert.equal(entries(), 2);
        now += 10_000;
        session.event(event(), 'c3');
        assert.equal(entries(), 1);
    });
    it('begins anew at midnight with the figures, when nothing happens', () => {
        session.begin(snapshot(5, evening - 1000));
        session.event(event(), 'c1');
        now += 20_000;
        session.figures(snapshot(0, now - 1000));
        assert.equal(entries(), 0);
        assert.equal(session.shown.queues[0]!.answered, 0);
    });
    it('goes on over midnight when that is wanted', () => {
        atMidnight = false;
        session.begin(snapshot(5, evening - 1000));
        session.event(event(), 'c1');
        now += 20_000;
        session.figures(snapshot(2, now - 1000));
        session.event(event(), 'c2');
        assert.equal(entries(), 2);
        assert.equal(session.shown.queues[0]!.answered, 7);
    });
    it('counts from a reset at once, and after a reload', () => {
        session.begin(snapshot(5, evening - 1000));
        session.reset();
        assert.equal(session.shown.queues[0]!.answered, 0);
        session = open();
        session.begin(snapshot(6, evening - 1000));
        assert.equal(session.shown.queues[0]!.answered, 1);
        assert.ok([...computer.values.keys(), ...computer.values.values()].every(text => !text.includes('TOKEN')));
    });
    it('bears kept figures that were damaged', () => {
        session.begin(snapshot(5, evening - 1000));
        session.reset();
        for (const name of computer.values.keys()) computer.values.set(name, '{');
        session = open();
        session.begin(snapshot(6, evening - 1000));
        assert.equal(session.shown.queues[0]!.answered, 6);
    });
});
