import assert from 'node:assert/strict';
import {beforeEach, describe, it} from 'node:test';
import {Names, type NamesAnswer, type NamesWorld, limits, noNames} from './names';

const jean = '0033612345678';
const anne = '0033698765432';
const line = '0033123456101';

/** A directory in memory, and a time that a test moves. */
class FakeWorld implements NamesWorld {
    names: Record<string, string> = {[jean]: 'Jean Dupont'};
    answer: 'names' | 'empty' | 'refused' | 'down' = 'names';
    /** Are looked up by the directory itself. */
    slow = new Set<string>();
    asked: string[][] = [];
    time = 1_000_000;
    private waiting: {work: () => void; at: number}[] = [];

    async ask(numbers: readonly string[]): Promise<NamesAnswer | null> {
        this.asked.push([...numbers]);
        if (this.answer === 'down') throw new Error('down');
        if (this.answer === 'refused') return null;
        if (this.answer === 'empty') return {names: {}, empty: true};
        const known = numbers.filter(one => one in this.names && !this.slow.has(one));
        const pending = numbers.filter(one => this.slow.has(one));
        return {names: Object.fromEntries(known.map(one => [one, this.names[one]!])), empty: false, ...(pending.length > 0 && {pending})};
    }
    isOurs = (number: string) => number === line;
    now = () => this.time;
    later = (work: () => void, ms: number) => void this.waiting.push({work, at: this.time + ms});

    /** Lets `ms` go by. */
    async pass(ms: number): Promise<void> {
        const end = this.time + ms;
        for (let next = this.next(end); next; next = this.next(end)) {
            this.waiting.splice(this.waiting.indexOf(next), 1);
            this.time = next.at;
            next.work();
            await new Promise(resolve => setImmediate(resolve));
        }
        this.time = end;
    }
    private next(end: number) {
        return this.waiting.filter(one => one.at <= end).sort((a, b) => a.at - b.at)[0];
    }
}

describe('names', () => {
    let world: FakeWorld;
    let names: Names;
    beforeEach(() => {
        world = new FakeWorld();
        names = new Names(world);
    });

    it('are asked for once, when they are shown', async () => {
        let changes = 0;
        names.watch(() => ++changes);
        assert.equal(names.of(jean), '');
        assert.equal(names.of(anne), '');
        await world.pass(limits.gather);
        assert.deepEqual(world.asked, [[jean, anne]]);
        assert.equal(names.of(jean), 'Jean Dupont');
        assert.equal(names.of(anne), '');
        assert.equal(changes, 1);
        await world.pass(limits.pause * 5);
        assert.equal(world.asked.length, 1, 'also of whom nobody knows');
    });

    it('are not asked for where there can be none', async () => {
        for (const number of ['', 'anonymous', '101', '0033612****78', 'jean.dupont', line]) assert.equal(names.of(number), '');
        await world.pass(limits.rest);
        assert.deepEqual(world.asked, []);
    });

    it('come in batches, one a second', async () => {
        for (let i = 0; i < 250; ++i) names.of(`00336000${String(i).padStart(5, '0')}`);
        await world.pass(limits.gather);
        names.of(jean);
        assert.deepEqual(world.asked.map(one => one.length), [100]);
        await world.pass(limits.pause - 1);
        assert.equal(world.asked.length, 1);
        await world.pass(2 * limits.pause + 1);
        assert.deepEqual(world.asked.map(one => one.length), [100, 100, 51]);
    });

    it('wait a second for the next number', async () => {
        names.of(jean);
        await world.pass(limits.gather);
        names.of(anne);
        await world.pass(limits.pause - 1);
        assert.equal(world.asked.length, 1);
        await world.pass(1);
        assert.deepEqual(world.asked[1], [anne]);
    });

    for (const answer of ['empty', 'down'] as const)
        it(`rest when the directory is ${answer}, and are there when it is back`, async () => {
            world.answer = answer;
            names.of(jean);
            await world.pass(limits.gather);
            for (let i = 0; i < 50; ++i) {
                names.of(jean);
                await world.pass(limits.pause);
            }
            assert.equal(world.asked.length, 1);
            world.answer = 'names';
            await world.pass(limits.rest);
            names.of(jean);
            await world.pass(limits.gather);
            assert.equal(names.of(jean), 'Jean Dupont');
        });

    it('are never asked for again by who may not', async () => {
        world.answer = 'refused';
        names.of(jean);
        await world.pass(limits.gather);
        await world.pass(2 * limits.rest);
        names.of(jean);
        await world.pass(2 * limits.rest);
        assert.equal(world.asked.length, 1);
    });

    it('change and go', async () => {
        names.of(jean);
        await world.pass(limits.gather);
        world.names = {[jean]: 'Jean Martin'};
        await world.pass(limits.fresh + 1);
        assert.equal(names.of(jean), 'Jean Dupont', 'the old one until there is an answer');
        await world.pass(limits.pause);
        assert.equal(names.of(jean), 'Jean Martin');
        world.names = {};
        await world.pass(limits.fresh + 1);
        names.of(jean);
        await world.pass(limits.pause);
        assert.equal(names.of(jean), '');
    });

    it('that are on their way are asked for again, behind the others', async () => {
        world.slow.add(jean);
        let changes = 0;
        names.watch(() => ++changes);
        names.of(jean);
        await world.pass(limits.gather);
        names.of(anne);
        assert.equal(changes, 0);
        await world.pass(limits.pause);
        assert.deepEqual(world.asked, [[jean], [jean, anne]]);
        world.slow.clear();
        await world.pass(limits.pause);
        assert.deepEqual(world.asked[2], [jean]);
        assert.equal(names.of(jean), 'Jean Dupont');
        assert.equal(changes, 1);
    });

    it('that never come are given up for a while', async () => {
        world.slow.add(jean);
        names.of(jean);
        await world.pass(20 * limits.pause);
        assert.equal(world.asked.length, limits.tries);
        await world.pass(limits.fresh);
        names.of(jean);
        await world.pass(limits.pause);
        assert.equal(world.asked.length, limits.tries + 1);
    });

    it('tell nobody who has stopped to watch', async () => {
        let changes = 0;
        names.watch(() => ++changes)();
        names.of(jean);
        await world.pass(limits.gather);
        assert.equal(changes, 0);
    });

    it('of nobody are none', () => assert.equal(noNames.of(jean), ''));
});
