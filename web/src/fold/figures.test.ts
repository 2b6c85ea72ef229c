import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {CtiEvent} from '../api/contract';
import {type Board, type Call, type Queue, callKey, emptyBoard} from './board';
import {figuresAt, isFree, isLoggedIn, together} from './figures';
import {count, emptyTally, settle} from './tally';

const queue = (more: Partial<Queue>): Queue => ({number: '1', description: '', type: 'easyHunting', waiting: [], agents: [], offered: 0, answered: 0,
    lost: 0, averageWait: 0, longestWait: 0, serviceLevel: null, since: 1000, ...more});
const call = (callId: string, line: string, state: Call['state']): [string, Call] => [callKey(line, callId), {callId, line, state, direction: 'in',
    calling: '', called: '', dialed: '', started: 0, answered: null, queue: null}];
const board = (...calls: [string, Call][]): Board => ({...emptyBoard, calls: new Map(calls)});

describe('the figures', () => {
    it('count calls and not lines, and one that is answered somewhere is in progress', () => {
        const figures = figuresAt(board(call('inside', '1', 'calling'), call('inside', '2', 'held'), call('new', '1', 'ringing'), call('new', '2', 'ringing'),
            call('taken', '1', 'ringing'), call('taken', '3', 'calling')), [], emptyTally(0), 0);
        assert.equal(figures.inProgress, 2);
        assert.equal(figures.ringing, 1);
    });
    it('are those of the queues when there are any', () => {
        const waiting = (joined: number) => ({uuid: String(joined), calling: '', joined, agent: null});
        const figures = figuresAt(board(), [queue({answered: 2, lost: 1, waiting: [waiting(500), waiting(300)], since: 90}), queue({answered: 3, since: 80})],
            {...emptyTally(7), answered: 100, lost: 100}, 1000);
        assert.deepEqual([figures.answered, figures.lost, figures.waiting, figures.longestSince, figures.since], [5, 1, 2, 300, 80]);
    });
    it('are those of the lines when there are no queues', () => {
        const figures = figuresAt(board(), [], {...emptyTally(7), answered: 4, lost: 2}, 1000);
        assert.deepEqual([figures.answered, figures.lost, figures.waiting, figures.longestSince, figures.since], [4, 2, 0, null, 7]);
    });
});

describe('all queues together', () => {
    it('average by how many were answered', () => {
        const all = together([queue({answered: 3, offered: 4, averageWait: 10, longestWait: 30, serviceLevel: 1}),
            queue({answered: 1, offered: 1, averageWait: 50, longestWait: 50, serviceLevel: 0}), queue({averageWait: 999})]);
        assert.deepEqual([all.offered, all.answered, all.averageWait, all.longestWait, all.serviceLevel], [5, 4, 20, 50, 0.75]);
    });
    it('of four callers who waited 30 s each average 30 s', () => {
        assert.equal(together([queue({answered: 2, averageWait: 30}), queue({answered: 2, averageWait: 30})]).averageWait, 30);
    });
    it('have each agent once, and callers by how long they wait', () => {
        const agent = {name: 'ann', number: '1', status: 'Available', state: 'Waiting', since: 0};
        const all = together([queue({agents: [agent], waiting: [{uuid: 'b', calling: '', joined: 2, agent: null}]}),
            queue({agents: [agent, {...agent, name: 'bob'}], waiting: [{uuid: 'a', calling: '', joined: 1, agent: null}]})]);
        assert.deepEqual(all.agents.map(one => one.name), ['ann', 'bob']);
        assert.deepEqual(all.waiting.map(one => one.uuid), ['a', 'b']);
    });
    it('of none are nothing', () => {
        const none = together([]);
        assert.deepEqual([none.offered, none.averageWait, none.longestWait, none.serviceLevel, none.since], [0, 0, 0, null, 0]);
    });
});

describe('an agent', () => {
    for (const [status, state, free, there] of [['Available', 'Waiting', true, true], ['Available (On Demand)', 'Waiting', true, true], ['Available', 'Receiving', false, true],
        ['Available', 'In a queue call', false, true], ['On Break', 'Waiting', false, true], ['Logged Out', 'Waiting', false, false], ['', '', true, true]] as const)
        it(`who is ${status || 'not described'} and ${state || 'no more'} is ${free ? '' : 'not '}free`, () => {
            assert.equal(isFree({status, state}), free);
            assert.equal(isLoggedIn({status}), there);
        });
});

describe('calls of lines', () => {
    const told = (event: string, id: string, line: string, at: number, calling = '0033612345678'): CtiEvent => ({
        event, service: 'sip', ressource: line, timestamp: at * 1_000_000, data: {CallId: id, Calling: calling}} as unknown as CtiEvent);
    const after = (...events: CtiEvent[]) => events.reduce(count, emptyTally(0));

    it('that are answered count once at however many lines they rang', () => {
        const tally = after(told('start_ringing', 'a', '1', 0), told('start_ringing', 'a', '2', 0), told('end_ringing', 'a', '2', 5000),
            told('end_ringing', 'a', '1', 5000), told('start_calling', 'a', '1', 5000), told('start_calling', 'a', '1', 6000));
        assert.deepEqual([tally.answered, settle(tally, 60_000).lost], [1, 0]);
    });
    it('that nobody answered are lost once, when no answer can follow any more', () => {
        const tally = after(...['1', '2', '3', '4'].map(line => told('start_ringing', 'a', line, 0)),
            ...['1', '2', '3', '4'].map(line => told('end_ringing', 'a', line, 5000)));
        assert.equal(settle(tally, 5100).lost, 0);
        assert.equal(settle(tally, 8000).lost, 1);
        assert.equal(settle(settle(tally, 8000), 9000).lost, 1);
    });
    it('that still ring somewhere are not lost', () => {
        const tally = after(told('start_ringing', 'a', '1', 0), told('start_ringing', 'a', '2', 0), told('end_ringing', 'a', '1', 1000));
        assert.equal(settle(tally, 60_000).lost, 0);
    });
    it('of our own lines to others are neither', () => {
        const tally = after(told('start_ringing', 'a', '1', 0, '1'), told('end_ringing', 'a', '1', 1000, '1'), told('start_calling', 'a', '1', 1000, '1'));
        assert.deepEqual([tally.answered, settle(tally, 60_000).lost], [0, 0]);
    });
    it('whose ringing was never seen to begin are not lost when it ends', () => {
        assert.equal(settle(after(told('end_ringing', 'a', '1', 0)), 60_000).lost, 0);
    });
    it('are remembered within bounds', () => {
        let tally = emptyTally(0);
        for (let i = 0; i < 5000; ++i) {
            tally = count(tally, told('start_ringing', `r${i}`, '1', i));
            tally = count(tally, told('start_calling', `c${i}`, '1', i));
        }
        assert.equal(tally.answered, 5000);
        assert.ok(tally.taken.size <= 2001, String(tally.taken.size));
        assert.ok(tally.open.size <= 2001, String(tally.open.size));
    });
    it('give the same value when nothing is to be settled', () => {
        const tally = after(told('start_ringing', 'a', '1', 0));
        assert.equal(settle(tally, 1), tally);
    });
});
