import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {sameProperties} from './memo';

const call = {id: 1};

describe('properties', () => {
    const cases: [name: string, a: object, b: object, same: boolean][] = [
        ['the same values', {line: call, n: 1}, {line: call, n: 1}, true],
        ['another value', {n: 1}, {n: 2}, false],
        ['an equal object that is another', {line: call}, {line: {id: 1}}, false],
        ['a list of the same values', {calls: [call]}, {calls: [call]}, true],
        ['a list of others', {calls: [call]}, {calls: [{id: 1}]}, false],
        ['a longer list', {calls: [call]}, {calls: [call, call]}, false],
        ['a shorter list', {calls: [call, call]}, {calls: [call]}, false],
        ['one less', {n: 1, m: undefined}, {n: 1}, false],
        ['one more', {n: 1}, {n: 1, m: undefined}, false],
        ['another one', {n: 1, m: undefined}, {n: 1, k: undefined}, false],
        ['none', {}, {}, true],
    ];
    for (const [name, a, b, expected] of cases)
        it(`${name} ${expected ? 'draw the same' : 'draw anew'}`, () => assert.equal(sameProperties(a, b), expected));
});
