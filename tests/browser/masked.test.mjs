// The page with a masked token: everything is as ever, but for who called.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queue, queueEvent, until} from './server.mjs';

const {reception, alice} = lines;
const masked = '0033612****78';
const zone = 'Europe/Paris'; // of both: the history shows the day of the reader
const other = {calling: '0033612987678'};

describe('with a masked token', () => {
    let browser, server, page;
    before(async () => {
        browser = await launch();
        server = await Server.begin('', null, {zone});
        page = await Page.open(browser, server, {token: await server.makeToken(['--masked']), timezoneId: zone});
    });
    after(async () => {
        await browser?.close();
        await server?.end();
    });

    const see = async (screen, selector) => {
        await page.go(screen, selector);
        return page.text('main.screen');
    };
    const nobody = text => assert.doesNotMatch(text, /612\d{6}|Dupont/);

    it('shows a call, how long it waited and talked, and not who it is', async () => {
        await server.ingest(event('start_ringing', alice, 'c1'), event('start_ringing', reception, 'missed', other));
        await page.line(alice, 'ringing');
        await until(async () => (await page.seconds('.calls [data-call="c1"] .wait')) >= 1, 'a second of waiting');
        await server.ingest(event('end_ringing', alice, 'c1'), event('start_calling', alice, 'c1'), event('end_ringing', reception, 'missed', other));
        await page.line(alice, 'calling');
        await page.line(reception, 'free');
        await until(async () => (await page.seconds('.calls [data-call="c1"] .talk')) >= 1, 'a second of talk');
        const text = await page.text('main.screen');
        assert.ok(text.includes(`${masked} → ${alice}`), text);
        nobody(text);
        await page.tabNow.reload();
        await page.connection('live');
        await page.line(alice, 'calling');
        nobody(await page.text('main.screen'));
        assert.deepEqual(await page.flaws(), []);
    });

    it('shows two callers of a queue apart, although they look alike', async () => {
        const caller = number => ({Calling: `00336120${number}78`, QueueMemberUUID: `m${number}`, QueueMemberCIDName: 'Jean Dupont'});
        await server.ingest(queueEvent('member-queue-start', caller('345')), queueEvent('member-queue-start', caller('346')));
        await see('queues', 'main.screen');
        await until(async () => (await page.text('main.screen')).split(masked).length === 3, `two callers of ${queue}`);
        nobody(await page.text('main.screen'));
    });

    it('shows the history, and refuses to search it by number', async () => {
        // It is written beside the deliveries, and the screen shows what there is when it is opened.
        const history = async () => (await fetch(`${server.url}/api/calls`, {headers: {Authorization: `Bearer ${server.token}`}})).text();
        await until(async () => /"call_id":"c1"/.test(await history()) && /"call_id":"missed"/.test(await history()), 'the history to be written');
        await see('history', '.history-screen');
        await until(async () => (await page.text('main.screen')).includes(masked), 'the calls');
        nobody(await page.text('main.screen'));
        await page.find('.history-screen input[type="search"]').fill('0612345678');
        await until(async () => /does not give access/.test(await page.text('main.screen')), 'the refusal');
        await page.find('.history-screen input[type="search"]').fill('');
        await until(async () => (await page.text('main.screen')).includes(masked), 'the calls again');
    });

    it('shows whom to call back without a link to call them', async () => {
        nobody(await see('callbacks', '[data-missed]'));
        assert.equal(await page.find('[data-missed] a[href^="tel:"]').count(), 0);
        await page.close();
    });
});
