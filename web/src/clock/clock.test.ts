import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {durationText, latencyText, splitOf} from './duration';
import {ServerClock} from './server_clock';

describe("the server's time", () => {
    it('is the local one until something is known', () => {
        assert.equal(new ServerClock(() => 5000).now(), 5000);
    });

    it('is taken from the middle of the round trip', () => {
        let here = 0;
        const clock = new ServerClock(() => here);
        clock.learn(1_000_050, 0, 100);
        here = 100;
        assert.equal(clock.now(), 1_000_100);
    });

    it('keeps the statement with the shortest round trip', () => {
        const clock = new ServerClock(() => 0);
        clock.learn(500, 0, 20);
        clock.learn(1300, 0, 2000);
        assert.equal(clock.now(), 490);
        clock.learn(505, 0, 10);
        assert.equal(clock.now(), 500);
    });

    it('takes a wider statement when the old one is old', () => {
        const clock = new ServerClock(() => 0);
        clock.learn(500, 0, 20);
        clock.learn(500 + ServerClock.goodFor + 100, ServerClock.goodFor, ServerClock.goodFor + 200);
        assert.equal(clock.now(), 500);
        clock.learn(510 + 3 * ServerClock.goodFor, 3 * ServerClock.goodFor, 3 * ServerClock.goodFor + 4);
        assert.equal(clock.now(), 508);
    });

    it('believes the new one when a clock was set', () => {
        const clock = new ServerClock(() => 0);
        clock.learn(500, 0, 20);
        clock.learn(3_600_500, 0, 400);
        assert.equal(clock.now(), 3_600_300);
    });

    it('bears an answer that came before it was sent', () => {
        const clock = new ServerClock(() => 0);
        clock.learn(500, 20, 10);
        assert.equal(clock.now(), 480);
    });
});

describe('a duration', () => {
    const cases: [number, string][] = [
        [0, '0:00'], [999, '0:00'], [1000, '0:01'], [59_999, '0:59'], [60_000, '1:00'], [754_000, '12:34'],
        [3_599_000, '59:59'], [3_723_000, '1:02:03'], [259_200_000, '72:00:00'], [-5000, '0:00'], [NaN, '0:00'],
        [Infinity, '0:00'],
    ];
    for (const [ms, text] of cases) it(`of ${ms} ms is ${text}`, () => assert.equal(durationText(ms), text));
});

describe('a call', () => {
    it('waits until it is answered, then talks', () => {
        assert.deepEqual(splitOf({started: 1000, answered: null}, 4000), {wait: 3000, talk: null});
        assert.deepEqual(splitOf({started: 1000, answered: 3000}, 10_000), {wait: 2000, talk: 7000});
    });
    it('never has less than nothing', () => {
        assert.deepEqual(splitOf({started: 1000, answered: null}, 0), {wait: 0, talk: null});
        assert.deepEqual(splitOf({started: 1000, answered: 900}, 0), {wait: 0, talk: 0});
    });
});

describe('a latency', () => {
    const cases: [number, string][] = [[-3, '0 ms'], [8.6, '9 ms'], [999.4, '999 ms'], [1234, '1.2 s'], [75_400, '75 s']];
    for (const [ms, text] of cases) it(`of ${ms} ms is ${text}`, () => assert.equal(latencyText(ms), text));
});
