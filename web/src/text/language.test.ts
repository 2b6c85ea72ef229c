import assert from 'node:assert/strict';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {type Key, en} from './en';
import {chosenLanguage, filled, languages, wordingOf} from './language';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(match => match[0]).sort();

describe('every language', () => {
    for (const [name, {texts}] of Object.entries(languages)) {
        it(`${name} says everything, and nothing more`, () =>
            assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort()));
        for (const key of Object.keys(en) as Key[])
            it(`${name} has a text with the same values for ${key}`, () => {
                assert.notEqual(texts[key].trim(), '');
                assert.deepEqual(placeholders(texts[key]), placeholders(en[key]));
            });
    }

    it('French is not English', () => {
        const alike = (Object.keys(en) as Key[]).filter(key => languages.fr.texts[key] === en[key]);
        assert.deepEqual(alike, [
            'page.title', 'nav.webhooks', 'login.token', 'queue.easy', 'queue.expert', 'queues.position', 'queues.agents', 'queueJournal.time',
            'queueJournal.agent', 'wall.amber', 'unit.seconds', 'unit.percent', 'unit.number', 'sources.title', 'journal.time', 'history.column.time',
            'webhooks.title', 'deliveries.time', 'callback.popup', 'help.useName',
        ]);
    });

    it('has no text that the page never says', () => {
        const folder = join(process.env['CALLBOARD_PAGE'] ?? '.', 'src');
        const sources = (readdirSync(folder, {recursive: true}) as string[])
            .filter(path => /\.tsx?$/.test(path) && !/text.(en|fr)\.ts$|\.test\./.test(path))
            .map(path => readFileSync(join(folder, path), 'utf8')).join('\n');
        const made = /^(agent|callback|callbacks|deliveries|direction|event|history\.column|journal|legend|nav|outcomes?|palette|past|queueJournal|state|theme|wall|webhooks)\./;
        const unsaid = Object.keys(en).filter(key => !made.test(key) && !sources.includes(`'${key}'`));
        assert.deepEqual(unsaid, []);
    });
});

describe('the language', () => {
    const cases: [string[], string][] = [
        [['fr-FR', 'en'], 'fr'], [['fr'], 'fr'], [['FR-ca'], 'fr'], [['en-GB', 'fr'], 'en'], [['de-DE', 'fr-CH'], 'fr'],
        [['de'], 'en'], [[], 'en'], [['toString'], 'en'], [['fro'], 'en'],
    ];
    for (const [wanted, language] of cases)
        it(`for ${wanted.join(', ') || 'nothing'} is ${language}`, () => assert.equal(chosenLanguage(wanted), language));
});

describe('a text', () => {
    it('is filled with values', () => {
        assert.equal(filled('{n} of {most}', {n: 0, most: 2}), '0 of 2');
        assert.equal(filled('{n} {absent}', {n: 1}), '1 {absent}');
        assert.equal(filled('{a}', {a: '{b}', b: 'x'}), '{b}');
    });
    it('names events, known and new', () => {
        assert.equal(wordingOf('en').event('start_calling'), 'Answered');
        assert.equal(wordingOf('fr').event('start_calling'), 'Décroché');
        assert.equal(wordingOf('fr').event('something-new'), 'something-new');
        assert.equal(wordingOf('fr').event('toString'), 'toString');
    });
    it('gives the time of day, and the day when it is another', () => {
        const noon = new Date(2026, 4, 28, 12, 3, 4).getTime();
        assert.equal(wordingOf('en').time(noon, noon + 1000), '12:03:04');
        assert.equal(wordingOf('fr').time(noon, noon + 1000), '12:03:04');
        assert.match(wordingOf('fr').time(noon, noon + 86_400_000), /^28 mai 12:03:04$/);
        assert.match(wordingOf('en').time(noon, noon + 86_400_000), /^May 28 12:03:04$/);
    });
    it('gives shares', () => assert.equal(wordingOf('en').percent(0.876), '88%'));
});
