// Signing in and out, for everybody: by keyboard, by screen reader, in both languages and both themes.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queueEvent, until} from './server.mjs';

let browser, server;
before(async () => {
    browser = await launch();
    server = await Server.begin();
});
after(async () => {
    await browser?.close();
    await server?.end();
});

const wrong = '00000000-0000-0000-0000-000000000000';

describe('signing in', () => {
    it('works by keyboard alone, and so does signing out', async () => {
        const page = await Page.open(browser, server, {path: '/', token: null});
        const {keyboard} = page.tabNow;
        await page.find('#token:focus').waitFor();
        await keyboard.press('Enter');
        await until(async () => (await page.text('#problem')) === 'Enter a token.', 'the message');
        await keyboard.type(server.token);
        await keyboard.press('Enter');
        await page.connection('live');
        await page.find('main.screen:focus').waitFor();
        await keyboard.press('Tab');
        assert.equal(await page.tabNow.evaluate(() => document.activeElement.type), 'checkbox');
        await keyboard.press('Space');
        assert.equal(await page.find('.cards li').count(), 0);
        for (let i = 0; i < 16 && (await page.tabNow.evaluate(() => document.activeElement.textContent)) !== 'Sign out'; i++)
            await keyboard.press('Shift+Tab');
        await keyboard.press('Enter');
        await until(async () => (await page.text('#problem')) === 'You are signed out.', 'the message');
        await page.find('#token:focus').waitFor();
        await page.tabNow.reload();
        await page.find('#token').waitFor();
        await page.close();
    });

    it('with a wrong token says so, and leaves one in the form', async () => {
        const page = await Page.open(browser, server, {token: null});
        await page.find('#token').fill(wrong);
        await page.tabNow.getByRole('button', {name: 'Sign in'}).click();
        await until(async () => /not valid/.test(await page.text('#problem')), 'the message');
        assert.equal(await page.find('#problem').getAttribute('role'), 'alert');
        await page.find('#token:focus').waitFor();
        await page.find('#token').fill(` ${server.token} `);
        await page.tabNow.getByRole('button', {name: 'Sign in'}).click();
        await page.connection('live');
        await page.close();
    });

    it('with a wrong token in the address says so', async () => {
        const page = await Page.open(browser, server, {token: null, path: `/demo/cti#token=${wrong}`});
        await until(async () => /not valid/.test(await page.text('#problem')), 'the message');
        await page.close();
    });

    it('takes the token out of the address, and never puts it into one', async () => {
        const page = await Page.open(browser, server);
        assert.equal(page.tabNow.url(), `${server.url}/demo/cti`);
        await page.tabNow.reload();
        await page.connection('live');
        const asked = page.addresses.filter(address => !address.includes('#'));
        assert.ok(asked.some(address => address.includes('/api/events')));
        for (const address of asked) assert.ok(!address.includes(server.token), address);
        await page.close();
    });

    it('is for this tab alone, unless one wants to stay', async () => {
        const page = await Page.open(browser, server, {token: null});
        const signIn = async keep => {
            await page.find('#token').fill(server.token);
            if (keep) await page.tabNow.getByLabel('Keep me signed in').check();
            await page.tabNow.getByRole('button', {name: 'Sign in'}).click();
            await page.connection('live');
        };
        await signIn(false);
        await page.tab('/demo/cti');
        await page.find('#token').waitFor();
        await signIn(true);
        await page.tab('/demo/cti');
        await page.connection('live');
        await page.tabNow.getByRole('button', {name: 'Sign out'}).click();
        await page.tab('/demo/cti');
        await page.find('#token').waitFor();
        await page.close();
    });

    it('ends when the token is revoked, with a reason', async () => {
        const page = await Page.open(browser, server);
        await server.revoke(server.token);
        await until(async () => /expired or was revoked/.test(await page.text('#problem')), 'the message');
        assert.equal(await page.find('main.screen').count(), 0, 'nothing of the account is left on the page');
        server.token = await server.makeToken();
        await page.find('#token').fill(server.token);
        await page.tabNow.getByRole('button', {name: 'Sign in'}).click();
        await page.connection('live');
        await page.close();
    });
});

describe('the languages', () => {
    const cases = [
        ['fr-FR', 'fr', 'En direct', 'Lignes', 'Poste libre'], ['en-US', 'en', 'Live', 'Lines', 'Free'], ['de-DE', 'en', 'Live', 'Lines', 'Free'],
    ];
    for (const [locale, language, live, title, free] of cases)
        it(`speak ${language} to a reader of ${locale}`, async () => {
            await server.ingest(event('call_failed', lines.alice, 'x'));
            const page = await Page.open(browser, server, {locale});
            assert.equal(await page.tabNow.evaluate(() => document.documentElement.lang), language);
            assert.equal(await page.text('[data-connection]'), live);
            assert.match(await page.text('#lines'), new RegExp(`^${title} `));
            assert.equal(await page.text(`li[data-line="${lines.alice}"] .word`), free);
            await page.close();
        });

    it('can be chosen, and stay', async () => {
        const page = await Page.open(browser, server);
        await page.tabNow.goto(`${server.url}/demo/cti#/settings`);
        await page.tabNow.getByLabel('Language').selectOption('fr');
        assert.equal(await page.text('[data-connection]'), 'En direct');
        await page.tabNow.reload();
        await page.connection('live');
        assert.equal(await page.text('[data-connection]'), 'En direct');
        await page.tabNow.getByRole('button', {name: 'Déconnexion'}).click();
        await until(async () => (await page.text('#problem')) === 'Vous avez été déconnecté.', 'the message');
        await page.close();
    });
});

describe('axe finds nothing wrong', () => {
    for (const colorScheme of ['light', 'dark']) {
        it(`with the form, ${colorScheme}`, async () => {
            const page = await Page.open(browser, server, {token: null, colorScheme});
            assert.deepEqual(await page.flaws(), []);
            await page.tabNow.getByRole('button', {name: 'Sign in'}).click();
            assert.deepEqual(await page.flaws(), []);
            await page.close();
        });

        for (const viewport of [{width: 1280, height: 900}, {width: 390, height: 844}])
            it(`with every state, ${colorScheme}, ${viewport.width} wide`, async () => {
                const page = await Page.open(browser, server, {colorScheme, viewport});
                const {reception, alice, bruno, farid} = lines;
                await server.ingest(event('start_ringing', reception, 'a'), event('start_calling', alice, 'b', {dialed: '0033800'}),
                    event('start_hold', bruno, 'c'), event('call_failed', farid, 'd'), event('unregistered', farid, 'e'),
                    queueEvent('member-queue-start', {Calling: '0033698765432', QueueMemberUUID: `u${colorScheme}${viewport.width}`}),
                    queueEvent('agent-status-change', {QueueAgent: `agent_${farid}_1`, QueueAgentStatus: 'On Break'}));
                await page.line(bruno, 'held');
                await page.find('.queue-row.amber').first().waitFor();
                assert.deepEqual(await page.flaws(), []);
                const wide = await page.tabNow.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                assert.equal(wide, 0, 'nothing sticks out');
                await page.context.setOffline(true);
                await page.connection('reconnecting');
                assert.deepEqual(await page.flaws(), []);
                await page.close();
            });
    }

    it('nothing moves for those who do not want it', async () => {
        const page = await Page.open(browser, server, {reducedMotion: 'reduce'});
        assert.equal(await page.find(`li[data-line="${lines.reception}"] .ringing .light`).evaluate(light => getComputedStyle(light).animationName), 'none');
        await page.close();
    });
});
