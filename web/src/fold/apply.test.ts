import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {CtiEvent, Snapshot} from '../api/contract';
import {apply, mostCallsOfLine, mostRung} from './apply';
import {type Board, boardOf, callKey, callsPerLine, emptyBoard, figuresOf, newestCalls} from './board';

const alice = '0033972000001', bob = '0033972000002', mobile = '0033612345678';
const second = 1e9;

/** An event of a line `at` seconds after 1970. */
function event(name: string, at: number, more: Partial<Record<string, string>> = {}): CtiEvent {
    const {line = alice, call = 'c1', calling = mobile, called = alice, dialed = alice, service = 'sip'} = more;
    return {
        event: name, service, ressource: line, timestamp: at * second,
        data: {CallId: call, Calling: calling, Called: called, Dialed: dialed, Event: name},
        details: {Description: 'Accueil', Type: 'sipCirpack', SimultaneousLine: '2'},
    };
}

function follow(...events: CtiEvent[]): Board {
    return events.reduce(apply, emptyBoard);
}

function lineOf(board: Board, number = alice) {
    const line = board.lines.get(number);
    assert.ok(line);
    return line;
}

function only(board: Board) {
    assert.equal(board.calls.size, 1);
    return [...board.calls.values()][0]!;
}

describe('a line', () => {
    type Case = [name: string, events: string[], state: string, since: number, calls: number];
    const cases: Case[] = [
        ['rings', ['start_ringing'], 'ringing', 1, 1],
        ['is free when nobody answered', ['start_ringing', 'end_ringing'], 'free', 2, 0],
        ['talks', ['start_ringing', 'end_ringing', 'start_calling'], 'calling', 3, 1],
        ['is free after the call', ['start_ringing', 'end_ringing', 'start_calling', 'end_calling'], 'free', 4, 0],
        ['talks when the end of its ringing was not told', ['start_ringing', 'start_calling'], 'calling', 2, 1],
        ['holds', ['start_ringing', 'end_ringing', 'start_calling', 'start_hold'], 'held', 4, 1],
        ['talks again', ['start_calling', 'start_hold', 'end_hold'], 'calling', 3, 1],
        ['holds a call that began before', ['start_hold'], 'held', 1, 1],
        ['stays free after an end without a begin', ['end_calling'], 'free', 1, 0],
        ['keeps talking through an end of ringing', ['start_calling', 'end_ringing'], 'calling', 1, 1],
        ['is not held by an end of holding', ['start_calling', 'end_hold'], 'calling', 1, 1],
        ['is free when a call failed', ['call_failed'], 'free', 1, 0],
        ['is free when its phone registers', ['registered'], 'free', 1, 0],
    ];
    for (const [name, events, state, since, calls] of cases)
        it(name, () => {
            const board = follow(...events.map((event_, i) => event(event_, i + 1)));
            assert.equal(lineOf(board).state, state);
            assert.equal(lineOf(board).since, since * 1000);
            assert.equal(board.calls.size, calls);
            assert.equal(lineOf(board).known, true);
        });

    it('shows the most telling of its calls', () => {
        const states = [
            event('start_calling', 1, {call: 'a'}), event('start_hold', 2, {call: 'a'}),
            event('start_calling', 3, {call: 'b'}), event('start_ringing', 4, {call: 'c'}),
            event('end_ringing', 5, {call: 'c'}), event('end_calling', 6, {call: 'b'}), event('end_calling', 7, {call: 'a'}),
        ];
        let board = emptyBoard;
        const seen = states.map(next => lineOf((board = apply(board, next))).state);
        assert.deepEqual(seen, ['calling', 'held', 'calling', 'ringing', 'calling', 'held', 'free']);
    });

    it('knows whether its phone is registered', () => {
        let board = follow(event('start_ringing', 1));
        assert.equal(lineOf(board).registered, null);
        board = apply(board, event('registered', 2));
        assert.equal(lineOf(board).registered, true);
        board = apply(board, event('call_failed', 3));
        assert.equal(lineOf(board).registered, true);
        board = apply(board, event('unregistered', 4));
        assert.equal(lineOf(board).registered, false);
        assert.equal(lineOf(board).state, 'ringing');
    });

    it('is made from the event when the snapshot did not list it', () => {
        const line = lineOf(follow(event('start_ringing', 1)));
        assert.deepEqual([line.description, line.type, line.simultaneous], ['Accueil', 'sipCirpack', 2]);
    });
});

describe('a call', () => {
    it('keeps when it began and when it was answered', () => {
        const call = only(follow(event('start_ringing', 10), event('end_ringing', 14), event('start_calling', 14.2),
            event('start_hold', 20), event('end_hold', 25), event('start_calling', 30)));
        assert.equal(call.started, 10_000);
        assert.equal(call.answered, 14_200);
        assert.equal(call.state, 'calling');
    });

    it('is outgoing for the line that calls', () => {
        assert.equal(only(follow(event('start_ringing', 1))).direction, 'in');
        assert.equal(only(follow(event('start_ringing', 1, {calling: alice, called: mobile}))).direction, 'out');
    });

    it('shows the parties that are connected now', () => {
        const call = only(follow(event('start_ringing', 1, {called: bob, dialed: '0033800000000'}),
            event('start_calling', 2, {calling: 'anonymous', called: alice, dialed: '0033800000000'})));
        assert.deepEqual([call.calling, call.called, call.dialed], ['anonymous', alice, '0033800000000']);
    });

    it('is one for each of two lines', () => {
        const board = follow(event('start_ringing', 1), event('start_ringing', 1, {line: bob, calling: bob}),
            event('end_ringing', 2), event('start_calling', 3));
        assert.equal(board.calls.get(callKey(alice, 'c1'))?.state, 'calling');
        assert.equal(board.calls.get(callKey(bob, 'c1'))?.state, 'ringing');
        assert.equal(lineOf(board, bob).state, 'ringing');
        assert.equal(callsPerLine(board).get(alice)?.length, 1);
        assert.equal(callsPerLine(board).get(bob)?.length, 1);
    });

    it('stands in an order that does not depend on how it became known', () => {
        const events = [event('start_calling', 1, {call: 'a'}), event('start_ringing', 3, {call: 'c'}), event('start_ringing', 2, {call: 'b'}),
            event('start_hold', 4, {call: 'h'}), event('start_ringing', 2, {call: 'a', line: bob})];
        for (const board of [follow(...events), follow(...events.reverse())]) {
            assert.deepEqual(callsPerLine(board).get(alice)?.map(call => call.callId), ['b', 'c', 'a', 'h']);
            assert.deepEqual(newestCalls(board).map(call => call.callId + call.line.at(-1)), ['h1', 'c1', 'a2', 'b1', 'a1']);
        }
    });

    it('that rings anew after its ringing ended is still the same', () => {
        const board = follow(event('start_ringing', 1), event('end_ringing', 2), event('start_ringing', 3));
        assert.equal(only(board).started, 1000);
        assert.equal(board.rung.length, 0);
    });
});

describe('the bounds', () => {
    it('let the call go that began first', () => {
        let board = emptyBoard;
        for (let i = 0; i <= mostCallsOfLine; i++) board = apply(board, event('start_calling', i + 1, {call: `c${i}`}));
        assert.equal(board.calls.size, mostCallsOfLine);
        assert.ok(!board.calls.has(callKey(alice, 'c0')));
        assert.ok(board.calls.has(callKey(alice, 'c1')));
    });

    it('hold the calls whose answer may follow', () => {
        let board = emptyBoard;
        for (let i = 0; i < mostRung + 5; i++)
            board = [event('start_ringing', i, {call: `c${i}`}), event('end_ringing', i, {call: `c${i}`})].reduce(apply, board);
        assert.equal(board.rung.length, mostRung);
        assert.equal(board.rung[0]?.callId, 'c5');
    });
});

describe('what changes nothing', () => {
    const before = follow(event('start_ringing', 1));
    for (const name of ['something_new', '', 'toString', '__proto__', 'members-count'])
        it(`an event named ${JSON.stringify(name)}`, () => assert.equal(apply(before, event(name, 2)), before));
    it("a queue's event", () =>
        assert.equal(apply(before, event('start_ringing', 2, {service: 'queues', line: bob})), before));
    it('the board that was', () => {
        apply(before, event('end_ringing', 2));
        assert.equal(lineOf(before).state, 'ringing');
        assert.equal(before.calls.size, 1);
    });
});

describe('a snapshot', () => {
    const snapshot: Snapshot = {
        cursor: 'x', time: 20 * second,
        lines: [{number: alice, description: 'Accueil', type: 'sipCirpack', state: 'held', since: 12 * second, calls: 1,
            simultaneous_lines: 2, registered: true, source: 'sbc', known: true}],
        calls: [{call_id: 'c1', line: alice, state: 'calling', direction: 'in', calling: mobile, called: alice, dialed: alice,
            started: 10 * second, answered: 11 * second, held: true, queue: null}],
        queues: [{number: bob, description: 'Support', type: 'easyHunting',
            waiting: [{uuid: 'u', calling: mobile, joined: 15 * second, position: 1, agent: null}],
            agents: [{name: 'agent_1_2', number: alice, status: 'Available', state: 'Waiting', since: second}],
            counters: {offered: 4, answered: 2, lost: 1, average_wait_s: 8.5, longest_wait_s: 12, service_level: 0.5, since: second}}],
        sources: [{name: 'sbc', kind: 'hep', up: false, since: 3 * second}],
    };

    it('is the board at its cursor', () => {
        const board = boardOf(snapshot);
        assert.equal(lineOf(board).since, 12_000);
        assert.deepEqual([only(board).state, only(board).started, only(board).answered], ['held', 10_000, 11_000]);
        assert.equal(board.queues[0]?.waiting[0]?.joined, 15_000);
        assert.equal(board.queues[0]?.serviceLevel, 0.5);
        assert.deepEqual(board.sources, [{name: 'sbc', kind: 'hep', up: false, since: 3000}]);
    });

    it('goes on with the events after it', () => {
        const board = [event('end_hold', 21), event('end_calling', 22)].reduce(apply, boardOf(snapshot));
        assert.deepEqual([lineOf(board).state, lineOf(board).since, board.calls.size], ['free', 22_000, 0]);
        assert.equal(lineOf(board).registered, true);
    });

    it('says nothing of a service level before anybody was offered', () => {
        const queue = snapshot.queues[0]!;
        const none = {...snapshot, queues: [{...queue, counters: {...queue.counters, offered: 0}}]};
        assert.equal(figuresOf(none).queues[0]?.serviceLevel, null);
    });
});
