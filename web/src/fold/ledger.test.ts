import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Queue} from './board';
import {type Ledger, advance, counted, reset} from './ledger';

/** Numbers that look like chance and are the same each time (mulberry32). */
function chance(seed: number): () => number {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

interface Day { answered: number; lost: number; waited: number; inTime: number; longest: number }
const fresh = (): Day => ({answered: 0, lost: 0, waited: 0, inTime: 0, longest: 0});

function queueOf(day: Day, since: number): Queue {
    const {answered, lost, waited, inTime, longest} = day;
    return {number: '1', description: '', type: 'easyHunting', waiting: [], agents: [], offered: answered + lost, answered, lost,
        averageWait: answered > 0 ? waited / answered : 0, longestWait: longest, serviceLevel: answered > 0 ? inTime / answered : null, since};
}

/** Plays days of calls with resets in between; what is shown has to be what happened since the last reset, or since midnight. */
function play(seed: number, resetAtMidnight: boolean) {
    const random = chance(seed);
    let day = fresh(), truth = fresh(), began = 0;
    let ledger: Ledger = advance({}, [queueOf(day, began)], resetAtMidnight);
    for (let now = 1; now < 400; ++now) {
        const what = random();
        if (what < 0.55) {
            const wait = Math.floor(random() * 40);
            for (const one of [day, truth]) {
                one.answered += 1;
                one.waited += wait;
                one.inTime += wait <= 20 ? 1 : 0;
                one.longest = Math.max(one.longest, wait);
            }
        } else if (what < 0.85) {
            for (const one of [day, truth]) one.lost += 1;
        } else if (what < 0.9) {
            ledger = reset([queueOf(day, began)], now);
            truth = fresh();
        } else if (what < 0.93) {
            began = now;
            day = fresh();
            if (resetAtMidnight) truth = fresh();
        }
        const queue = queueOf(day, began);
        ledger = advance(ledger, [queue], resetAtMidnight);
        const shown = counted(ledger, queue, []);
        const where = `seed ${seed}, step ${now}`;
        assert.deepEqual([shown.offered, shown.answered, shown.lost], [truth.answered + truth.lost, truth.answered, truth.lost], where);
        assert.ok(Math.abs(shown.averageWait - (truth.answered > 0 ? truth.waited / truth.answered : 0)) < 1e-6, `${where}: ${shown.averageWait}`);
        assert.ok(Math.abs((shown.serviceLevel ?? 1) - (truth.answered > 0 ? truth.inTime / truth.answered : 1)) < 1e-6, `${where}: ${shown.serviceLevel}`);
        assert.ok(shown.longestWait <= Math.max(truth.longest, 0) + 1e-9, `${where}: ${shown.longestWait} s`);
    }
}

describe('figures that count from a moment of the reader', () => {
    for (const resetAtMidnight of [true, false])
        it(`are those of what happened since, ${resetAtMidnight ? 'and begin anew' : 'also over'} midnight`, () => {
            for (let seed = 1; seed <= 50; ++seed) play(seed, resetAtMidnight);
        });
});
