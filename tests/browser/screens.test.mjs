// Each screen: what a person sees of queues, on the wall, in the history, in settings and help.
import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {HistoryDouble} from './history.mjs';
import {Page, launch} from './page.mjs';
import {Server, event, lines, queue, queueEvent, until} from './server.mjs';

const {alice, farid} = lines;
const agents = [1, 2, 3, 4].map(n => ({Agent: Object.values(lines)[n - 1], QueueAgent: `agent_${Object.values(lines)[n - 1]}_${n}`}));
let browser, server, serial = 0;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function withPage(work, {path = '/demo/cti', ...options} = {}) {
    server = await Server.begin();
    try {
        const page = await Page.open(browser, server, {token: null, path: '/icon.svg', ...options});
        page.double = new HistoryDouble({lines: [[alice, 'Alice Martin']], queues: [[queue, 'Support']]});
        page.see = async screen => {
            // A browser has six connections to a server, and each tab holds one.
            const before = page.tabNow;
            await page.tab(`/demo/cti#/${screen}${screen.includes('?') ? '&' : '?'}token=${server.token}`);
            await before.close();
            await page.find(screen.startsWith('wallboard') ? '.wall' : '[data-connection="live"]').waitFor();
        };
        await page.see(path);
        await work(page, server);
        await page.close();
    } finally {
        await server.end();
    }
}

/** A caller of the queue; waited and talked in s when answered, waited alone when lost. */
async function caller({waited, talked, agent = agents[0], reason = 'NONE', offered = [agent]}) {
    const member = {Calling: `003361234${String(++serial).padStart(4, '0')}`, QueueMemberUUID: `u${serial}`};
    const at = seconds => String(1_780_000_000 + seconds);
    const times = {QueueMemberJoinedTime: at(0), QueueAgentAnsweredTime: at(waited), QueueBridgeTerminatedTime: at(waited + (talked ?? 0)), QueueMemberLeavingTime: at(waited + (talked ?? 0))};
    const events = [queueEvent('member-queue-start', member), ...offered.map(one => queueEvent('agent-offering', {...member, ...one}))];
    if (talked === undefined)
        events.push(...offered.map(one => queueEvent('bridge-agent-fail', {...member, ...one, QueueHangupCause: 'ORIGINATOR_CANCEL'})),
            queueEvent('member-queue-end', {...member, ...times, QueueCause: 'Cancel', QueueCancelReason: reason}));
    else
        events.push(...['bridge-agent-start', 'bridge-agent-end', 'member-queue-end'].map(name => queueEvent(name, {...member, ...agent, ...times, QueueCause: 'Terminated'})));
    await server.ingest(...events);
    return member;
}

const figure = (page, name) => page.find(`.queue [data-figure="${name}"] dd`).innerText();
const figureIs = (page, name, value) => until(async () => (await figure(page, name)) === value, `${name} to be ${value}`);

describe('the screen of queues', () => {
    it('shows who waits, at which place and how long, who rings and who answers', () => withPage(async page => {
        const first = {Calling: '0033698765432', QueueMemberUUID: 'w1'};
        await server.ingest(queueEvent('member-queue-start', first), queueEvent('member-queue-start', {Calling: '0033611111111', QueueMemberUUID: 'w2'}),
            queueEvent('agent-offering', {...first, ...agents[3]}));
        await page.find('.queue .waiting li').nth(1).waitFor();
        assert.match(await page.text('.queue'), /Support 0033123456300 easy Waiting 2/);
        assert.match((await page.find('.queue .waiting li').first().innerText()).replace(/\s+/g, ' '), /^1 0033698765432 .*rings at Support Farid/);
        assert.match((await page.find('.queue .waiting li').nth(1).innerText()).replace(/\s+/g, ' '), /^2 0033611111111 0:0\d$/);
        await until(async () => /Support Farid .*Ringing/.test(await page.text('.queue .agents')), 'the agent that rings');
        const {queues, time} = await server.snapshot();
        const shown = await page.seconds('.queue .waiting li:first-child .duration');
        assert.ok(Math.abs(shown - (time - queues[0].waiting[0].joined) / 1e9) <= 1.5);
        await server.ingest(queueEvent('bridge-agent-start', {...first, ...agents[3]}));
        await figureIs(page, 'waiting', '1');
        await figureIs(page, 'answered', '1');
        await until(async () => /In call/.test(await page.text('.queue .agents')), 'the agent in a call');
        assert.match(await page.text('.queue .talking'), new RegExp(`0033698765432 → ${farid} waited 0:0\\d 0:0\\d`));
    }, {path: 'queues'}));

    it('counts one caller lost once who rang at four agents, and nobody who was only not answered by one', () => withPage(async page => {
        await caller({waited: 42, offered: agents});
        await figureIs(page, 'lost', '1');
        assert.equal(await page.find('.queue-journal [data-uuid]').count(), 1);
        assert.match(await page.text('.queue-journal [data-uuid]'), /Support 0033123456300 0033612\d+ – 0:42 0:00 Caller gave up$/);
        const member = {Calling: '0033699999999', QueueMemberUUID: 'still'};
        await server.ingest(queueEvent('member-queue-start', member), queueEvent('agent-offering', {...member, ...agents[0]}),
            queueEvent('bridge-agent-fail', {...member, ...agents[0], QueueHangupCause: 'ORIGINATOR_CANCEL'}));
        await figureIs(page, 'waiting', '1');
        assert.equal(await figure(page, 'lost'), '1');
        await caller({waited: 60, offered: [], reason: 'TIMEOUT'});
        await figureIs(page, 'lost', '2');
    }, {path: 'queues'}));

    it('has four who waited 30 s waiting 30 s on average', () => withPage(async page => {
        for (let i = 0; i < 4; i++) await caller({waited: 30, talked: 60, agent: agents[i]});
        await figureIs(page, 'answered', '4');
        assert.equal(await figure(page, 'average'), '0:30');
        assert.equal(await figure(page, 'longest'), '0:30');
        assert.equal(await figure(page, 'percent'), '100%');
        assert.equal(await figure(page, 'all'), '4');
        await caller({waited: 5});
        await figureIs(page, 'percent', '80%');
        const rows = await page.find('.queue-journal [data-uuid]').evaluateAll(all => all.map(row => row.innerText.replace(/\s+/g, ' ')));
        assert.match(rows[1], /Support Farid 0033123456201 0:30 1:00 Answered$/);
        await page.tabNow.getByLabel('Outcome').selectOption('lost');
        assert.equal(await page.find('.queue-journal [data-uuid]').count(), 1);
    }, {path: 'queues'}));

    it('has the same journals after a reload', () => withPage(async page => {
        await caller({waited: 30, talked: 60});
        await caller({waited: 12});
        await server.ingest(event('start_ringing', alice, 'c1'), event('end_ringing', alice, 'c1'));
        const rows = () => page.find('.queue-journal [data-uuid]').evaluateAll(all => all.map(row => row.dataset.uuid + row.innerText));
        await until(async () => (await rows()).length === 2, 'two callers');
        const before = await rows();
        await page.tabNow.reload();
        await until(async () => (await rows()).length === 2, 'two callers');
        assert.deepEqual(await rows(), before);
        await page.tabNow.goto(`${server.url}/demo/cti#/`);
        await until(async () => (await page.story(alice)).length === 2, 'the journal');
        await server.ingest(event('start_ringing', alice, 'c2'));
        await until(async () => (await page.story(alice)).length === 3, 'the journal');
        assert.deepEqual(await page.story(alice), ['start_ringing', 'end_ringing', 'start_ringing']);
    }, {path: 'queues'}));

    it('is French for the French', () => withPage(async page => {
        await caller({waited: 3});
        await figureIs(page, 'lost', '1');
        assert.match(await page.text('.queue .figures'), /En queue 0 Répondu 0 Perdu 1 Tout 1 % succès 0 % Attente moyenne/);
        assert.match(await page.text('.queue-journal'), /Journal des files d’appel 1 .*Membre Agent Durée en file Durée de l’appel Issue .* Abandonné$/);
    }, {path: 'queues', locale: 'fr-FR'}));

    it('begins anew when told, and stays so', () => withPage(async page => {
        await caller({waited: 30, talked: 60});
        await figureIs(page, 'answered', '1');
        await page.tabNow.getByRole('button', {name: 'Reset now'}).click();
        await figureIs(page, 'answered', '0');
        await until(async () => (await page.find('.queue-journal [data-uuid]').count()) === 0, 'an empty journal');
        await caller({waited: 10, talked: 60});
        await figureIs(page, 'answered', '1');
        assert.equal(await figure(page, 'average'), '0:10');
        await page.tabNow.reload();
        await figureIs(page, 'answered', '1');
        assert.equal(await figure(page, 'average'), '0:10');
    }, {path: 'queues'}));
});

describe('a source that is down', () => {
    it('makes its lines unknown since then, and is named', () => withPage(async page => {
        await server.ingest(event('start_calling', alice, 'c1'));
        let since = null;
        await page.context.route('**/api/snapshot', async route => {
            const answer = await route.fetch();
            const snapshot = await answer.json();
            if (since !== null) snapshot.sources[0] = {...snapshot.sources[0], up: false, since};
            await route.fulfill({response: answer, json: snapshot});
        });
        await page.see('');
        await page.line(alice, 'calling');
        since = Date.now() * 1e6;
        await server.ingest(queueEvent('member-queue-start', {Calling: '1', QueueMemberUUID: 'x'}));
        await page.line(alice, 'unknown');
        assert.match(await page.text(`li[data-line="${alice}"]`), /Unknown/);
        assert.equal(await page.find('[data-source="proxy"]').getAttribute('data-up'), 'false');
        since = null;
        await server.ingest(queueEvent('member-queue-start', {Calling: '2', QueueMemberUUID: 'y'}));
        await page.line(alice, 'calling');
    }));
});

describe('the wall', () => {
    const alarm = (page, name) => page.find(`[data-figure="${name}"]`).getAttribute('data-alarm');

    it('shows big figures that turn amber and red, with words', () => withPage(async page => {
        assert.equal(page.tabNow.url(), `${server.url}/demo/cti#/wallboard?waiting=1,2`);
        await server.ingest(queueEvent('member-queue-start', {Calling: '1', QueueMemberUUID: 'a'}));
        await until(async () => (await alarm(page, 'waiting')) === 'amber', 'amber');
        assert.match(await page.text('[data-figure="waiting"]'), /^Waiting attention 1 target: below 1$/);
        await server.ingest(queueEvent('member-queue-start', {Calling: '2', QueueMemberUUID: 'b'}));
        await until(async () => (await alarm(page, 'waiting')) === 'red', 'red');
        await until(async () => (await page.seconds('[data-figure="longest"] dd:not(.target)')) >= 1, 'a clock that runs');
        assert.equal(await page.find('.bar, .menu').count(), 0);
        const overflow = await page.tabNow.evaluate(() => [document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]);
        assert.deepEqual(overflow, [0, 0], 'nothing is to be scrolled');
        const smallest = await page.find('[data-figure="waiting"] dd').first().evaluate(element => Number.parseFloat(getComputedStyle(element).fontSize));
        assert.ok(smallest > 100, `${smallest} px`);
    }, {path: 'wallboard?waiting=1,2'}));

    it('says how old its data are when the link is lost', () => withPage(async page => {
        await page.context.setOffline(true);
        await page.find('.wall-lost').waitFor({timeout: 3000});
        assert.match(await page.text('.wall-lost'), /^data from \d\d:\d\d:\d\d, link lost$/);
        await page.context.setOffline(false);
        await page.find('.wall-lost').waitFor({state: 'detached', timeout: 15_000});
    }, {path: 'wallboard'}));

    it('hides the pointer, and is left with Escape', () => withPage(async page => {
        await until(() => page.tabNow.evaluate(() => document.documentElement.classList.contains('still')), 'a hidden pointer');
        await page.tabNow.keyboard.press('Escape');
        await page.find('.menu').waitFor();
    }, {path: 'wallboard'}));
});

describe('the history', () => {
    it('says plainly that this server has none', () => withPage(async page => {
        await page.context.route(/\/api\/(calls|statistics|callbacks|webhooks)/, route => route.fulfill({status: 404, body: '{}'}));
        for (const screen of ['history', 'callbacks', 'webhooks']) {
            await page.see(screen);
            await until(async () => /This server keeps no history yet/.test(await page.text('main')), screen);
        }
    }));

    it('is searched, charted, paged and taken away as a file', () => withPage(async page => {
        await page.double.serve(page.context);
        await page.see('history');
        await page.find('[data-past]').first().waitFor();
        await page.find('.chart canvas').waitFor();
        assert.match(await page.text('.statistics'), /Offered 173 Answered \d+ Lost \d+ Service level \d+%/);
        await page.tabNow.getByRole('button', {name: 'Show more'}).click();
        await until(async () => (await page.text('#past')) === 'Calls 260', 'all calls');
        await page.tabNow.getByLabel('Outcome').selectOption('lost');
        await until(() => page.double.asked.some(one => one.query.get('outcome') === 'missed,abandoned,no_agent'), 'the question');
        await page.tabNow.getByLabel('Search a number').fill('06 12');
        await until(() => page.double.asked.some(one => one.query.get('number') === '06 12'), 'the question');
        const [file] = await Promise.all([page.tabNow.waitForEvent('download'), page.tabNow.getByRole('button', {name: 'Download CSV'}).click()]);
        assert.match(file.suggestedFilename(), /^callboard-\d{4}-\d\d-\d\d\.csv$/);
        for (const one of page.double.asked) {
            assert.equal(one.authorization, `Bearer ${server.token}`);
            assert.ok(!one.query.has('token'));
        }
    }));

    it('lists who is to be called back, and ticks them off', () => withPage(async page => {
        await page.double.serve(page.context);
        await page.see('callbacks');
        await page.find('[data-missed]').first().waitFor();
        const [first] = page.double.callbacks;
        await page.tabNow.getByLabel('My name').fill('Zoé');
        await page.find(`[data-missed="${first.number}"]`).first().getByRole('button', {name: 'Done'}).click();
        await until(() => first.done?.by === 'Zoé', 'the tick');
        await page.find(`[data-missed="${first.number}"]`).waitFor({state: 'detached'});
        await page.tabNow.getByLabel('Show those done').check();
        await page.find(`[data-missed="${first.number}"]`).getByRole('button', {name: 'Undo'}).click();
        await until(() => first.done === null, 'the tick taken back');
    }));

    it('makes, tests and removes webhooks, and never shows a secret', () => withPage(async page => {
        await page.double.serve(page.context);
        await page.see('webhooks');
        await page.find('[data-hook="crm"]').waitFor();
        assert.match(await page.text('[data-hook="tickets"]'), /Fails since .*503 Service Unavailable/);
        assert.equal(await page.find('[data-hook="crm"]').getByRole('button', {name: 'Remove'}).count(), 0, 'that of the configuration stays');
        await page.find('.form').getByRole('button', {name: 'Add'}).click();
        assert.match(await page.text('.form [role="alert"]'), /A name, an address/);
        await page.tabNow.getByLabel('Name', {exact: true}).fill('mine');
        await page.tabNow.getByLabel('Address').fill('https://mine.example/?n=*CALLING*');
        await page.tabNow.getByLabel('Secret').fill('hush');
        await page.find('.form').getByRole('button', {name: 'Add'}).click();
        await page.find('[data-hook="mine"]').waitFor();
        assert.ok(!(await page.text('main')).includes('hush'));
        await page.find('[data-hook="mine"]').getByRole('button', {name: 'Deliveries'}).click();
        await page.find('[data-hook="mine"] .of-deliveries .body .row').first().waitFor();
        await page.find('[data-hook="mine"]').getByRole('button', {name: 'Remove'}).click();
        await page.find('[data-hook="mine"]').waitFor({state: 'detached'});
    }));
});

describe('the settings', () => {
    it('stay off that were switched off', () => withPage(async page => {
        const box = name => page.tabNow.getByRole('checkbox', {name});
        const all = ['Show only lines in use', 'Reset at midnight', 'Shortcuts of a single key', 'incoming calls', 'queue calls'];
        for (const name of all) {
            await box(name).check();
            await box(name).uncheck();
        }
        await page.tabNow.reload();
        await page.connection('live');
        for (const name of all) assert.equal(await box(name).isChecked(), false, name);
        assert.equal(await page.tabNow.getByLabel('When').inputValue(), 'never');
        await page.tabNow.keyboard.press('1');
        await new Promise(resolve => setTimeout(resolve, 200));
        assert.match(page.tabNow.url(), /#\/settings$/);
    }, {path: 'settings'}));

    it('change theme and colours at once, and in other tabs', () => withPage(async page => {
        const other = await page.context.newPage();
        await other.goto(`${server.url}/demo/cti`);
        await page.tabNow.getByLabel('Theme').selectOption('dark');
        const ground = tab => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(await ground(page.tabNow), 'rgb(11, 19, 22)');
        await until(async () => (await ground(other)) === 'rgb(11, 19, 22)', 'the other tab');
    }, {path: 'settings', colorScheme: 'light'}));

    it('keep the token when asked, and forget it when not', () => withPage(async page => {
        const kept = () => page.tabNow.evaluate(() => localStorage.getItem('callboard.token'));
        await page.tabNow.getByLabel('Keep me signed in').check();
        assert.equal(await kept(), server.token);
        await page.tabNow.getByLabel('Keep me signed in').uncheck();
        assert.equal(await kept(), null);
        await page.tabNow.reload();
        await page.connection('live');
    }, {path: 'settings'}));

    it('take another token, and show nothing of the one before', () => withPage(async page => {
        await server.ingest(event('start_calling', alice, 'secret-call'));
        const other = await server.makeToken(['--service', farid]);
        await page.tabNow.getByLabel('Another token').fill(other);
        await page.tabNow.getByRole('button', {name: 'Use this token'}).click();
        await page.tabNow.goto(`${server.url}/demo/cti#/`);
        await until(async () => (await page.find('.cards li').count()) === 1, 'one line');
        assert.equal(await page.find('[data-call]').count(), 0);
        assert.ok(!(await page.text('main')).includes('Alice'));
    }, {path: 'settings'}));
});

describe('the help', () => {
    it('explains every field, and the keyboard opens every screen', () => withPage(async page => {
        assert.ok(await page.find('.explained dd').count() > 40);
        assert.match(await page.text('.legend'), /Free nobody is on the line Ringing .* In call answered On hold .* Unknown/);
        for (const [key, screen] of [['1', 'overview'], ['2', 'queues'], ['4', 'history'], ['5', 'callbacks'], ['6', 'webhooks'], ['7', 'settings'], ['?', 'help']]) {
            await page.tabNow.keyboard.press(key);
            await page.find(`main[data-screen="${screen}"]`).waitFor();
        }
        await page.tabNow.keyboard.press('1');
        await page.find('main[data-screen="overview"] input[type="search"]').first().waitFor();
        await page.tabNow.keyboard.press('/');
        await page.find('input[type="search"]:focus').waitFor();
    }, {path: 'help'}));
});

describe('axe finds nothing wrong', () => {
    for (const colorScheme of ['light', 'dark'])
        for (const locale of ['en-GB', 'fr-FR'])
            it(`on any screen, ${colorScheme}, ${locale}`, () => withPage(async page => {
                await page.double.serve(page.context);
                await caller({waited: 30, talked: 60});
                await caller({waited: 8});
                await server.ingest(queueEvent('member-queue-start', {Calling: '1', QueueMemberUUID: 'w'}), queueEvent('agent-offering', {Calling: '1', QueueMemberUUID: 'w', ...agents[0]}));
                for (const screen of ['', 'queues', 'history', 'callbacks', 'webhooks', 'settings', 'help', 'wallboard?waiting=1,2&longest=0,9']) {
                    await page.see(screen);
                    await page.tabNow.waitForTimeout(300);
                    assert.deepEqual(await page.flaws(), [], screen);
                    const wide = await page.tabNow.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                    assert.equal(wide, 0, `nothing sticks out of ${screen}`);
                }
            }, {colorScheme, locale, ...(locale === 'fr-FR' ? {viewport: {width: 390, height: 844}} : {})}));
});
