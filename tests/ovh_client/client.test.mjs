// OVH's own library for its API, @ovhcloud/node-ovh, and another one that is used with telephony, @ovh-api/api, against
// the program.
import ovhApi from '@ovh-api/api';
import ovh from '@ovhcloud/node-ovh';
import assert from 'node:assert/strict';
import {readFile, rm} from 'node:fs/promises';
import https from 'node:https';
import {after, before, describe, test} from 'node:test';
import {Server, account, event, lines, queue} from '../browser/server.mjs';
import {makeCertificate} from './certificate.mjs';

const keys = {appKey: '7kbG7Bk7S9Nt7ZSV', appSecret: 'EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF', consumerKey: 'MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1'};
const reading = 'consumerKeyThatReadsTelephonyOnly';
const client = (consumerKey, allow) => `
[[api.client]]
application_key = "${keys.appKey}"
application_secret = "${keys.appSecret}"
consumer_key = "${consumerKey}"
allow = ${JSON.stringify(allow)}
`;

/** An account beside that of the server's own token, which would be replaced. */
const other = 'ba-places', otherQueue = '0033123457300';
const places = `
[[account]]
id = "${other}"
  [[account.service]]
  number = "${otherQueue}"
  type = "easyHunting"
`;

let server, certificate, ca;

before(async () => {
    // fetch() takes no certificate authority, so what it asks here is not verified; the libraries do verify.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    certificate = await makeCertificate();
    server = await Server.begin(places + client(keys.consumerKey, ['* /telephony/*', 'GET /me']) + client(reading, ['GET /telephony/*']), certificate);
    ca = https.globalAgent.options.ca;
    https.globalAgent.options.ca = await readFile(certificate.cert);
    https.globalAgent.options.rejectUnauthorized = true;
});
after(async () => {
    https.globalAgent.options.ca = ca;
    https.globalAgent.destroy();
    await server?.end();
    if (certificate) await rm(certificate.folder, {recursive: true, force: true});
});

/** The library, pointed at the program as its README says. */
const library = (more = {}) => ovh({...keys, host: '127.0.0.1', port: server.port, basePath: '/1.0', timeout: 20_000, ...more});
/** What a call of the library rejects with: `error` is the status, `message` the sentence of the answer. */
async function refused(call, status, message) {
    await assert.rejects(call, ({error, message: told}) => {
        assert.equal(error, status, told);
        assert.match(told, message);
        return true;
    });
}
const missing = /^The requested object \(eventToken\) does not exist$/;

describe('@ovhcloud/node-ovh', () => {
    test('reads the time', async () => {
        const time = await library().requestPromised('GET', '/auth/time');
        assert.ok(Number.isInteger(time) && Math.abs(time - Date.now() / 1000) < 60, time);
    });

    test('finds accounts, services and lines', async () => {
        const api = library();
        assert.deepEqual(await api.requestPromised('GET', '/telephony'), [account, other]);
        assert.equal((await api.requestPromised('GET', `/telephony/${account}`)).billingAccount, account);
        const numbers = await api.requestPromised('GET', `/telephony/${account}/line`);
        assert.deepEqual(numbers, Object.values(lines));
        assert.deepEqual(await api.requestPromised('GET', `/telephony/${account}/service`), [...numbers, queue]);
        const line = await api.requestPromised('GET', '/telephony/{billingAccount}/line/{serviceName}', {billingAccount: account, serviceName: lines.alice});
        assert.deepEqual([line.serviceName, line.description, line.simultaneousLines], [lines.alice, 'Alice Martin', 2]);
        assert.equal((await api.requestPromised('GET', `/telephony/${account}/service/${queue}`)).featureType, 'easyHunting');
        assert.equal((await api.requestPromised('GET', '/me')).nichandle, 'callboard');
    });

    test('signs parameters in the query', async () => {
        assert.deepEqual(await library().requestPromised('GET', '/telephony', {iamTags: 'é&="', page: 2}), [account, other]);
    });

    for (const basePath of ['/1.0', '/v1', ''])
        test(`makes, reads and ends tokens at six places below "${basePath}"`, async () => {
            const api = library({basePath});
            const places = [`/telephony/${other}`, `/telephony/${other}/service/${otherQueue}`,
                ...['ovhPabx', 'easyHunting'].flatMap(kind => ['', '/agent/4242'].map(agent => `/telephony/${other}/${kind}/${otherQueue}/hunting${agent}`))];
            for (const place of places) {
                await refused(api.requestPromised('GET', `${place}/eventToken`), 404, missing);
                const first = await api.requestPromised('POST', `${place}/eventToken`, {expiration: '1 day'});
                assert.match(first, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
                assert.deepEqual(await api.requestPromised('GET', `${place}/eventToken`), {token: first});
                const second = await api.requestPromised('POST', `${place}/eventToken`, {expiration: 'unlimited'});
                assert.notEqual(second, first);
                assert.deepEqual(await api.requestPromised('GET', `${place}/eventToken`), {token: second});
                assert.equal(await api.requestPromised('DELETE', `${place}/eventToken`), null);
                await refused(api.requestPromised('DELETE', `${place}/eventToken`), 404, missing);
            }
        });

    test('a wrong expiration is named', async () => {
        const place = `/telephony/${account}/eventToken`;
        await refused(library().requestPromised('POST', place, {expiration: '2 days'}), 400, /^\[expiration\] .*"30 days"/);
        await refused(library().requestPromised('POST', place), 400, /^\[expiration\] is missing/);
    });

    test('a body beyond ASCII is signed as it is sent', async () => {
        await refused(library().requestPromised('POST', `/telephony/${account}/eventToken`, {expiration: 'für immer €'}), 400, /^\[expiration\]/);
    });

    test('a wrong secret, key or consumer key is refused', async () => {
        await refused(library({appSecret: 'wrong'}).requestPromised('GET', '/telephony'), 400, /^Invalid signature$/);
        await refused(library({appKey: 'wrong'}).requestPromised('GET', '/telephony'), 403, /^This application key is invalid$/);
        await refused(library({consumerKey: 'wrong'}).requestPromised('GET', '/telephony'), 403, /^This credential does not exist$/);
        await refused(library({consumerKey: undefined}).requestPromised('GET', '/telephony'), 401, /^You must login first$/);
    });

    test('a call that was not granted is refused', async () => {
        const api = library({consumerKey: reading});
        assert.deepEqual(await api.requestPromised('GET', '/telephony'), [account, other]);
        await refused(api.requestPromised('POST', `/telephony/${account}/eventToken`, {expiration: '1 day'}), 403, /^This call has not been granted$/);
        await refused(api.requestPromised('GET', '/me'), 403, /^This call has not been granted$/);
    });

    test('a clock that is ten minutes off is out of time', async () => {
        await refused(library({apiTimeDiff: -600}).requestPromised('GET', '/telephony'), 400, /^Query out of time$/);
        assert.deepEqual(await library({apiTimeDiff: -240}).requestPromised('GET', '/telephony'), [account, other]);
    });

    test('asks for a consumer key, and is told where they come from', async () => {
        await refused(library().requestPromised('POST', '/auth/credential', {accessRules: [{method: 'GET', path: '/*'}]}), 403, /configuration/);
    });

    test('its token opens the event service', async () => {
        const api = library();
        const token = await api.requestPromised('POST', `/telephony/${account}/service/${lines.alice}/eventToken`, {expiration: '5 minutes'});
        const poll = session => fetch(`${server.url}/?token=${token}${session ? `&session=${encodeURIComponent(session)}` : ''}`);
        const {cursor} = await server.snapshot();
        await server.ingest(event('start_ringing', lines.alice, 'one@test'), event('start_ringing', lines.bruno, 'two@test'));
        const answer = await (await poll(cursor)).json();
        assert.deepEqual(answer.Events.map(({Event, Ressource, Token}) => [Event, Ressource, Token]), [['start_ringing', lines.alice, token]]);
        await api.requestPromised('DELETE', `/telephony/${account}/service/${lines.alice}/eventToken`);
        assert.equal((await poll(answer.Session)).status, 403);
    });
});

describe('@ovh-api/api', () => {
    const library = (more = {}) => new ovhApi.default({...keys, host: '127.0.0.1', port: server.port, launchBrower: false, maxRetry: 1, retrySleep: 1, ...more});

    test('finds accounts and makes tokens', async () => {
        const api = library();
        assert.deepEqual(await api.request('GET', '/telephony', {}), [account, other]);
        const place = '/telephony/{billingAccount}/eventToken';
        const token = await api.request('POST', place, {billingAccount: other, expiration: '1 hour'});
        assert.deepEqual(await api.request('GET', place, {billingAccount: other}), {token});
        assert.equal(await api.request('DELETE', place, {billingAccount: other}), null);
        await assert.rejects(api.request('GET', place, {billingAccount: other}), {errorCode: 'NOT_FOUND', httpCode: '404 Not Found'});
    });

    test('reads its own credential, also without a rule', async () => {
        const credential = await library().request('GET', '/auth/currentCredential', {});
        assert.equal(credential.status, 'validated');
        assert.ok(credential.rules.some(({method, path}) => method === 'DELETE' && path === '/telephony/*'));
        assert.equal((await library().request('GET', '/auth/details', {})).method, 'account');
    });

    test('knows errors by their codes', async () => {
        await assert.rejects(library({appSecret: 'wrong'}).request('GET', '/telephony', {}), {errorCode: 'INVALID_SIGNATURE', httpCode: '400 Bad Request'});
        await assert.rejects(library({consumerKey: reading}).request('GET', '/me', {}), {errorCode: 'NOT_GRANTED_CALL'});
        await assert.rejects(library({apiTimeDiff: -600}).request('GET', '/telephony', {}), {errorCode: 'QUERY_TIME_OUT'});
    });

    test('a logout ends its consumer key until the configuration is read again', async () => {
        const api = library({consumerKey: reading});
        assert.equal(await api.request('POST', '/auth/logout', {}), null);
        const valid = () => fetch(`${server.url}/auth/currentCredential`, {headers: signed('GET', '/auth/currentCredential', reading)});
        assert.equal((await valid()).status, 403);
        server.process.kill('SIGHUP');
        for (let i = 0; i < 500 && (await valid()).status !== 200; ++i) await new Promise(resolve => setTimeout(resolve, 20));
        assert.equal((await valid()).status, 200);
    });
});

/** Headers as the library makes them. */
function signed(method, path, consumerKey) {
    const time = Math.round(Date.now() / 1000);
    return {'X-Ovh-Application': keys.appKey, 'X-Ovh-Consumer': consumerKey, 'X-Ovh-Timestamp': String(time),
        'X-Ovh-Signature': ovh({...keys, consumerKey}).signRequest(method, server.url + path, '', time)};
}
