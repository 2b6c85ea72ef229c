// A page that is open when the day ends: the figures begin anew by themselves, and who waits goes on waiting.
import assert from 'node:assert/strict';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, lines, queueEvent, until} from './server.mjs';

const before = 45_000; // ms of the old day that are left when the server starts: time to open the page
const day = 24 * 3600 * 1000;
const preload = process.env.CALLBOARD_CHAOS_PRELOAD;

/** Of a server whose clock is `before` midnight; that of the browser is not. */
async function environment(folder) {
    const offset = Buffer.alloc(16);
    const now = Date.now();
    offset.writeBigInt64LE(BigInt((Math.floor(now / day) + 1) * day - before - now) * 1_000_000n);
    await writeFile(join(folder, 'orders'), offset);
    return {LD_PRELOAD: preload, CALLBOARD_CHAOS: join(folder, 'orders')};
}

describe('midnight', {skip: preload ? false : 'needs CALLBOARD_CHAOS_PRELOAD'}, () => {
    it('begins the figures anew on an open page, when nothing happens', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'callboard-midnight-'));
        const browser = await launch();
        const server = await Server.begin('', null, {zone: 'Etc/UTC', environment: await environment(folder)});
        try {
            const page = await Page.open(browser, server, {token: null, path: `/demo/cti#/queues?token=${server.token}`});
            await page.connection('live');
            const figure = name => page.find(`.queue [data-figure="${name}"] dd`).innerText();
            const figures = async () => Object.fromEntries(await Promise.all(['waiting', 'answered', 'lost'].map(async name => [name, await figure(name)])));
            const member = uuid => ({Calling: '0033612345678', QueueMemberUUID: uuid});
            const agent = {Agent: lines.alice, QueueAgent: `agent_${lines.alice}_1`};
            await server.ingest(
                queueEvent('member-queue-start', member('a')), queueEvent('agent-offering', {...member('a'), ...agent}),
                queueEvent('bridge-agent-start', {...member('a'), ...agent}), queueEvent('bridge-agent-end', {...member('a'), ...agent}),
                queueEvent('member-queue-end', {...member('a'), QueueCause: 'Terminated'}),
                queueEvent('member-queue-start', member('b')), queueEvent('member-queue-end', {...member('b'), QueueCause: 'Cancel'}),
                queueEvent('member-queue-start', member('c')));
            await until(async () => (await figure('lost')) === '1' && (await figure('waiting')) === '1', 'the figures of the day');
            assert.equal((await figures()).answered, '1');
            await until(async () => (await figure('answered')) === '0', 'the new day', before + 30_000);
            const {waiting, lost} = await figures();
            assert.deepEqual({waiting, lost}, {waiting: '1', lost: '0'}, 'who waits is still there');
            const [{counters}] = (await server.snapshot()).queues;
            assert.deepEqual([counters.offered, counters.answered, counters.lost], [1, 0, 0], 'the server says the same');
            await server.ingest(queueEvent('member-queue-end', {...member('c'), QueueCause: 'Cancel'}));
            await until(async () => (await figure('lost')) === '1' && (await figure('waiting')) === '0', 'the first loss of the day');
        } finally {
            await server.end();
            await browser.close();
            await rm(folder, {recursive: true, force: true});
        }
    });
});
