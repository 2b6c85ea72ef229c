import assert from 'node:assert/strict';
import {afterEach, beforeEach, describe, it} from 'node:test';
import {Link, type LinkListener, type LinkState, type World, limits} from './link';

/** A server in memory: answers what the test says, and keeps its streams in hand. */
class FakeServer implements World {
    requests: {path: string; authorization: string | null}[] = [];
    streams: {controller: ReadableStreamDefaultController<Uint8Array>; ended: boolean}[] = [];
    status = 200;
    down = false;
    clock = 1000;

    now = () => this.clock++;
    random = () => 0;

    fetch = (async (input: string, init: RequestInit) => {
        this.requests.push({path: input, authorization: new Headers(init.headers).get('Authorization')});
        if (this.down) throw new TypeError('connection refused');
        if (this.status !== 200) return new Response('{}', {status: this.status});
        if (input === '/api/snapshot')
            return Response.json({cursor: `snapshot-${this.requests.length}`, time: 5e9, lines: [], calls: [], queues: [], sources: []});
        return new Response(this.stream(init.signal!), {headers: {'Content-Type': 'text/event-stream'}});
    }) as typeof fetch;

    private stream(signal: AbortSignal): ReadableStream<Uint8Array> {
        return new ReadableStream<Uint8Array>({
            start: controller => {
                const stream = {controller, ended: false};
                this.streams.push(stream);
                signal.addEventListener('abort', () => {
                    if (!stream.ended) controller.error(new DOMException('aborted', 'AbortError'));
                    stream.ended = true;
                });
            },
        });
    }

    write(text: string): void {
        this.streams.at(-1)!.controller.enqueue(new TextEncoder().encode(text));
    }

    hangUp(): void {
        const stream = this.streams.at(-1)!;
        stream.ended = true;
        stream.controller.close();
    }
}

class Told implements LinkListener {
    log: string[] = [];
    states: LinkState[] = [];
    state(state: LinkState): void {
        this.states.push(state);
        this.log.push(state.kind);
    }
    begin(): void { this.log.push('begin'); }
    figures(): void { this.log.push('figures'); }
    event(event: {event: string}): void { this.log.push(`event ${event.event}`); }
    notice(name: string, message: string): void { this.log.push(`${name}: ${message}`); }
    time(server: number): void { assert.equal(server, 5000); }
}

function message(id: string, name: string): string {
    return `id: ${id}\ndata: {"event":"${name}","service":"sip","ressource":"1","timestamp":1,"data":{},"details":{}}\n\n`;
}

async function until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 5000;
    while (!condition()) {
        assert.ok(Date.now() < end, `waited in vain for ${what}`);
        await new Promise(resolve => setTimeout(resolve, 1));
    }
}

describe('the link', () => {
    let server: FakeServer, told: Told, link: Link, ran: Promise<void>;
    const usual = {...limits};

    beforeEach(() => {
        Object.assign(limits, usual, {firstWait: 2, longestWait: 8, figuresSoonest: 2});
        server = new FakeServer();
        told = new Told();
        link = new Link('TOKEN', told, server);
    });
    afterEach(async () => {
        link.close();
        await ran;
        Object.assign(limits, usual);
    });

    const start = () => (ran = link.run());
    const has = (entry: string, times = 1) => told.log.filter(one => one === entry).length >= times;
    const live = (times = 1) => until(() => has('live', times) && server.streams.length >= times, `live (${times})`);
    const lastPath = () => server.requests.filter(request => request.path.startsWith('/api/events')).at(-1)!.path;

    it('takes a snapshot, then the events after it, with the token in a header only', async () => {
        start();
        await live();
        server.write(message('c1', 'start_ringing') + message('c2', 'end_ringing'));
        await until(() => has('event end_ringing'), 'the event');
        assert.deepEqual(told.log, ['connecting', 'begin', 'live', 'event start_ringing', 'event end_ringing']);
        assert.equal(lastPath(), '/api/events?after=snapshot-1');
        for (const request of server.requests) {
            assert.equal(request.authorization, 'Bearer TOKEN');
            assert.ok(!request.path.includes('TOKEN'));
        }
    });

    it('comes back with its cursor, and takes no snapshot for that', async () => {
        start();
        await live();
        server.write(message('c/1+', 'start_ringing'));
        await until(() => has('event start_ringing'), 'the event');
        server.hangUp();
        await live(2);
        assert.equal(lastPath(), '/api/events?after=c%2F1%2B');
        assert.equal(told.log.filter(one => one === 'begin').length, 1);
        assert.ok(has('reconnecting'));
    });

    it('comes back to where a heartbeat moved it', async () => {
        start();
        await live();
        server.write(':\nid: c9\n\n');
        server.write('id: c10\ndata: {"event"');
        server.hangUp();
        await live(2);
        assert.equal(lastPath(), '/api/events?after=c9');
    });

    it('says once since when it is lost, however often it tries', async () => {
        start();
        await live();
        server.down = true;
        server.hangUp();
        const tries = server.requests.length;
        await until(() => server.requests.length > tries + 4, 'five tries');
        assert.equal(told.log.filter(one => one === 'reconnecting').length, 1);
        server.down = false;
        await live(2);
    });

    it('says that it is not there when it never was', async () => {
        server.down = true;
        start();
        await until(() => has('reconnecting'), 'reconnecting');
        assert.deepEqual(told.log.slice(0, 2), ['connecting', 'reconnecting']);
    });

    for (const status of [401, 403])
        it(`stops at ${status}: wrong from the beginning`, async () => {
            server.status = status;
            start();
            await ran;
            assert.deepEqual(told.states.at(-1), {kind: 'refused', wasLive: false});
            assert.equal(server.requests.length, 1);
        });

    it('stops when its token dies', async () => {
        start();
        await live();
        server.status = 403;
        server.write('event: end\ndata: {"message":"This token has expired"}\n\n');
        server.hangUp();
        await ran;
        assert.ok(has('end: This token has expired'));
        assert.deepEqual(told.states.at(-1), {kind: 'refused', wasLive: true});
    });

    it('goes on after an answer that is no success', async () => {
        server.status = 503;
        start();
        await until(() => server.requests.length >= 3, 'more tries');
        server.status = 200;
        await live();
    });

    it('begins anew when events are lost for good', async () => {
        start();
        await live();
        server.write('event: gap\ndata: {"message":"12 events are gone"}\n\n');
        await live(2);
        assert.ok(has('gap: 12 events are gone'));
        assert.equal(told.log.filter(one => one === 'begin').length, 2);
    });

    it('bears what it cannot read', async () => {
        start();
        await live();
        server.write('data: nonsense\n\nevent: something\ndata: new\n\n' + message('c3', 'start_calling'));
        await until(() => has('event start_calling'), 'the event');
        assert.deepEqual(told.log.slice(-1), ['event start_calling']);
    });

    it('takes silence for a lost link', async () => {
        limits.silence = 20;
        start();
        await live(2);
        assert.ok(has('reconnecting'));
    });

    it('takes a server that never answers for a lost link', async () => {
        limits.answer = 20;
        server.fetch = () => new Promise(() => undefined);
        start();
        await until(() => has('reconnecting'), 'reconnecting');
    });

    it('notices at once when the network goes, and tries at once when it is back', async () => {
        Object.assign(limits, {firstWait: 60_000, longestWait: 60_000});
        start();
        await live();
        link.interrupt();
        await until(() => has('reconnecting'), 'reconnecting');
        await new Promise(resolve => setTimeout(resolve, 5));
        link.hurry();
        await live(2);
    });

    it('asks for figures when they changed, not for each of many changes', async () => {
        limits.figuresSoonest = 30;
        start();
        await live();
        for (let i = 0; i < 50; i++) link.wantFigures();
        await until(() => has('figures'), 'figures');
        assert.equal(server.requests.filter(request => request.path === '/api/snapshot').length, 2);
    });

    it('asks for figures from time to time', async () => {
        limits.figuresLatest = 5;
        start();
        await until(() => has('figures', 3), 'three times');
        assert.equal(told.log.filter(one => one === 'begin').length, 1);
    });

    it('asks for figures when it is back', async () => {
        start();
        await live();
        server.hangUp();
        await live(2);
        await until(() => has('figures'), 'figures');
    });

    it('is silent after it was closed', async () => {
        start();
        await live();
        link.close();
        await ran;
        const before = [...told.log];
        link.wantFigures();
        link.hurry();
        await new Promise(resolve => setTimeout(resolve, 10));
        assert.deepEqual(told.log, before);
    });
});
