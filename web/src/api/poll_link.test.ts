import assert from 'node:assert/strict';
import {afterEach, beforeEach, describe, it, mock} from 'node:test';
import type {Store} from '../store';
import type {Snapshot} from './contract';
import type {LinkListener, LinkState, World} from './link';
import {PollLink, eventOf, polling} from './poll_link';

class Memory implements Store {
    values = new Map<string, string>();
    getItem(name: string): string | null { return this.values.get(name) ?? null; }
    setItem(name: string, value: string): void { this.values.set(name, value); }
    removeItem(name: string): void { this.values.delete(name); }
}

const line = '0033123456101';
const endpoint = 'https://events.example/';

/** A service that holds each poll until the test answers it. */
class FakeService implements World {
    polls: {session: string | null; token: string | null; answer(value: unknown, status?: number): void; fail(): void; aborted: boolean}[] = [];
    looks = 0;
    reachable = true;
    clock = new Date(2026, 4, 28, 12).getTime();

    now = () => this.clock;
    random = () => 0;
    fetch = ((input: string, init: RequestInit) => {
        if (init.method === 'HEAD') {
            this.looks++;
            return this.reachable ? Promise.resolve(new Response()) : Promise.reject(new TypeError('failed'));
        }
        const {searchParams} = new URL(input);
        return new Promise<Response>((resolve, reject) => {
            const poll = {
                session: searchParams.get('session'), token: searchParams.get('token'), aborted: false, fail: () => reject(new TypeError('failed')),
                answer: (value: unknown, status = 200) => resolve(new Response(typeof value === 'string' ? value : JSON.stringify(value), {status})),
            };
            init.signal!.addEventListener('abort', () => {
                poll.aborted = true;
                reject(new DOMException('aborted', 'AbortError'));
            });
            this.polls.push(poll);
        });
    }) as typeof fetch;

    async answer(session: string, ...events: object[]): Promise<void> {
        this.polls.at(-1)!.answer({Session: session, Message: events.length ? '' : 'Timeout, please reconnect', Events: events});
        await settled();
    }
    told(name: string, call: string, members: object = {}): object {
        return {Event: name, Token: 'T', Service: 'sip', Ressource: line, Timestamp: this.clock * 1e6, Date: '', Details: {Description: 'Reception', Type: 'sipCirpack', SimultaneousLine: '2'},
            Data: {CallId: call, Calling: '0033612345678', Called: line, Dialed: line, ...members}};
    }
}

class Told implements LinkListener {
    states: LinkState[] = [];
    events: string[] = [];
    notices: string[] = [];
    times: number[] = [];
    snapshots: Snapshot[] = [];
    state(state: LinkState): void { this.states.push(state); }
    begin(snapshot: Snapshot): void { this.snapshots.push(snapshot); }
    figures(snapshot: Snapshot): void { this.snapshots.push(snapshot); }
    event(event: {event: string}, id: string): void { this.events.push(`${id} ${event.event}`); }
    notice(name: string, message: string): void { this.notices.push(`${name}: ${message}`); }
    time(server: number): void { this.times.push(server); }
    kinds(): string[] { return this.states.map(state => state.kind); }
}

const settled = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('the link to a service of version 1', () => {
    let service: FakeService, told: Told, store: Memory, link: PollLink;
    beforeEach(() => {
        // Node 18 takes a list, 20 an object; the types know the first.
        mock.timers.enable((process.version < 'v20' ? ['setTimeout', 'setInterval'] : {apis: ['setTimeout', 'setInterval']}) as never);
        [service, told, store] = [new FakeService(), new Told(), new Memory()];
        link = open();
    });
    afterEach(() => {
        link.close();
        mock.timers.reset();
    });
    const open = () => new PollLink('T', told, endpoint, store, service);
    const begin = async () => {
        void link.run();
        await settled();
    };
    const pass = async (ms: number) => {
        service.clock += ms;
        mock.timers.tick(ms);
        await settled();
    };
    const lineNow = () => {
        link.wantFigures();
        return told.snapshots.at(-1)!.lines[0]!;
    };

    it('polls without a session first, and with the last one from then on', async () => {
        await begin();
        assert.deepEqual([service.polls[0]!.token, service.polls[0]!.session], ['T', null]);
        await service.answer('S1', service.told('start_ringing', 'c1'));
        await service.answer('S2');
        assert.deepEqual(service.polls.map(poll => poll.session), [null, 'S1', 'S2']);
        assert.deepEqual(told.events, ['1 start_ringing']);
    });
    it('is live once a poll waits, because a bad token is told at once', async () => {
        await begin();
        assert.deepEqual(told.kinds(), ['connecting']);
        await pass(polling.accepted);
        assert.deepEqual(told.kinds(), ['connecting', 'live']);
        assert.equal(told.snapshots.length, 1);
    });
    for (const status of [400, 401, 403, 404])
        it(`takes ${status} on the first poll for a refusal`, async () => {
            await begin();
            service.polls[0]!.answer('{}', status);
            await settled();
            assert.deepEqual(told.states.at(-1), {kind: 'refused', wasLive: false});
            assert.equal(service.polls.length, 1);
        });
    it('says that a token died', async () => {
        await begin();
        await service.answer('S1');
        service.polls.at(-1)!.answer('{}', 403);
        await settled();
        assert.deepEqual(told.states.at(-1), {kind: 'refused', wasLive: true});
    });
    for (const [what, answer, status] of [['garbage', '<html>', 200], ['no object', '[]', 200], ['an error', '{}', 502]] as const)
        it(`comes back after ${what}`, async () => {
            await begin();
            await service.answer('S1');
            service.polls.at(-1)!.answer(answer, status);
            await settled();
            assert.equal(told.kinds().at(-1), 'reconnecting');
            await pass(10_000);
            assert.equal(service.polls.at(-1)!.session, 'S1');
            await service.answer('S2');
            assert.equal(told.kinds().at(-1), 'live');
        });
    it('takes an answer without events, or with none that is one', async () => {
        await begin();
        service.polls[0]!.answer({Session: 'S1', Message: '', Events: null});
        await settled();
        service.polls[1]!.answer({Session: '', Events: [null, 7, {}, {Event: 'x'}, service.told('registered', '')]});
        await settled();
        assert.deepEqual(told.events, ['1 registered']);
        assert.equal(service.polls[2]!.session, 'S1', 'an empty session is none');
    });
    it('tells lines and calls by its own fold', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        assert.equal(lineNow().state, 'ringing');
        assert.equal(lineNow().description, 'Reception');
        assert.equal(lineNow().simultaneous_lines, 2);
        await service.answer('S2', service.told('end_ringing', 'c1'), service.told('start_calling', 'c1'));
        assert.equal(lineNow().state, 'calling');
        assert.equal(told.snapshots.at(-1)!.calls[0]!.calling, '0033612345678');
        await service.answer('S3', service.told('end_calling', 'c1'));
        assert.equal(lineNow().state, 'free');
    });
    it('goes on after a reload where it was', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        await pass(polling.keepEvery);
        link.close();
        told = new Told();
        link = open();
        await begin();
        assert.equal(service.polls.at(-1)!.session, 'S1');
        await pass(polling.accepted);
        assert.equal(told.snapshots[0]!.lines[0]!.state, 'ringing');
        assert.deepEqual((await link.catchUp('0')).map(({id}) => id), ['1']);
        assert.deepEqual(await link.catchUp('1'), []);
        await service.answer('S2', service.told('end_ringing', 'c1'));
        assert.deepEqual(told.events, ['2 end_ringing']);
    });
    it('does not take yesterday for today', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        link.close();
        service.clock += polling.keptFor + 1;
        told = new Told();
        link = open();
        await begin();
        await pass(polling.accepted);
        assert.equal(service.polls.at(-1)!.session, null);
        assert.equal(told.snapshots[0]!.lines[0]!.state, 'unknown');
        assert.equal(told.snapshots[0]!.lines[0]!.description, 'Reception', 'but who the line is');
        assert.deepEqual(told.snapshots[0]!.calls, []);
    });
    it('begins anew when what was kept is not what it keeps', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        link.close();
        for (const wrong of ['', '{', '7', 'null', '{"session":"S"}', '{"session":"S","serial":1,"at":9e15,"events":[],"whole":{"lines":7}}']) {
            for (const name of store.values.keys()) store.values.set(name, wrong);
            link = open();
            link.close();
        }
    });
    it('leaves nothing for another reader', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        link.forget();
        await pass(polling.keepEvery * 2);
        assert.equal(store.values.size, 0);
    });
    it('forgets the calls when events are lost for good', async () => {
        await begin();
        await service.answer('S1', service.told('start_ringing', 'c1'));
        service.polls.at(-1)!.answer({Session: 'S2', Message: '12 events are gone', Events: []});
        await settled();
        assert.deepEqual(told.notices, ['gap: 12 events are gone']);
        assert.equal(lineNow().state, 'unknown');
    });
    it('finds out that a waiting poll waits in vain', async () => {
        await begin();
        await service.answer('S1');
        await pass(polling.look);
        assert.equal(service.looks, 1);
        assert.equal(told.kinds().at(-1), 'live');
        service.reachable = false;
        await pass(polling.look);
        assert.equal(service.polls.at(-1)!.aborted, true);
        assert.equal(told.kinds().at(-1), 'reconnecting');
    });
    it('forgets a call that went on for hours without a word', async () => {
        await begin();
        await service.answer('S1', service.told('start_calling', 'c1'));
        service.clock += 5 * 3_600_000;
        assert.equal(lineNow().state, 'free');
        assert.deepEqual(told.snapshots.at(-1)!.calls, []);
    });
    it('counts queues, anew at midnight with who waits', async () => {
        const queue = '0033123456300';
        const queued = (name: string, uuid: string, members = {}) => ({...service.told(name, ''), Service: 'queues', Ressource: queue,
            Details: {Description: 'Support', Type: 'easyHunting'}, Data: {Queue: queue, QueueMemberUUID: uuid, Calling: '0033612345678', ...members}});
        await begin();
        await service.answer('S1', queued('member-queue-start', 'u1'), queued('member-queue-start', 'u2'), queued('member-queue-start', 'u3'),
            queued('bridge-agent-start', 'u1', {QueueAgent: `agent_${line}_7`}), queued('member-queue-end', 'u2', {QueueCause: 'Cancel'}));
        link.wantFigures();
        const day = told.snapshots.at(-1)!.queues[0]!;
        assert.deepEqual([day.description, day.counters.offered, day.counters.answered, day.counters.lost, day.waiting.map(caller => caller.uuid)], ['Support', 3, 1, 1, ['u3']]);
        assert.deepEqual([day.agents[0]!.number, day.agents[0]!.state], [line, 'In a queue call']);
        service.clock = new Date(2026, 4, 29, 0, 0, 1).getTime();
        link.wantFigures();
        const next = told.snapshots.at(-1)!.queues[0]!;
        assert.deepEqual([next.counters.offered, next.counters.answered, next.counters.lost], [1, 0, 0]);
        assert.equal(next.counters.since, new Date(2026, 4, 29).getTime() * 1e6);
    });
    it('learns the server\u2019s time from an event that ended a wait', async () => {
        await begin();
        service.clock += 30_000;
        await service.answer('S1', service.told('start_ringing', 'c1'));
        assert.deepEqual(told.times, [service.clock]);
        await service.answer('S2', service.told('end_ringing', 'c1'));
        assert.equal(told.times.length, 1, 'one that had waited tells nothing');
    });
});

describe('an event of version 1', () => {
    it('is the same as one of version 2', () => {
        assert.deepEqual(eventOf({Event: 'registered', Token: 'T', Service: 'sip', Ressource: line, Timestamp: 5e18, Date: 'd', Data: {CallId: 'c'}, Details: {Id: '1'}}),
            {event: 'registered', service: 'sip', ressource: line, timestamp: 5e18, data: {CallId: 'c'}, details: {Id: '1'}});
    });
    it('may lack what a client can do without', () => {
        const event = eventOf({Event: 'registered', Ressource: line})!;
        assert.deepEqual([event.service, event.data, event.details], ['', {}, {}]);
        assert.ok(event.timestamp > 1e18);
        for (const none of [null, 7, [], {}, {Event: 'x'}, {Event: 1, Ressource: line}]) assert.equal(eventOf(none), null);
    });
});
