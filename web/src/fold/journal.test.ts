import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {CtiEvent} from '../api/contract';
import {type Journal, emptyJournal, mostEntries, notice, record} from './journal';

function event(name: string, data: Record<string, unknown>, service = 'sip'): CtiEvent {
    return {event: name, service, ressource: '0033972000001', timestamp: 5_000_000_000, data, details: {}};
}

function entry(journal: Journal) {
    const first = journal.entries[0];
    assert.ok(first);
    return first;
}

describe('the journal', () => {
    it('says what happened on a line, and how late it came', () => {
        const first = entry(record(emptyJournal, event('end_ringing', {
            Calling: '0033612345678', Called: '0033972000001', Dialed: '0033800', RelevantInfo: '486 Busy Here'}), 5012));
        assert.deepEqual(first, {
            serial: 1, kind: 'event', id: '', name: 'end_ringing', time: 5000, protocol: 'sip', line: '0033972000001', direction: 'in',
            calling: '0033612345678', called: '0033972000001', dialed: '0033800', remark: '486 Busy Here', latency: 12,
        });
    });

    it('does not say how late something came that was read later', () =>
        assert.equal(entry(record(emptyJournal, event('start_ringing', {Protocol: 'mgcp'}), null, 'place')).latency, null));

    it('knows a call out', () => {
        assert.equal(entry(record(emptyJournal, event('start_ringing', {Calling: '0033972000001'}), 0)).direction, 'out');
    });

    it('never says that an event came before it happened', () => {
        assert.equal(entry(record(emptyJournal, event('start_ringing', {}), 10)).latency, 0);
    });

    const remarks: [string, Record<string, string>, string][] = [
        ['agent-offering', {QueueAgent: 'agent_0033_1'}, 'agent_0033_1'],
        ['agent-status-change', {QueueAgent: 'a', QueueAgentStatus: 'On Break'}, 'a · On Break'],
        ['bridge-agent-fail', {QueueAgent: 'a', QueueHangupCause: 'NO_ANSWER'}, 'a · NO_ANSWER'],
        ['member-queue-end', {QueueCause: 'Cancel', QueueCancelReason: 'TIMEOUT'}, 'TIMEOUT'],
        ['members-count', {Count: '3', QueueSelection: 'Single-Queue'}, '3'],
        ['member-queue-start', {}, ''],
    ];
    for (const [name, data, remark] of remarks)
        it(`says of ${name}: ${remark || 'nothing more'}`, () => {
            const first = entry(record(emptyJournal, event(name, {Calling: '0033612345678', ...data}, 'queues'), 0));
            assert.deepEqual([first.remark, first.direction, first.called], [remark, 'none', '']);
        });

    it('is newest first and bounded', () => {
        let journal = emptyJournal;
        for (let i = 0; i < mostEntries + 3; i++) journal = record(journal, event(`e${i}`, {}), 0);
        assert.equal(journal.entries.length, mostEntries);
        assert.equal(journal.entries[0]?.name, `e${mostEntries + 2}`);
        assert.equal(journal.entries.at(-1)?.name, 'e3');
        assert.equal(new Set(journal.entries.map(one => one.serial)).size, mostEntries);
    });

    it('leaves out what phones do by themselves', () => {
        for (const name of ['registered', 'unregistered']) assert.equal(record(emptyJournal, event(name, {}), 0), emptyJournal);
    });

    it('tells what the stream says of itself', () => {
        const first = entry(notice(emptyJournal, 'gap', '12 events are gone', 7));
        assert.deepEqual([first.kind, first.name, first.remark, first.time, first.latency], ['notice', 'gap', '12 events are gone', 7, null]);
    });
});
