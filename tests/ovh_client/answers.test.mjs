// What the program really answers, held against its own descriptions: every path, with its errors, and every event.
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {after, before, test} from 'node:test';
import {Server, account, event, lines, queue, queueEvent} from '../browser/server.mjs';
import {Contract, schemasOf, sources} from './descriptions.mjs';

const key = 'KEY-OF-THE-API';
const placesQueue = '0033123457300';
let server, contract, asyncapi, check;

before(async () => {
    contract = await Contract.read();
    asyncapi = JSON.parse(await readFile(sources.asyncapi, 'utf8'));
    check = schemasOf(asyncapi, 'asyncapi');
    // An account beside that of the server's own token, which would be replaced.
    server = await Server.begin(`
[[account]]
id = "ba-places"
  [[account.service]]
  number = "${placesQueue}"
  type = "easyHunting"
[[api.key]]
name = "api"
key = "${key}"
allow = ["* /telephony/*", "GET /me"]
[[api.client]]
application_key = "application"
application_secret = "secret"
consumer_key = "consumer"
allow = ["GET /me"]
`);
});
after(() => server?.end());

/** Calls `path` as it is described, with `{…}` filled in, and holds the answer against its description. */
async function call(method, path, status, {base = '', query = '', headers = {Authorization: `Bearer ${key}`}, body, fill = {}} = {}) {
    const values = {billingAccount: account, serviceName: lines.alice, agentId: '4242', ...fill};
    const target = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
    const answer = await fetch(`${server.url}${base}${target}${query}`, {method, headers, body});
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${target}: ${text}`);
    contract.answer(method, path, status, answer.headers, text);
    return text;
}
const nobody = {headers: {}};
const stranger = {headers: {Authorization: 'Bearer WRONG'}};

test('the page and what is said of the installation', async () => {
    await call('GET', '/demo/cti', 200);
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/docs']) await call('GET', path, 200);
    for (const [name, path] of Object.entries({openapi: '/api/openapi.json', asyncapi: '/api/asyncapi.json'}))
        assert.deepEqual(JSON.parse(await call('GET', path, 200)), JSON.parse(await readFile(sources[name], 'utf8')));
});

test('snapshot and ingest', async () => {
    await call('GET', '/api/snapshot', 200, {headers: {Authorization: `Bearer ${server.token}`}});
    await call('GET', '/api/snapshot', 403, nobody);
    const ingest = {Authorization: 'Bearer KEY-OF-THE-BROWSER-TESTS'};
    await call('POST', '/api/ingest', 200, {headers: ingest, body: JSON.stringify([event('registered', lines.bruno, 'r@test')])});
    await call('POST', '/api/ingest', 400, {headers: ingest, body: '[{}]'});
    await call('POST', '/api/ingest', 401, {...nobody, body: '[]'});
    await call('POST', '/api/ingest', 403, {body: '[]'});
});

test('the event service', async () => {
    const {cursor} = await server.snapshot();
    await server.ingest(event('start_ringing', lines.alice, 'a@test'));
    await call('GET', '/', 200, {query: `?token=${server.token}&session=${encodeURIComponent(cursor)}`});
    await call('GET', '/', 400, nobody);
    await call('GET', '/', 403, {query: '?token=WRONG'});
});

test('the REST side, below each of its bases', async () => {
    for (const base of ['', '/1.0', '/v1']) {
        await call('GET', '/auth/time', 200, {base, headers: {}});
        for (const path of ['/auth/currentCredential', '/auth/details', '/me', '/telephony', '/telephony/{billingAccount}',
            '/telephony/{billingAccount}/service', '/telephony/{billingAccount}/service/{serviceName}', '/telephony/{billingAccount}/line',
            '/telephony/{billingAccount}/line/{serviceName}'])
            await call('GET', path, 200, {base});
        await call('GET', '/telephony/{billingAccount}/service/{serviceName}', 200, {base, fill: {serviceName: queue}});
    }
});

test('the REST side, refusing', async () => {
    await call('POST', '/auth/credential', 403, {headers: {'X-Ovh-Application': 'application'}, body: '{"accessRules":[]}'});
    await call('POST', '/auth/credential', 403, nobody);
    await call('POST', '/auth/logout', 403);
    for (const path of ['/me', '/telephony', '/telephony/{billingAccount}', '/auth/details']) await call('GET', path, 401, nobody);
    await call('GET', '/me', 403, stranger);
    await call('GET', '/me', 400, {headers: {'X-Ovh-Application': 'application', 'X-Ovh-Consumer': 'consumer', 'X-Ovh-Timestamp': '0'}});
    for (const path of ['/telephony/{billingAccount}', '/telephony/{billingAccount}/line', '/telephony/{billingAccount}/service',
        '/telephony/{billingAccount}/line/{serviceName}', '/telephony/{billingAccount}/service/{serviceName}'])
        await call('GET', path, 404, {fill: {billingAccount: 'none'}});
});

test('the six places of tokens', async () => {
    const places = Object.keys(contract.openapi.paths).filter(path => path.endsWith('/eventToken'));
    assert.equal(places.length, 6);
    for (const path of places) {
        const fill = {billingAccount: 'ba-places', serviceName: placesQueue};
        await call('GET', path, 404, {fill});
        await call('DELETE', path, 404, {fill});
        await call('POST', path, 400, {fill, body: '{"expiration":"1 year"}'});
        await call('POST', path, 200, {fill, body: '{"expiration":"1 hour"}'});
        await call('GET', path, 200, {fill});
        await call('DELETE', path, 200, {fill});
        for (const method of ['GET', 'POST', 'DELETE']) {
            await call(method, path, 401, {fill, headers: {}});
            await call(method, path, 404, {fill: {billingAccount: 'none'}, body: method === 'POST' ? '{"expiration":"1 hour"}' : undefined});
        }
    }
});

const member = {QueueMemberUUID: 'u', QueueMemberSessionUUID: 's', QueueMemberCIDName: '+33612345678', QueueMemberCIDNumber: '0612345678'};
const times = {QueueAgentCalledTime: '1780000015', QueueMemberJoinedTime: '1780000000'};
const agent = {QueueAgent: `agent_${lines.farid}_4242`};
const told = {
    ...Object.fromEntries(['start_ringing', 'end_ringing', 'start_calling', 'end_calling', 'start_hold', 'end_hold', 'registered']
        .map(name => [name, event(name, lines.alice, `${name}@test`)])),
    ...Object.fromEntries(Object.entries({
        'member-queue-start': member, 'member-queue-resume': member, 'members-count': {Count: '1'}, 'agent-offering': {...agent, ...member},
        'bridge-agent-start': {...agent, ...member, ...times, QueueAgentAnsweredTime: '1780000023'},
        'bridge-agent-end': {...agent, ...member, ...times, QueueAgentAnsweredTime: '1780000023', QueueBridgeTerminatedTime: '1780000100', QueueHangupCause: 'SUCCESS'},
        'bridge-agent-fail': {...agent, ...member, ...times, QueueAgentAbortedTime: '1780000023', QueueHangupCause: 'NO_ANSWER'},
        'member-queue-end': {...agent, ...member, QueueCause: 'Terminated', QueueMemberJoinedTime: '1780000000', QueueMemberLeavingTime: '1780000100'},
        'agent-status-change': {...agent, QueueAgentStatus: 'Available'}, 'agent-state-change': {...agent, QueueAgentState: 'Waiting'},
        'agent-contact-change': {...agent, QueueAgentContact: 'user/farid'}, 'agent-add': {...agent, QueueAgentType: 'callback'},
    }).map(([name, members]) => [name, queueEvent(name, members)])),
};

/** Server-sent events behind `cursor`, until `done` says that they are enough; at most 30 s. */
async function streamed(cursor, done) {
    const stream = await fetch(`${server.url}/api/events?token=${server.token}&after=${encodeURIComponent(cursor)}`, {signal: AbortSignal.timeout(30_000)});
    const sent = [];
    let text = '';
    for await (const bytes of stream.body.pipeThrough(new TextDecoderStream())) {
        text += bytes;
        const frames = text.split('\n\n');
        text = frames.pop();
        for (const frame of frames) {
            const data = frame.split('\n').find(line => line.startsWith('data: '));
            if (data) sent.push(JSON.parse(data.slice(6)));
        }
        if (done(sent)) return sent;
    }
    throw new Error(`the stream ended after ${sent.map(one => one.event)}`);
}

/** The schema of an event: `eventSchema('start_ringing', 1)`. */
function eventSchema(name, version) {
    const [id] = Object.entries(asyncapi.components.messages).find(([id, message]) => message.name === name && id.endsWith('V1') === (version === 1));
    return `/components/schemas/${id}`;
}

test('every event, in version 1 and as a server-sent event', async () => {
    const {cursor} = await server.snapshot();
    await server.ingest(...Object.values(told));
    const sent = await streamed(cursor, sent => sent.length >= Object.keys(told).length);
    assert.deepEqual(sent.map(one => one.event), Object.keys(told));
    for (const one of sent) check(eventSchema(one.event, 2), one);

    const answer = await (await fetch(`${server.url}/?token=${server.token}&session=${encodeURIComponent(cursor)}`)).json();
    assert.deepEqual(answer.Events.map(one => one.Event), Object.keys(told));
    check('/components/schemas/Answer', answer);
    for (const one of answer.Events) check(eventSchema(one.Event, 1), one);

    const others = ['answer', 'events', 'timeout', 'session-not-found', 'gap', 'end', 'call_failed', 'unregistered'];
    const names = new Set(Object.values(asyncapi.components.messages).map(({name}) => name));
    assert.deepEqual([...names].filter(name => !others.includes(name)).sort(), Object.keys(told).sort(), 'each event that is described was told');
});

test('what real phones did', async () => {
    const {cursor} = await server.snapshot();
    for (const recording of ['k-register', 'k-answered-caller-hangs', 'k-busy']) await server.replay(recording, 20);
    const sent = await streamed(cursor, sent => ['registered', 'end_calling', 'call_failed'].every(name => sent.some(one => one.event === name)));
    for (const one of sent) check(eventSchema(one.event, 2), one);
});

test('the checks find faults', async () => {
    const {cursor} = await server.snapshot();
    await server.ingest(told['start_ringing']);
    const answer = await (await fetch(`${server.url}/?token=${server.token}&session=${encodeURIComponent(cursor)}`)).json();
    const good = answer.Events[0];
    check('/components/schemas/StartRingingV1', good);
    for (const wrong of [{...good, Event: 'end_ringing'}, {...good, Timestamp: String(good.Timestamp)}, {...good, Details: {...good.Details, Id: 1}},
        {...good, Data: {...good.Data, TsGet: undefined}}, {...good, Service: 'queues'}])
        assert.throws(() => check('/components/schemas/StartRingingV1', JSON.parse(JSON.stringify(wrong))), /schemas/);
    assert.throws(() => contract.answer('GET', '/telephony', 200, new Headers({'content-type': 'application/json'}), '{}'), /array/);
    assert.throws(() => contract.answer('GET', '/telephony', 418, new Headers(), ''), /418/);
});
