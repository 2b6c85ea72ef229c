import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Snapshot} from '../api/contract';
import {type Board, type Call, type Line, type Source, boardOf, callKey, callsPerLine, emptyBoard, linesHeard, newestCalls} from './board';

const ns = 1_780_000_000_000_000_000;
const ms = ns / 1_000_000;

const snapshot: Snapshot = {
    cursor: 'c', time: ns,
    lines: [
        {number: '0033972000001', description: 'Accueil', type: 'sipCirpack', state: 'ringing', since: ns, calls: 1, simultaneous_lines: 2,
            registered: true, source: 'sbc', known: true},
        {number: '0033972000003', description: 'Atelier', type: 'mgcpCirpack', state: 'unknown', since: ns, calls: 0, simultaneous_lines: 1,
            registered: null, source: null, known: false},
    ],
    calls: [
        {call_id: 'a', line: '0033972000001', state: 'ringing', direction: 'in', calling: '0033612345678', called: '0033972000001',
            dialed: '0033972000002', started: ns, answered: null, held: false, queue: '0033972000002'},
        {call_id: 'b', line: '0033972000001', state: 'held', direction: 'out', calling: '0033972000001', called: '00331', dialed: '00331',
            started: ns - 5e9, answered: ns - 3e9, held: true, queue: null},
    ],
    queues: [{
        number: '0033972000002', description: 'Support', type: 'easyHunting',
        waiting: [{uuid: 'u', calling: 'anonymous', joined: ns - 7e9, position: 1, agent: null}],
        agents: [{name: 'agent_0033972000001_1', number: '0033972000001', status: 'Available', state: 'Waiting', since: ns}],
        counters: {offered: 3, answered: 1, lost: 1, average_wait_s: 4.5, longest_wait_s: 9, service_level: 0.5, since: ns - 60e9},
    }],
    sources: [{name: 'sbc', kind: 'hep', up: true, since: ns - 100e9}],
};

describe('a board', () => {
    const board = boardOf(snapshot);
    it('has the lines of the snapshot, with times in ms', () => {
        const line = board.lines.get('0033972000001');
        assert.deepEqual(line, {number: '0033972000001', description: 'Accueil', type: 'sipCirpack', state: 'ringing', since: ms, simultaneous: 2,
            registered: true, known: true, source: 'sbc'});
        assert.equal(board.lines.get('0033972000003')?.registered, null);
    });
    it('has each call under its line and Call-ID', () => {
        assert.equal(board.calls.size, 2);
        assert.equal(board.calls.get(callKey('0033972000001', 'a'))?.queue, '0033972000002');
        const held = board.calls.get(callKey('0033972000001', 'b'));
        assert.equal(held?.state, 'held');
        assert.equal(held?.answered, ms - 3000);
        assert.equal(board.calls.get(callKey('0033972000001', 'a'))?.answered, null);
    });
    it('has queues with their callers, agents and figures', () => {
        const [queue] = board.queues;
        assert.equal(queue?.waiting[0]?.joined, ms - 7000);
        assert.equal(queue?.agents[0]?.since, ms);
        assert.deepEqual([queue?.offered, queue?.answered, queue?.lost, queue?.averageWait, queue?.longestWait, queue?.serviceLevel], [3, 1, 1, 4.5, 9, 0.5]);
    });
    it('claims no service level while nobody was offered', () => {
        const quiet = {...snapshot, queues: snapshot.queues.map(queue => ({...queue, counters: {...queue.counters, offered: 0, service_level: 1}}))};
        assert.equal(boardOf(quiet).queues[0]?.serviceLevel, null);
    });
    it('keeps two calls apart whose names run together', () => {
        assert.notEqual(callKey('1', '23'), callKey('12', '3'));
    });
});

const call = (callId: string, line: string, state: Call['state'], started: number): [string, Call] => [callKey(line, callId), {
    callId, line, state, direction: 'in', calling: '1', called: line, dialed: line, started, answered: null, queue: null}];
const withCalls = (...calls: [string, Call][]): Board => ({...emptyBoard, calls: new Map(calls)});

describe('calls in progress', () => {
    it('are shown with the newest first, and always in one order', () => {
        const all = [call('b', '2', 'calling', 10), call('a', '2', 'calling', 10), call('a', '1', 'calling', 10), call('c', '1', 'ringing', 20)];
        const expected = ['c 1', 'a 1', 'a 2', 'b 2'];
        for (const order of [all, [...all].reverse()])
            assert.deepEqual(newestCalls(withCalls(...order)).map(one => `${one.callId} ${one.line}`), expected);
    });
    it('stand at their line, the one that somebody has to act on first', () => {
        const calls = callsPerLine(withCalls(call('h', '1', 'held', 1), call('c', '1', 'calling', 2), call('r', '1', 'ringing', 3),
            call('o', '1', 'ringing', 2), call('x', '2', 'held', 1)));
        assert.deepEqual(calls.get('1')?.map(one => one.callId), ['o', 'r', 'c', 'h']);
        assert.deepEqual(calls.get('2')?.map(one => one.callId), ['x']);
        assert.equal(calls.get('3'), undefined);
    });
});

describe('lines', () => {
    const line = (number: string, source: string | null, since = 50): [string, Line] => [number, {number, description: '', type: 'sipCirpack',
        state: 'free', since, simultaneous: 1, registered: null, known: true, source}];
    const source = (name: string, up: boolean, since = 100): Source => ({name, kind: 'hep', up, since});
    const states = (lines: [string, Line][], sources: Source[]) =>
        [...linesHeard({lines: new Map(lines), sources}).values()].map(one => `${one.state} ${one.since}`);

    it('are as they are while their sources are up', () => {
        const lines = new Map([line('1', 'a')]);
        assert.equal(linesHeard({lines, sources: [source('a', true)]}), lines, 'the very same value: nothing is drawn again');
    });
    it('are unknown since their source is down', () => {
        assert.deepEqual(states([line('1', 'a')], [source('a', false)]), ['unknown 100']);
        assert.deepEqual(states([line('1', 'a', 150)], [source('a', false)]), ['unknown 150'], 'heard of later than that');
    });
    it('of another source go on', () => {
        assert.deepEqual(states([line('1', 'a'), line('2', 'b')], [source('a', false), source('b', true)]), ['unknown 100', 'free 50']);
    });
    it('that the server does not tell apart go on until all sources are down', () => {
        assert.deepEqual(states([line('1', 'a'), line('2', 'a')], [source('a', false), source('b', true)]), ['free 50', 'free 50']);
        assert.deepEqual(states([line('1', 'a'), line('2', null)], [source('a', false, 100), source('b', false, 120)]), ['unknown 100', 'unknown 120']);
    });
});
