// Chromium, and the page as its readers see it.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

// The tests' packages are those of the page.
const require = createRequire(new URL('../../web/package.json', import.meta.url));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export function launch() {
    const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
    return chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args});
}

export class Page {
    /** Opens `path` of `server`; with its token in the fragment unless told otherwise. */
    static async open(browser, server, {path = '/demo/cti', token = server.token, ...options} = {}) {
        const context = await browser.newContext({locale: 'en-GB', viewport: {width: 1280, height: 900}, ...options});
        context.setDefaultTimeout(30_000);
        const page = new Page();
        page.context = context;
        page.server = server;
        await page.tab(path + (token ? `#token=${token}` : ''));
        if (token) await page.connection('live');
        return page;
    }

    /** Another tab of the same reader. */
    async tab(path) {
        this.tabNow = await this.context.newPage();
        this.errors = [];
        this.addresses = [];
        this.tabNow.on('pageerror', error => this.errors.push(error));
        this.tabNow.on('request', request => this.addresses.push(request.url()));
        await this.tabNow.goto(this.server.url + path);
    }

    async close() {
        assert.deepEqual(this.errors, [], 'the page has no errors of its own');
        await this.context.close();
    }

    find(selector) {
        return this.tabNow.locator(selector);
    }

    /** Goes to a screen (`history`), and waits for what it has to show. */
    async go(screen, selector) {
        await this.tabNow.evaluate(to => (location.hash = `#/${to}`), screen);
        await this.find(selector).first().waitFor();
    }

    async text(selector) {
        return (await this.find(selector).innerText()).replace(/\s+/g, ' ').trim();
    }

    connection(state, ms = 30_000) {
        return this.find(`[data-connection="${state}"]`).waitFor({timeout: ms});
    }

    line(number, state) {
        return this.find(`li[data-line="${number}"][data-state="${state}"]`).waitFor();
    }

    /** Events of `line` in the journal, the oldest first. */
    async story(line) {
        return (await this.find(`.journal [data-event][data-line="${line}"]`).evaluateAll(rows => rows.map(row => row.dataset.event))).reverse();
    }

    /** Writes down every state that a line's card goes through, from now on. */
    watch(line) {
        return this.tabNow.evaluate(number => {
            const card = document.querySelector(`li[data-line="${number}"]`);
            const states = [card.dataset.state];
            (window.statesSeen ??= {})[number] = states;
            new MutationObserver(() => states.push(card.dataset.state)).observe(card, {attributeFilter: ['data-state']});
        }, line);
    }

    states(line) {
        return this.tabNow.evaluate(number => window.statesSeen[number], line);
    }

    /** Everything that is shown of lines and calls but durations, which go on. */
    board() {
        return this.tabNow.evaluate(() => {
            const still = element => element.innerText.replace(/(^|\s)(\d+:)+\d\d(?=\s|$)/g, ' ~').replace(/\s+/g, ' ').trim();
            const all = selector => [...document.querySelectorAll(selector)];
            return {
                lines: all('.cards li').map(card => [card.dataset.state, still(card)].join(' ')),
                calls: all('.calls [data-call]').map(row => [row.dataset.call, row.dataset.state, still(row)].join(' ')).sort(),
            };
        });
    }

    /** What axe-core finds wrong, in words. */
    async flaws() {
        await this.tabNow.evaluate(axe);
        const found = await this.tabNow.evaluate(() => window.axe.run(document, {resultTypes: ['violations']}));
        return found.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => `${node.html} ${node.failureSummary}`).join('; ')}`);
    }

    /** `1:02:03` or `0:07` of a cell, in seconds; null for a dash. */
    async seconds(selector) {
        const text = await this.text(selector);
        return text === '–' ? null : text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    }
}
