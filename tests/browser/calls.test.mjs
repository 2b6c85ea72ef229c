// What the page shows of real, recorded calls and of events that a system posts.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queueEvent, until} from './server.mjs';

const {reception, alice, farid} = lines;

describe('the page', () => {
    let browser;
    before(async () => (browser = await launch()));
    after(() => browser.close());

    /** `work` with a server and a page of its own. */
    async function withPage(work, options) {
        const server = await Server.begin();
        try {
            const page = await Page.open(browser, server, options);
            await work(page, server);
            await page.close();
        } finally {
            await server.end();
        }
    }

    it('shows a recorded call: it rings, is answered, and the lines are free again', () => withPage(async (page, server) => {
        assert.equal(await page.find(`li[data-line="${alice}"]`).getAttribute('data-state'), 'unknown');
        for (const line of [reception, alice]) await page.watch(line);
        const played = server.replay('a-dial-answered');
        await page.find(`.calls [data-line="${alice}"][data-state="ringing"]`).waitFor();
        assert.match(await page.text(`.calls [data-line="${alice}"]`), new RegExp(`Ringing ${reception} → ${alice} ↘ incoming · Alice Martin`));
        assert.match(await page.text(`li[data-line="${alice}"]`), new RegExp(`Alice Martin ${alice} Ringing .*1/2 .*incoming ${reception}`));
        assert.match(await page.text(`li[data-line="${reception}"]`), new RegExp(`outgoing ${alice}`));
        await page.line(alice, 'calling');
        assert.match(await page.text(`li[data-line="${alice}"]`), /In call/);
        await played;
        await page.line(reception, 'free');
        await until(async () => (await page.story(reception)).filter(name => name === 'end_calling').length === 2, 'the last end');
        // a-dial-answered.truth.tsv: 101 calls 102, 102 calls 201, 201 calls 101; each is answered.
        const callerAndCalled = ['ringing', 'calling', 'free', 'ringing', 'calling', 'free'];
        for (const line of [reception, alice])
            assert.deepEqual((await page.states(line)).filter(state => state !== 'unknown').join(' ').replace(/^free /, ''), callerAndCalled.join(' '));
        const call = ['start_ringing', 'end_ringing', 'start_calling', 'end_calling'];
        for (const line of [reception, alice, farid]) assert.deepEqual(await page.story(line), [...call, ...call]);
        assert.equal(await page.find('.calls [data-call]').count(), 0);
        const latencies = await page.find('.journal .body .latency').allInnerTexts();
        for (const latency of latencies) assert.match(latency, /^\d+ ms$/, 'an event that came at once is not late');
    }));

    it('is right after a reload in mid-call', () => withPage(async (page, server) => {
        await server.ingest(event('start_ringing', alice, 'c1', {dialed: '0033800123456'}));
        await page.line(alice, 'ringing');
        await until(async () => (await page.seconds('.calls .wait')) >= 1, 'a second of waiting');
        await server.ingest(event('end_ringing', alice, 'c1'), event('start_calling', alice, 'c1', {dialed: '0033800123456'}),
            event('start_calling', reception, 'c2'), event('start_hold', reception, 'c2'));
        await page.line(alice, 'calling');
        await page.line(reception, 'held');
        await until(async () => (await page.seconds('.calls [data-call="c1"] .talk')) >= 1, 'a second of talk');
        await page.tabNow.reload();
        await page.connection('live');
        await page.line(alice, 'calling');
        await page.line(reception, 'held');
        assert.match(await page.text('.calls [data-call="c1"]'), /In call 0033612345678 → 0033123456102 \(0033800123456\)/);
        const {calls, time} = await server.snapshot();
        const call = calls.find(one => one.call_id === 'c1');
        assert.equal(await page.seconds('.calls [data-call="c1"] .wait'), Math.floor((call.answered - call.started) / 1e9));
        const talked = (time - call.answered) / 1e9;
        const shown = await page.seconds('.calls [data-call="c1"] .talk');
        assert.ok(Math.abs(shown - talked) <= 2, `${shown} s are shown, it is ${talked} s`);
        await server.ingest(event('end_calling', alice, 'c1'));
        await page.line(alice, 'free');
    }));

    it('shows after any events what a page shows that is just loaded', () => withPage(async (page, server) => {
        const names = ['start_ringing', 'end_ringing', 'start_calling', 'end_calling', 'start_hold', 'end_hold', 'call_failed', 'registered',
            'unregistered'];
        const numbers = [...Object.values(lines), '0033612345678', 'anonymous'];
        let seed = 20_260_528;
        const below = most => (seed = (seed * 48_271) % 2_147_483_647) % most;
        const any = list => list[below(list.length)];
        const anyEvent = () => {
            const line = any(Object.values(lines));
            const parties = {calling: any(numbers), called: any(numbers), dialed: any(numbers)};
            return event(any(names), line, `call-${below(3)}`, parties);
        };
        let busy = 0;
        for (let round = 0; round < 12; round++) {
            await server.ingest(...Array.from({length: 25}, anyEvent), event('start_ringing', lines.bruno, `mark-${round}`));
            await page.find(`[data-call="mark-${round}"]`).waitFor();
            const followed = await page.board();
            busy += followed.calls.length;
            await page.tabNow.reload();
            await page.connection('live');
            await page.find(`[data-call="mark-${round}"]`).waitFor();
            assert.deepEqual(await page.board(), followed, `round ${round}`);
            await server.ingest(event('end_ringing', lines.bruno, `mark-${round}`));
        }
        assert.ok(busy > 30, 'there was something to compare');
    }));

    it('shows durations by the clock of the server, wherever its own is', () => withPage(async (page, server) => {
        await server.ingest(event('start_calling', alice, 'c1'));
        await page.line(alice, 'calling');
        assert.ok((await page.seconds('.calls .talk')) < 30, 'the hour of difference is not in it');
        assert.match(await page.text('.journal .body .latency'), /^\d+ ms$/);
        await page.context.close();
        const wrong = await browser.newContext({locale: 'en-GB'});
        await wrong.addInitScript(() => {
            const now = Date.now;
            Date.now = () => now() + 3_600_000;
        });
        page.context = wrong;
        await page.tab(`/#token=${server.token}`);
        await page.connection('live');
        await page.line(alice, 'calling');
        assert.ok((await page.seconds('.calls .talk')) < 30, 'the hour of difference is not in it');
        await server.ingest(event('start_hold', alice, 'c1'));
        await page.line(alice, 'held');
        assert.match(await page.text('.journal .body .latency'), /^\d+ ms$/);
    }));

    it('finds lines and entries', () => withPage(async (page, server) => {
        await server.ingest(event('start_calling', alice, 'c1'), event('start_ringing', farid, 'c2', {calling: '0033711111111'}));
        await page.line(farid, 'ringing');
        const cards = () => page.find('.cards li').evaluateAll(items => items.map(item => item.dataset.line));
        await page.tabNow.getByLabel('Search lines').fill('petit');
        assert.deepEqual(await cards(), [lines.bruno]);
        await page.tabNow.getByLabel('Search lines').fill('0033711111111');
        assert.deepEqual(await cards(), [farid]);
        await page.tabNow.getByLabel('Search lines').fill('');
        await page.tabNow.getByLabel('Only lines in use').check();
        assert.deepEqual(await cards(), [alice, farid]);
        await page.tabNow.getByLabel('Search the journal').fill('martin answered');
        assert.equal(await page.find('.journal .body [data-event]').count(), 1);
    }));

    it('shows a source that is heard', () => withPage(async page => {
        assert.equal(await page.find('[data-source="proxy"]').getAttribute('data-up'), 'true');
    }));
});
