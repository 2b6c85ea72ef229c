#!/usr/bin/env node
// screens.mjs [NAME...]: takes pictures of the page's screens for docs/screens, from the program itself with a made-up
// office. NAME: only those whose file name contains it. History and webhooks are those of tests/browser/history.mjs.
// Debian's pngquant, when it is there, makes the pictures small.
import {spawnSync} from 'node:child_process';
import {mkdir, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {HistoryDouble} from '../tests/browser/history.mjs';
import {Page, launch} from '../tests/browser/page.mjs';
import {Server, event, queueEventOf, serviceOf} from '../tests/browser/server.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../docs/screens');
const people = ['Chloé Durand', 'David Moreau', 'Emma Laurent', 'Gaëlle Simon', 'Hugo Bernard', 'Inès Robert', 'Jules Richard', 'Karim Haddad', 'Léa Fournier',
    'Marc Girard', 'Nadia Bonnet', 'Olivier Roux', 'Paul Lefèvre', 'Rose Garnier', 'Sami Faure', 'Théo Mercier', 'Zoé Blanc', 'Atelier', 'Entrepôt', 'Secrétariat'];
const queues = [['0033123456300', 'Support'], ['0033123456301', 'Sales'], ['0033123456302', 'Billing']];
const lines = people.map((name, i) => [`00331234564${String(i).padStart(2, '0')}`, name]);

/** Some hours of an office in a few seconds: queues with a past, and a present. */
async function office(server) {
    const agents = lines.slice(0, 9).map(([number], i) => ({QueueAgent: `agent_${number}_${4200 + i}`, Agent: number}));
    const caller = i => `00336${String(12_345_678 + i * 7_654_321 % 80_000_000).padStart(8, '0')}`;
    const now = Math.floor(Date.now() / 1000);
    let serial = 0;
    const past = (queue, {wait, talk, agent}) => {
        const member = {Calling: caller(++serial), QueueMemberUUID: `past-${serial}`};
        const joined = now - 600 - serial * 11;
        if (talk === undefined) return [queueEventOf(queue, 'member-queue-start', member), queueEventOf(queue, 'member-queue-end', {...member, QueueCause: 'Cancel',
            QueueCancelReason: serial % 3 ? 'NONE' : 'TIMEOUT', QueueMemberJoinedTime: String(joined), QueueMemberLeavingTime: String(joined + wait)})];
        const times = {QueueMemberJoinedTime: String(joined), QueueAgentAnsweredTime: String(joined + wait), QueueBridgeTerminatedTime: String(joined + wait + talk)};
        return ['member-queue-start', 'agent-offering', 'bridge-agent-start', 'bridge-agent-end', 'member-queue-end'].map(name =>
            queueEventOf(queue, name, {...member, ...agents[agent], ...times, QueueCause: 'Terminated'}));
    };
    for (let i = 0; i < 44; i++)
        await server.ingest(...past(queues[i % 5 < 3 ? 0 : i % 5 - 2][0], i % 11 === 7 ? {wait: 35 + i} : {wait: 4 + (i * 7) % 27, talk: 45 + (i * 37) % 300, agent: i % agents.length}));
    for (const [i, agent] of agents.entries())
        await server.ingest(queueEventOf(queues[i % 3][0], 'agent-status-change', {...agent, QueueAgentStatus: i === 4 ? 'On Break' : i === 8 ? 'Logged Out' : 'Available'}),
            ...(i === 4 || i === 8 ? [] : [queueEventOf(queues[i % 3][0], 'agent-state-change', {...agent, QueueAgentState: 'Waiting'})]));
    const free = lines.map(([number]) => event('call_failed', number, 'x'));
    await server.ingest(...free, event('call_failed', '0033123456101', 'x'), event('call_failed', '0033123456103', 'x'), event('unregistered', lines[18][0], 'x'));
    const talk = [[0, '0033612345678'], [3, '0033498765432'], [5, '0033155667788'], [12, '0033711223344']];
    for (const [i, other] of talk) {
        const parties = {calling: other, called: lines[i][0], dialed: i === 3 ? '0033800123456' : lines[i][0]};
        await server.ingest(event('start_ringing', lines[i][0], `talk-${i}`, parties), event('end_ringing', lines[i][0], `talk-${i}`, parties),
            event('start_calling', lines[i][0], `talk-${i}`, parties));
    }
    await new Promise(resolve => setTimeout(resolve, 4000));
    const out = {calling: lines[9][0], called: '0033687654321'};
    await server.ingest(event('start_ringing', lines[9][0], 'out', out), event('end_ringing', lines[9][0], 'out', out), event('start_calling', lines[9][0], 'out', out),
        event('start_hold', lines[5][0], 'talk-5', {calling: talk[2][1], called: lines[5][0]}));
    for (const [i, wait] of [6000, 5000, 2500, 0].entries()) {
        await server.ingest(queueEventOf(queues[i === 3 ? 1 : 0][0], 'member-queue-start', {Calling: caller(70 + i), QueueMemberUUID: `waits-${i}`}));
        await new Promise(resolve => setTimeout(resolve, wait / 3));
    }
    await server.ingest(queueEventOf(queues[0][0], 'agent-offering', {Calling: caller(70), QueueMemberUUID: 'waits-0', ...agents[6]}),
        queueEventOf(queues[0][0], 'bridge-agent-start', {Calling: caller(80), QueueMemberUUID: 'talks', ...agents[0]}),
        event('start_ringing', lines[6][0], 'ring', {calling: caller(70)}), event('start_ringing', '0033123456102', 'ring-2', {calling: '0033699887766'}));
}

const desk = {width: 1440, height: 900};
const phone = {width: 390, height: 844};
const wall = {width: 1920, height: 1080};
const shots = [
    ...['overview', 'queues', 'history', 'callbacks', 'webhooks', 'settings', 'help'].flatMap(screen => [
        {name: `${screen}-light-en`, screen, viewport: desk, locale: 'en-GB', colorScheme: 'light'},
        {name: `${screen}-dark-fr`, screen, viewport: desk, locale: 'fr-FR', colorScheme: 'dark'},
        {name: `${screen}-phone`, screen, viewport: phone, locale: 'en-GB', colorScheme: 'light'},
    ]),
    {name: 'login-light-en', screen: '', viewport: {width: 1000, height: 720}, locale: 'en-GB', colorScheme: 'light', token: null},
    {name: 'wallboard-light-en', screen: 'wallboard', viewport: wall, locale: 'en-GB', colorScheme: 'light', query: '?rotate=0&longest=5,60'},
    {name: 'wallboard-dark-fr', screen: 'wallboard', viewport: wall, locale: 'fr-FR', colorScheme: 'dark', query: `?queues=${queues[0][0]}&longest=3,9&waiting=2,8`},
    {name: 'wallboard-lost', screen: 'wallboard', viewport: wall, locale: 'en-GB', colorScheme: 'dark', query: '?rotate=0', lost: true},
    {name: 'pops-light-en', screen: 'overview', viewport: desk, locale: 'en-GB', colorScheme: 'light', pop: true},
    {name: 'link-lost-dark-en', screen: 'overview', viewport: desk, locale: 'en-GB', colorScheme: 'dark', lost: true},
];

async function shoot(browser, server, shot) {
    const {name, screen, viewport, query = '', token = server.token, lost = false, pop = false, ...options} = shot;
    const page = await Page.open(browser, server, {token: null, path: '/icon.svg', viewport, reducedMotion: 'reduce', ...options});
    await new HistoryDouble({lines, queues}).serve(page.context);
    if (pop) await page.tabNow.evaluate(url => localStorage.setItem('callboard.settings', JSON.stringify({callback: {moment: 'click', url}})), 'https://crm.example/?number=*CALLING*');
    await page.tab(`/#/${screen}${query}${token ? `${query ? '&' : '?'}token=${token}` : ''}`);
    if (token) await page.find(screen === 'wallboard' ? '.wall' : '[data-connection="live"]').waitFor();
    if (pop) {
        await server.ingest(event('start_ringing', lines[14][0], `pop-${Date.now()}`, {calling: '0033645678912'}), event('start_ringing', lines[15][0], `pop2-${Date.now()}`, {calling: '0033623456789'}));
        await page.find('.pop').nth(1).waitFor();
    }
    if (lost) {
        await page.context.setOffline(true);
        await page.find(screen === 'wallboard' ? '.wall-lost' : '.banner').waitFor();
    }
    await page.tabNow.waitForTimeout(screen === 'wallboard' ? 2500 : 700);
    const path = join(folder, `${name}.png`);
    await page.tabNow.screenshot({path});
    spawnSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', '128', path]);
    await page.context.close();
    console.log(`${name}.png ${Math.round((await stat(path)).size / 1024)} KB`);
}

const wanted = process.argv.slice(2);
await mkdir(folder, {recursive: true});
const browser = await launch();
const server = await Server.begin([...lines.map(([number, name]) => serviceOf(number, name, 'sipCirpack')), ...queues.slice(1).map(([number, name]) => serviceOf(number, name, 'cloudHunting'))].join(''));
try {
    await office(server);
    for (const shot of shots) if (wanted.length === 0 || wanted.some(part => shot.name.includes(part))) await shoot(browser, server, shot);
} finally {
    await browser.close();
    await server.end();
}
