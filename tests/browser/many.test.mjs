// Two thousand lines and three hundred calls: all are there, though only those are drawn that are seen.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {crowd, crowdCalls, crowdEvent, crowdServices} from './crowd.mjs';
import {Page, launch} from './page.mjs';
import {Server, until} from './server.mjs';

describe('many lines', () => {
    let browser, server, page;
    before(async () => {
        browser = await launch();
        server = await Server.begin(crowdServices);
        const calls = crowdCalls(300);
        for (let i = 0; i < calls.length; i += 100) await server.ingest(...calls.slice(i, i + 100));
        page = await Page.open(browser, server);
    });
    after(async () => {
        await browser?.close();
        await server?.end();
    });

    it('are counted in full and drawn in part', async () => {
        assert.equal(await page.text('#lines'), 'Lines 2004');
        assert.equal(await page.text('#calls'), 'Calls in progress 300');
        assert.ok(await page.find('.cards li').count() < 120);
        assert.ok(await page.find('.calls [data-call]').count() < 120);
        assert.equal(await page.find('.cards li').first().getAttribute('aria-setsize'), '2004');
    });

    it('come into view when they are scrolled to, each in its place', async () => {
        const last = crowd.at(-1);
        await page.find('.lines .scroll').evaluate(list => list.scrollTo(0, list.scrollHeight));
        await page.find(`li[data-line="${last}"]`).waitFor();
        const [box, list] = await Promise.all([page.find(`li[data-line="${last}"]`).boundingBox(), page.find('.lines .scroll').boundingBox()]);
        assert.ok(box.y >= list.y - 1 && box.y + box.height <= list.y + list.height + 8, 'the last one is seen whole');
        await page.find('.lines .scroll').evaluate(element => element.scrollTo(0, element.scrollHeight / 2));
        await until(async () => {
            const inView = await page.find('.cards li').evaluateAll((cards, seen) => cards.filter(card => {
                const {top, bottom} = card.getBoundingClientRect();
                return bottom > seen.y && top < seen.y + seen.height;
            }).length, list);
            return inView * 100 > list.height / 4;
        }, 'a list without holes');
    });

    it('are found by a search, wherever they are', async () => {
        await page.tabNow.getByLabel('Search lines').fill('Office 1234');
        await until(async () => (await page.find('.cards li').count()) === 1, 'the one');
        assert.equal(await page.find('.cards li').first().getAttribute('data-line'), crowd[1234]);
        await page.tabNow.getByLabel('Search lines').fill('');
        await page.tabNow.getByLabel('Only lines in use').check();
        await until(async () => (await page.find('.cards li').first().getAttribute('aria-setsize')) === '300', 'those in use');
        await page.tabNow.getByLabel('Only lines in use').uncheck();
    });

    it('lose and repeat no entry when much happens at once', async () => {
        for (let i = 0; i < 400; i += 50) await server.ingest(...Array.from({length: 50}, (_, k) => crowdEvent(i + k)));
        await until(async () => (await page.text('#journal')) === 'Journal 400', 'the journal');
        await page.close();
    });
});
