// Names of outside numbers, wherever the page shows a number.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queueEvent, until} from './server.mjs';

const {alice, bruno, reception} = lines;
const jean = '0033612345678';
const helene = {calling: '0033698765432'};
const asked = page => page.addresses.filter(address => address.includes('/api/contacts')).length;

describe('with contacts', () => {
    let browser, server, page;
    before(async () => {
        browser = await launch();
        server = await Server.begin();
        await server.importContacts([jean, 'Jean Dupont'], ['06 98 76 54 32', 'Hélène Dupré']);
        page = await Page.open(browser, server);
    });
    after(async () => {
        await browser?.close();
        await server?.end();
    });
    const shows = (selector, text) => until(async () => (await page.text(selector)).includes(text), `${text} in ${selector}`);

    it('a card, the call and the journal show the name beside the number', async () => {
        await server.ingest(event('start_ringing', alice, 'c1'), event('start_ringing', bruno, 'c2', helene), event('start_ringing', reception, 'c3', {calling: '0033611111111'}));
        await page.line(alice, 'ringing');
        await shows(`li[data-line="${alice}"]`, `Jean Dupont ${jean}`);
        await shows(`li[data-line="${bruno}"]`, `Hélène Dupré ${helene.calling}`);
        await shows('.calls [data-call="c1"]', `Jean Dupont ${jean} → ${alice}`);
        await shows(`.journal [data-line="${alice}"]`, `Jean Dupont ${jean} → ${alice}`);
        assert.doesNotMatch(await page.text(`li[data-line="${reception}"]`), /Dup/);
        assert.deepEqual(await page.flaws(), []);
    });

    for (const [label, row] of [['Search lines', 'li[data-line]'], ['Search calls', '.calls [data-call]'], ['Search the journal', '.journal [data-event]']])
        it(`"${label}" finds by name`, async () => {
            await page.tabNow.getByLabel(label).fill('helene dup');
            await until(async () => (await page.find(row).count()) === 1, 'one row');
            assert.match(await page.text(row), /Hélène Dupré/);
            await page.tabNow.getByLabel(label).fill('');
        });

    it('asks for a number once, and not for our own', async () => {
        const numbers = page.addresses.filter(address => address.includes('/api/contacts')).flatMap(address => new URL(address).searchParams.get('number').split(','));
        assert.equal(new Set(numbers).size, numbers.length);
        assert.ok(!numbers.some(number => Object.values(lines).includes(number)), numbers.join());
    });

    it('a queue shows who waits', async () => {
        await server.ingest(queueEvent('member-queue-start', {Calling: jean, QueueMemberUUID: 'm1'}));
        await page.go('queues', '.waiting li');
        await shows('.waiting li', `Jean Dupont ${jean}`);
        await shows('.queue-journal [data-uuid="m1"]', `Jean Dupont ${jean}`);
        assert.deepEqual(await page.flaws(), []);
    });

    it('the history is searched by name', async () => {
        await server.ingest(event('end_ringing', alice, 'c1'), event('end_ringing', bruno, 'c2', helene), event('end_ringing', reception, 'c3', {calling: '0033611111111'}));
        const written = async () => (await fetch(`${server.url}/api/calls?outcome=missed`, {headers: {Authorization: `Bearer ${server.token}`}})).json();
        await until(async () => (await written()).calls.length === 3, 'the history to be written');
        await page.go('history', '[data-past]');
        await page.tabNow.getByLabel('Search a number or a name').fill('helene');
        await until(async () => (await page.find('[data-past]').count()) === 1, 'one call');
        await shows('[data-past]', `Hélène Dupré ${helene.calling}`);
        assert.deepEqual(await page.flaws(), []);
    });

    it('the call-back list names whom to call, and calls the number', async () => {
        await page.go('callbacks', `[data-missed="${helene.calling}"]`);
        await shows(`[data-missed="${helene.calling}"]`, `Hélène Dupré ${helene.calling}`);
        assert.equal(await page.find(`[data-missed="${helene.calling}"] a`).getAttribute('href'), 'tel:+33698765432');
        assert.deepEqual(await page.flaws(), []);
        await page.close();
    });
});

describe('with a CRM', () => {
    let browser, server, page, crm;
    const questions = [];
    before(async () => {
        crm = createServer((question, answer) => {
            questions.push(question.url);
            const known = question.url === `/name?phone=${jean}`;
            answer.writeHead(known ? 200 : 404, {'Content-Type': 'text/plain; charset=utf-8'});
            answer.end(known ? 'Zoé Lefèvre' : '');
        });
        await new Promise(resolve => crm.listen(0, '127.0.0.1', resolve));
        browser = await launch();
        server = await Server.begin(`[contacts]
lookup = "http://127.0.0.1:${crm.address().port}/name?phone=*NUMBER*"
allow_private = ["127.0.0.1"]
`);
        page = await Page.open(browser, server);
    });
    after(async () => {
        await browser?.close();
        await server?.end();
        crm?.close();
    });

    it('a card shows a name that nobody imported, as soon as the CRM says it', async () => {
        await server.ingest(event('start_ringing', alice, 'c1'), event('start_ringing', bruno, 'c2', helene));
        await page.line(bruno, 'ringing');
        await until(async () => (await page.text(`li[data-line="${alice}"]`)).includes(`Zoé Lefèvre ${jean}`), 'the name');
        assert.deepEqual([...questions].sort(), [`/name?phone=${jean}`, `/name?phone=${helene.calling}`].sort());
        assert.deepEqual(await page.flaws(), []);
        await page.close();
    });
});

describe('without contacts', () => {
    let browser, server, page;
    before(async () => {
        browser = await launch();
        server = await Server.begin();
    });
    after(async () => {
        await browser?.close();
        await server?.end();
    });

    it('the page asks once', async () => {
        page = await Page.open(browser, server);
        await server.ingest(event('start_ringing', alice, 'c1'));
        await page.line(alice, 'ringing');
        await until(() => asked(page) === 1, 'the first question');
        await server.ingest(event('start_ringing', bruno, 'c2', helene));
        await page.line(bruno, 'ringing');
        await server.ingest(event('end_ringing', bruno, 'c2', helene));
        await page.line(bruno, 'free');
        assert.equal(asked(page), 1);
        await page.close();
    });

    it('a masked page never asks', async () => {
        await server.importContacts([jean, 'Jean Dupont']);
        page = await Page.open(browser, server, {token: await server.makeToken(['--masked'])});
        await page.line(alice, 'ringing');
        await server.ingest(event('end_ringing', alice, 'c1'), event('start_calling', alice, 'c1'));
        await page.line(alice, 'calling');
        assert.equal(asked(page), 0);
        assert.doesNotMatch(await page.text('main.screen'), /Dupont/);
        await page.close();
    });
});
