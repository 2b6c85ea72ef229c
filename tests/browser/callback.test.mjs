// A call is told to a system of the reader's: once, whatever rings and however many tabs are open.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queueEvent, until} from './server.mjs';

const {alice, bruno} = lines;

describe('a callback', () => {
    let browser, server, crm, address, asked;
    before(async () => {
        browser = await launch();
        server = await Server.begin();
        crm = createServer((request, response) => {
            asked.push({url: request.url, referer: request.headers.referer});
            response.setHeader('Content-Type', 'text/html');
            response.end('<title>card</title><h1>The card</h1>');
        });
        await new Promise(resolve => crm.listen(0, '127.0.0.1', resolve));
        address = `http://127.0.0.1:${crm.address().port}/card?n=*CALLING*&again=*CALLING*&to=*CALLED*&d=*DIALED*&e=*EVENT*`;
    });
    after(async () => {
        await browser?.close();
        await server?.end();
        crm?.closeAllConnections();
        crm?.close();
    });

    const cards = () => asked.filter(({url}) => url.startsWith('/card'));
    let serial = 0;

    /** `work` with a page whose callback is set. */
    async function withCallback(callback, work) {
        asked = [];
        const page = await Page.open(browser, server, {token: null, path: '/icon.svg'});
        await page.tabNow.evaluate(settings => localStorage.setItem('callboard.settings', settings),
            JSON.stringify({callback: {url: address, moment: 'ring', mode: 'silent', ...callback}}));
        await page.tab(`/demo/cti#token=${server.token}`);
        await page.connection('live');
        try {
            await work(page, `call-${++serial}`);
        } finally {
            await page.context.close();
        }
    }
    const quiet = () => new Promise(resolve => setTimeout(resolve, 600));

    it('asks for the address unseen, with all placeholders, and tells no referrer', () => withCallback({}, async (page, id) => {
        await server.ingest(event('start_ringing', alice, id, {calling: '+33 6 & 7', dialed: '0033800'}));
        await until(() => cards().length > 0, 'the question');
        assert.equal(cards()[0].url, `/card?n=%2B33%206%20%26%207&again=%2B33%206%20%26%207&to=${alice}&d=0033800&e=start_ringing`);
        assert.equal(cards()[0].referer, undefined);
        await server.ingest(event('end_ringing', alice, id), event('start_calling', alice, id), event('end_calling', alice, id));
        await quiet();
        assert.equal(cards().length, 1);
    }));

    it('comes from one of two tabs, once', () => withCallback({}, async (page, id) => {
        const other = await page.context.newPage();
        await other.goto(`${server.url}/demo/cti#token=${server.token}`);
        await other.locator('[data-connection="live"]').waitFor();
        await server.ingest(event('start_ringing', alice, id), event('start_ringing', bruno, id));
        await until(() => cards().length > 0, 'the question');
        await quiet();
        assert.equal(cards().length, 1);
        await server.ingest(event('end_ringing', alice, id), event('end_ringing', bruno, id));
    }));

    it('comes once for a caller of a queue who rings at agents', () => withCallback({}, async (page, id) => {
        const member = {Calling: '0033612345678', QueueMemberUUID: id};
        await server.ingest(queueEvent('member-queue-start', member), queueEvent('agent-offering', {...member, QueueAgent: `agent_${alice}_1`, Agent: alice}),
            event('start_ringing', alice, `${id}-leg`), event('start_ringing', bruno, `${id}-leg-2`));
        await until(() => cards().length > 0, 'the question');
        await quiet();
        assert.equal(cards().length, 1);
        assert.match(cards()[0].url, /to=0033123456300&d=0033123456300&e=member-queue-start$/);
        await server.ingest(event('end_ringing', alice, `${id}-leg`), event('end_ringing', bruno, `${id}-leg-2`), queueEvent('member-queue-end', {...member, QueueCause: 'Cancel'}));
    }));

    it('opens a window of its own', () => withCallback({mode: 'popup'}, async (page, id) => {
        const [popup] = await Promise.all([page.context.waitForEvent('page'), server.ingest(event('start_ringing', alice, id))]);
        await popup.waitForLoadState();
        assert.match(popup.url(), /n=0033612345678/);
        assert.equal(await popup.evaluate(() => window.opener), null);
        await server.ingest(event('end_ringing', alice, id));
    }));

    it('offers as a click what the browser blocked', () => withCallback({mode: 'tab'}, async (page, id) => {
        await page.tabNow.evaluate(() => {
            window.reallyOpen = window.open;
            window.open = () => null;
        });
        await server.ingest(event('start_ringing', alice, id));
        await page.find('.pop[data-state="blocked"]').waitFor();
        assert.match(await page.text('.pop'), /blocked the window/);
        await page.tabNow.evaluate(() => (window.open = window.reallyOpen));
        const [opened] = await Promise.all([page.context.waitForEvent('page'), page.find('.pop').getByRole('button', {name: 'Open'}).click()]);
        assert.match(opened.url(), /card/);
        await server.ingest(event('end_ringing', alice, id));
    }));

    it('shows each caller’s own card inside the page, the newest on top, five at most', () => withCallback({mode: 'embedded'}, async (page, id) => {
        for (let i = 0; i < 7; i++) {
            await server.ingest(event('start_ringing', alice, `${id}-${i}`, {calling: `003361111111${i}`}));
            await page.find(`[data-pop="${id}-${i}"]`).waitFor();
        }
        assert.deepEqual(await page.find('.pop').evaluateAll(all => all.map(pop => pop.dataset.pop)), [6, 5, 4, 3, 2].map(i => `${id}-${i}`));
        assert.equal(await page.find('.pop iframe').count(), 1);
        assert.match(await page.find('.pop iframe').getAttribute('src'), /n=0033611111116/);
        await until(() => cards().some(({url}) => url.includes('0033611111116')), 'the last caller’s card');
        assert.deepEqual(await page.flaws(), []);
        await page.tabNow.getByRole('button', {name: 'Close all'}).click();
        await until(async () => await page.find('.pop').count() === 0, 'all cards closed');
        await server.ingest(...Array.from({length: 7}, (_, i) => event('end_ringing', alice, `${id}-${i}`)));
    }));

    it('goes away when somebody else answers, and says who', () => withCallback({mode: 'embedded', lines: [alice]}, async (page, id) => {
        await server.ingest(event('start_ringing', alice, id), event('start_ringing', bruno, id));
        await page.find('.pop').waitFor();
        await server.ingest(event('end_ringing', bruno, id), event('start_calling', bruno, id), event('end_ringing', alice, id));
        await until(async () => /answered by Bruno Petit/.test(await page.text('.pop')), 'who answered');
        await page.find('.pop').waitFor({state: 'detached', timeout: 12_000});
        await server.ingest(event('end_calling', bruno, id));
    }));

    it('waits for a click, and does nothing when it is off', async () => {
        await withCallback({moment: 'click', mode: 'silent'}, async (page, id) => {
            await server.ingest(event('start_ringing', alice, id));
            await page.find('.pop').waitFor();
            await quiet();
            assert.equal(cards().length, 0);
            await page.find('.pop').getByRole('button', {name: 'Open'}).click();
            await until(() => cards().length === 1, 'the question');
            await server.ingest(event('end_ringing', alice, id));
        });
        await withCallback({moment: 'never'}, async (page, id) => {
            await server.ingest(event('start_ringing', alice, id));
            await page.line(alice, 'ringing');
            await quiet();
            assert.equal(cards().length + await page.find('.pop').count(), 0);
            await server.ingest(event('end_ringing', alice, id));
        });
    });

    it('says that an address could not be reached', () => withCallback({url: 'http://127.0.0.1:9/'}, async (page, id) => {
        await server.ingest(event('start_ringing', alice, id));
        await page.find('.pop[data-state="failed"]').waitFor();
        assert.match(await page.text('.pop'), /could not be reached/);
        await server.ingest(event('end_ringing', alice, id));
    }));
});
