import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {matches} from './matches';

describe('a search', () => {
    const texts = ['Chloé Durand', '0033123456104', 'En appel'];
    const cases: [wanted: string, found: boolean][] = [
        ['', true], ['  ', true], ['chloe', true], ['CHLOÉ', true], ['durand chloé', true], ['456104', true], ['appel durand', true],
        ['durant', false], ['chloé libre', false], ['.*', false],
    ];
    for (const [wanted, found] of cases)
        it(`for ${JSON.stringify(wanted)} ${found ? 'finds' : 'does not find'}`, () => assert.equal(matches(wanted, ...texts), found));
});
