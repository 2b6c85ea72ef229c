// The page as plain files of a web server that knows nothing of Callboard, against an event service of version 1 on
// another origin.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {extname, join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queue, queueEvent, until} from './server.mjs';

const web = fileURLToPath(new URL('../../web', import.meta.url));
const types = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml'};
const {alice, bruno} = lines;

/** Files of `folder` under /board/, as any web server gives them out. */
async function fileServer(folder) {
    const server = createServer(async (request, response) => {
        const path = new URL(request.url, 'http://files').pathname.replace(/^\/board\/$/, '/board/index.html');
        try {
            if (!path.startsWith('/board/') || path.includes('..')) throw new Error('none');
            const bytes = await readFile(join(folder, path.slice('/board/'.length)));
            response.writeHead(200, {'Content-Type': types[extname(path)] ?? 'application/octet-stream'}).end(bytes);
        } catch {
            response.writeHead(404, {'Content-Type': 'text/html'}).end('<!doctype html><title>Not found</title>');
        }
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    return server;
}

describe('the page without a server of ours', () => {
    let browser, server, folder, files, origin, page;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'callboard-static-'));
        await promisify(execFile)(process.execPath, [join(web, 'node_modules/vite/bin/vite.js'), 'build', '--base', './', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'],
            {cwd: web});
        files = await fileServer(folder);
        origin = `http://127.0.0.1:${files.address().port}`;
        browser = await launch();
        server = await Server.begin();
        page = await open();
    });
    after(async () => {
        await page?.close();
        await browser?.close();
        files?.close();
        await server?.end();
        await rm(folder, {recursive: true, force: true});
    });

    /** The page with the service's address chosen in its settings. */
    function open({settings = {}, ...options} = {}) {
        const value = JSON.stringify({endpoint: server.url, ...settings});
        return Page.open(browser, {url: origin, token: options.token ?? server.token}, {
            path: '/board/', storageState: {cookies: [], origins: [{origin, localStorage: [{name: 'callboard.settings', value}]}]}, ...options});
    }
    const first = (name, call) => event(name, alice, call);
    const polls = () => page.addresses.filter(address => address.startsWith(`${server.url}/?`));

    it('shows a line from its first event on, with who it is', async () => {
        await server.ingest(first('start_ringing', 'c1'));
        await page.line(alice, 'ringing');
        assert.match(await page.text(`li[data-line="${alice}"]`), /Alice Martin/);
        assert.deepEqual(await page.story(alice), ['start_ringing']);
    });

    it('asks nothing of the service but version 1', () => {
        const asked = page.addresses.filter(address => address.startsWith(server.url)).map(address => new URL(address).pathname);
        assert.deepEqual([...new Set(asked)].sort(), ['/', '/healthz']);
    });

    it('goes on in mid-call after a reload, without losing or repeating a row', async () => {
        await server.ingest(first('end_ringing', 'c1'), first('start_calling', 'c1'));
        await page.line(alice, 'calling');
        const before = await page.seconds(`.calls [data-call] .duration`).catch(() => null);
        await page.tabNow.reload();
        await page.connection('live');
        await page.line(alice, 'calling');
        assert.deepEqual(await page.story(alice), ['start_ringing', 'end_ringing', 'start_calling']);
        const now = await page.seconds(`.calls [data-call] .duration`).catch(() => null);
        assert.ok(before === null || now >= before, `${now} after ${before}`);
        await server.ingest(first('end_calling', 'c1'));
        await page.line(alice, 'free');
        assert.deepEqual(await page.story(alice), ['start_ringing', 'end_ringing', 'start_calling', 'end_calling']);
    });

    it('gets what happened while it was being loaded', async () => {
        await page.tabNow.goto('about:blank');
        await server.ingest(event('start_ringing', bruno, 'c2'));
        await page.tabNow.goto(`${origin}/board/`);
        await page.line(bruno, 'ringing');
        await server.ingest(event('end_ringing', bruno, 'c2'));
        await page.line(bruno, 'free');
    });

    it('counts a queue, and shows who waits', async () => {
        const uuid = 'u1';
        await server.ingest(queueEvent('member-queue-start', {QueueMemberUUID: uuid, Calling: '0033612345678'}));
        await page.find('nav a[href="#/queues"]').click();
        await until(async () => /0?33 ?6|06 12 34 56 78|0033612345678/.test(await page.text('main')), 'the caller who waits');
        await server.ingest(
            queueEvent('agent-offering', {QueueMemberUUID: uuid, QueueAgent: `agent_${alice}_7`, Agent: alice}),
            queueEvent('bridge-agent-start', {QueueMemberUUID: uuid, QueueAgent: `agent_${alice}_7`, Agent: alice}));
        await until(async () => (await page.text('main')).includes('In a queue call') || /call|Alice/.test(await page.text('main')), 'the agent');
        await page.find('nav a[href="#/"]').click();
    });

    it('says of what it cannot show that it needs a Callboard', async () => {
        assert.equal(await page.find('nav a[href="#/history"]').count(), 0);
        await page.tabNow.evaluate(() => {
            location.hash = '#/history';
        });
        await until(async () => (await page.text('main')).includes('This needs a Callboard'), 'the sentence');
        assert.deepEqual(await page.flaws(), []);
        await page.tabNow.evaluate(() => {
            location.hash = '#/';
        });
    });

    it('shows a lost link at once, and goes on without losing anything', async () => {
        await page.context.setOffline(true);
        await page.connection('reconnecting', 3_000);
        await server.ingest(event('start_ringing', alice, 'c3'));
        await page.context.setOffline(false);
        await page.connection('live', 20_000);
        await page.line(alice, 'ringing');
        await server.stop('SIGKILL');
        await page.connection('reconnecting', 3_000);
        await server.start();
        await server.ingest(event('end_ringing', alice, 'c3'));
        await page.connection('live', 20_000);
        await page.line(alice, 'free');
    });

    it('keeps the token out of every address but the service\u2019s', () => {
        assert.ok(polls().length > 0);
        for (const address of page.addresses.filter(address => !address.startsWith(`${server.url}/?`)))
            assert.ok(!address.replace(/#.*/, '').includes(server.token), address);
    });

    it('takes a refused token for what it is', async () => {
        const stranger = await Page.open(browser, {url: origin, token: ''}, {path: '/board/', token: '', storageState: {cookies: [],
            origins: [{origin, localStorage: [{name: 'callboard.settings', value: JSON.stringify({endpoint: server.url})}]}]}});
        await stranger.find('input[type="password"], input[name="token"]').first().fill('NOT-A-TOKEN');
        await stranger.find('button[type="submit"]').first().click();
        await until(async () => /refused|unknown|wrong|expired/i.test(await stranger.text('body')), 'the refusal');
        await stranger.close();
    });

    it('speaks French', async () => {
        const french = await open({settings: {language: 'fr'}});
        await french.tabNow.evaluate(() => {
            location.hash = '#/webhooks';
        });
        await until(async () => (await french.text('main')).includes('Il faut un Callboard pour cela'), 'the sentence');
        assert.equal(await french.text('[data-connection]'), 'En direct');
        await french.close();
    });

    it('hears that its token was revoked', async () => {
        const token = await server.makeToken();
        const reader = await open({token});
        await server.revoke(token);
        await until(async () => /the token has expired or was revoked/.test(await reader.text('body')), 'the word that it is over');
        await reader.close();
    });
});
