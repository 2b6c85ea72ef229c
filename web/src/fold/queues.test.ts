import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {CtiEvent} from '../api/contract';
import type {Queue} from './board';
import {emptyBoard, linesHeard} from './board';
import {figuresAt, isFree, together} from './figures';
import {advance, counted, reset} from './ledger';
import {type QueueCalls, follow, mostQueueCalls} from './queue_calls';
import {count, emptyTally, settle} from './tally';

const queue = '0033123456300';
let clock = 1_780_000_000_000;

function queued(event: string, members: object = {}): CtiEvent {
    return {event, service: 'queues', ressource: queue, timestamp: (clock += 1000) * 1e6, details: {},
        data: {QueueMemberUUID: 'u1', Calling: '0033612345678', Queue: queue, ...members}};
}
const told = (...events: CtiEvent[]): QueueCalls => events.reduce(follow, [] as QueueCalls);

describe('the journal of queue calls', () => {
    const agents = ['1', '2', '3', '4'].map(n => ({QueueAgent: `agent_003312345610${n}_${n}`}));

    it('has a caller lost once who rang at four agents', () => {
        const calls = told(queued('member-queue-start'), ...agents.map(agent => queued('agent-offering', agent)),
            ...agents.map(agent => queued('bridge-agent-fail', {...agent, QueueHangupCause: 'ORIGINATOR_CANCEL'})),
            queued('member-queue-end', {QueueCause: 'Cancel', QueueCancelReason: 'NONE', QueueMemberJoinedTime: '1780000000', QueueMemberLeavingTime: '1780000042'}));
        assert.equal(calls.length, 1);
        assert.equal(calls[0]!.outcome, 'abandoned');
        assert.equal(calls[0]!.wait, 42_000);
        assert.deepEqual(calls[0]!.offered, []);
    });
    for (const [reason, outcome] of [['NONE', 'abandoned'], ['TIMEOUT', 'timeout'], ['NO_AGENT_TIMEOUT', 'no_agent'], ['EXIT_WITH_KEY', 'left'], ['BREAK_OUT', 'left'], ['NEW', 'abandoned']])
        it(`says that ${reason} is ${outcome}`, () =>
            assert.equal(told(queued('member-queue-start'), queued('member-queue-end', {QueueCause: 'Cancel', QueueCancelReason: reason}))[0]!.outcome, outcome));

    it('has the exchange\u2019s own times for wait and talk', () => {
        const times = {Agent: '0033123456101', QueueMemberJoinedTime: '1780000000', QueueAgentAnsweredTime: '1780000030', QueueBridgeTerminatedTime: '1780000090'};
        const calls = told(queued('member-queue-start'), queued('agent-offering', times), queued('bridge-agent-start', times), queued('bridge-agent-end', times),
            queued('member-queue-end', {...times, QueueCause: 'Terminated'}));
        assert.equal(calls.length, 1);
        assert.deepEqual([calls[0]!.outcome, calls[0]!.wait, calls[0]!.talk, calls[0]!.agent], ['answered', 30_000, 60_000, '0033123456101']);
    });
    it('counts by what was seen when there are no times', () => {
        const calls = told(queued('member-queue-start'), queued('bridge-agent-start', agents[0]), queued('bridge-agent-end', agents[0]));
        assert.deepEqual([calls[0]!.wait, calls[0]!.talk, calls[0]!.agent], [1000, 1000, '0033123456101']);
    });
    it('takes an end of which nothing was seen before', () => {
        assert.equal(told(queued('member-queue-end', {QueueCause: 'Cancel', QueueCancelReason: 'TIMEOUT'}))[0]!.outcome, 'timeout');
        assert.equal(told(queued('member-queue-end', {QueueCause: 'Terminated', Agent: '7'}))[0]!.outcome, 'answered');
    });
    it('takes a caller back who returned', () => {
        const calls = told(queued('member-queue-start'), queued('member-queue-end', {QueueCause: 'Cancel'}), queued('member-queue-resume'));
        assert.equal(calls[0]!.outcome, 'waiting');
        assert.equal(calls[0]!.ended, null);
    });
    it('ends no other caller\u2019s call', () => {
        const calls = told(queued('member-queue-start'), queued('member-queue-start', {QueueMemberUUID: 'u2'}), queued('member-queue-end', {QueueCause: 'Cancel'}));
        assert.deepEqual(calls.map(call => call.outcome), ['waiting', 'abandoned']);
    });
    it('leaves a phone out that lost the race', () => {
        const calls = told(queued('member-queue-start'), queued('bridge-agent-start', agents[1]), queued('bridge-agent-end', {...agents[0], QueueAgentBridged: 'false'}));
        assert.equal(calls[0]!.outcome, 'talking');
    });
    it('bears what has no caller, and lines', () => {
        assert.deepEqual(told(queued('members-count', {QueueMemberUUID: ''}), queued('agent-offering', {QueueMemberUUID: ''}), {...queued('member-queue-start'), service: 'sip'}), []);
    });
    it('is bounded', () => {
        const many = Array.from({length: mostQueueCalls + 20}, (_, i) => queued('member-queue-start', {QueueMemberUUID: `u${i}`}));
        assert.equal(told(...many).length, mostQueueCalls);
    });
});

const base: Queue = {number: queue, description: 'Support', type: 'easyHunting', waiting: [], agents: [], offered: 10, answered: 8, lost: 2, averageWait: 30, longestWait: 50, serviceLevel: 0.5, since: 1000};

describe('figures', () => {
    it('are the server\u2019s until somebody resets them', () => {
        assert.deepEqual(advance({}, [base], true), {});
        assert.equal(counted({}, base, []), base);
    });
    it('count from a reset', () => {
        const ledger = reset([base], 5000);
        const fresh = counted(ledger, base, []);
        assert.deepEqual([fresh.offered, fresh.answered, fresh.lost, fresh.averageWait, fresh.longestWait, fresh.serviceLevel, fresh.since], [0, 0, 0, 0, 0, null, 5000]);
        const later = {...base, offered: 14, answered: 12, averageWait: 30};
        const four = counted(advance(ledger, [later], true), later, []);
        assert.deepEqual([four.offered, four.answered, four.lost], [4, 4, 0]);
        assert.equal(four.averageWait, 30, 'four who waited 30 s waited 30 s on average');
    });
    it('begin anew at midnight', () => {
        const ledger = reset([base], 5000);
        const tomorrow = {...base, offered: 1, answered: 1, lost: 0, since: 90_000};
        assert.deepEqual(advance(ledger, [tomorrow], true), {});
    });
    it('go on over midnight when that is wanted', () => {
        const ledger = advance({}, [base], false);
        const tomorrow = {...base, offered: 3, answered: 2, lost: 1, averageWait: 60, longestWait: 20, since: 90_000};
        const both = counted(advance(ledger, [tomorrow], false), tomorrow, []);
        assert.deepEqual([both.offered, both.answered, both.lost, both.averageWait, both.longestWait, both.since], [13, 10, 3, 36, 50, 1000]);
    });
    it('of a server that lost its own are the server\u2019s', () => {
        assert.deepEqual(advance(reset([base], 5000), [{...base, offered: 0, answered: 0, lost: 0}], true), {});
    });
    it('of several queues are weighted together', () => {
        const sum = together([base, {...base, answered: 2, averageWait: 80, serviceLevel: 1, longestWait: 90}]);
        assert.deepEqual([sum.answered, sum.averageWait, sum.longestWait, sum.serviceLevel], [10, 40, 90, 0.6]);
    });
    it('count an internal call once', () => {
        const call = {callId: 'c', state: 'calling' as const, direction: 'in' as const, calling: '1', called: '2', dialed: '2', started: 0, answered: 0, queue: null};
        const board = {...emptyBoard, calls: new Map([['1', {...call, line: '1'}], ['2', {...call, line: '2'}]])};
        assert.equal(figuresAt(board, [], emptyTally(0), 0).inProgress, 1);
    });
    it('know who is free', () => {
        assert.ok(isFree({status: 'Available', state: 'Waiting'}));
        assert.ok(!isFree({status: 'On Break', state: 'Waiting'}));
        assert.ok(!isFree({status: 'Available', state: 'In a queue call'}));
    });
});

describe('a tally of lines', () => {
    let at = clock;
    const line = (event: string, ressource: string, call = 'c1'): CtiEvent =>
        ({event, service: 'sip', ressource, timestamp: (at += 10) * 1e6, details: {}, data: {CallId: call, Calling: '0033612345678'}});
    it('counts a call lost once that rang at four phones', () => {
        const phones = ['1', '2', '3', '4'];
        const tally = [...phones.map(phone => line('start_ringing', phone)), ...phones.map(phone => line('end_ringing', phone))].reduce(count, emptyTally(0));
        assert.equal(settle(tally, at + 100).lost, 0, 'an answer may follow');
        assert.equal(settle(tally, at + 5000).lost, 1);
        assert.equal(settle(settle(tally, at + 5000), at + 9000).lost, 1);
    });
    it('counts an answer once, whoever else rang', () => {
        const tally = [line('start_ringing', '1', 'c2'), line('start_ringing', '2', 'c2'), line('end_ringing', '1', 'c2'), line('end_ringing', '2', 'c2'), line('start_calling', '2', 'c2'),
            line('start_calling', '1', 'c2')].reduce(count, emptyTally(0));
        assert.equal(tally.answered, 1);
        assert.equal(settle(tally, at + 5000).lost, 0);
    });
});

describe('a source that is down', () => {
    const lineOf = (number: string, source: string) => ({number, description: '', type: '', state: 'free' as const, since: 5, simultaneous: 1, registered: null, known: true, source});
    const lines = new Map([['1', lineOf('1', 'a')], ['2', lineOf('2', 'b')]]);
    const source = (name: string, up: boolean) => ({name, kind: 'hep', up, since: 7});
    it('makes its lines unknown since then, and no others', () => {
        const heard = linesHeard({lines, sources: [source('a', false), source('b', true)]});
        assert.deepEqual([heard.get('1')!.state, heard.get('1')!.since, heard.get('2')!.state], ['unknown', 7, 'free']);
    });
    it('changes nothing while all are up', () => assert.equal(linesHeard({lines, sources: [source('a', true)]}), lines));
    it('changes nothing where the server does not tell lines apart, unless none is up', () => {
        const same = new Map([['1', lineOf('1', 'a')], ['2', lineOf('2', 'a')]]);
        assert.equal(linesHeard({lines: same, sources: [source('a', false), source('b', true)]}), same);
        assert.equal(linesHeard({lines: same, sources: [source('a', false), source('b', false)]}).get('2')!.state, 'unknown');
    });
});
