// The page loses the server and finds it again.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, until} from './server.mjs';

const {alice, bruno} = lines;

describe('a lost link', () => {
    let browser, server, page;
    before(async () => {
        browser = await launch();
        server = await Server.begin();
        page = await Page.open(browser, server);
    });
    after(async () => {
        await browser?.close();
        await server?.end();
    });

    let calls = 0;
    const expected = [];
    /** A whole call of `alice`, of which the journal has to tell each thing once. */
    async function call() {
        const id = `call-${++calls}`;
        const names = ['start_ringing', 'end_ringing', 'start_calling', 'end_calling'];
        await server.ingest(...names.map(name => event(name, alice, id)));
        expected.push(...names);
    }
    async function told() {
        await until(async () => (await page.story(alice)).length >= expected.length, 'the journal');
        assert.deepEqual(await page.story(alice), expected);
    }

    for (const signal of ['SIGTERM', 'SIGKILL'])
        it(`by ${signal} is shown within 3 s, and nothing is lost or told twice after it`, async () => {
            await call();
            await server.ingest(event('start_calling', bruno, `${signal}-talk`));
            await told();
            await page.line(bruno, 'calling');
            await server.stop(signal);
            await page.connection('reconnecting', 3000);
            assert.match(await page.text('[data-connection]'), /^Link lost at \d\d:\d\d:\d\d, reconnecting$/);
            assert.match(await page.text('.banner'), /The connection is lost: what you see is how it was at/);
            await server.start();
            await call();
            await page.connection('live', 15_000);
            await told();
            await page.line(bruno, 'calling');
            await server.ingest(event('end_calling', bruno, `${signal}-talk`));
            await page.line(bruno, 'free');
            assert.equal(await page.find('.banner').count(), 0);
        });

    it('of the network is shown within 3 s, and what happened meanwhile comes once', async () => {
        await page.context.setOffline(true);
        await page.connection('reconnecting', 3000);
        await call();
        await server.ingest(event('start_ringing', bruno, 'while-away'));
        await page.context.setOffline(false);
        await page.connection('live', 15_000);
        await page.line(bruno, 'ringing');
        await told();
    });

    it('of a server that says nothing any more is shown within 3 s, and nothing is lost or told twice after it', async () => {
        await told();
        server.process.kill('SIGSTOP');
        try {
            await page.connection('reconnecting', 3000);
        } finally {
            server.process.kill('SIGCONT');
        }
        await call();
        await page.connection('live', 15_000);
        await told();
    });

    it('for half a minute loses and repeats nothing', async () => {
        await page.context.setOffline(true);
        await page.connection('reconnecting', 3000);
        const begun = Date.now();
        await call();
        await call();
        await new Promise(resolve => setTimeout(resolve, 30_000));
        assert.match(await page.text('.banner'), /The connection is lost/);
        const since = /(\d\d):(\d\d):(\d\d)/.exec(await page.text('.banner')).slice(1).map(Number);
        const shown = new Date(begun).setHours(...since, 0);
        assert.ok(Math.abs(shown - begun) < 4000, 'the time of the data is the time when the link was lost');
        await page.context.setOffline(false);
        await page.connection('live', 15_000);
        await told();
    });

    it('leaves durations as they were', async () => {
        await server.ingest(event('start_calling', alice, 'long'));
        expected.push('start_calling');
        await page.line(alice, 'calling');
        await server.stop('SIGKILL');
        await page.connection('reconnecting', 3000);
        const shown = await page.text('.calls [data-call="long"] .talk');
        await new Promise(resolve => setTimeout(resolve, 1500));
        assert.equal(await page.text('.calls [data-call="long"] .talk'), shown);
        await server.start();
        await page.connection('live', 15_000);
        await until(async () => (await page.text('.calls [data-call="long"] .talk')) !== shown, 'durations that run');
    });

    it('has left no error behind', async () => page.close());
});
