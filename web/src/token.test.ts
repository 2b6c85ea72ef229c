import assert from 'node:assert/strict';
import {beforeEach, describe, it} from 'node:test';
import {type Store, storeOf} from './store';
import {TokenPlace, tokenOfFragment} from './token';

class Memory implements Store {
    values = new Map<string, string>();
    getItem(name: string): string | null { return this.values.get(name) ?? null; }
    setItem(name: string, value: string): void { this.values.set(name, value); }
    removeItem(name: string): void { this.values.delete(name); }
}

const forbidden: Store = {
    getItem() { throw new Error('forbidden'); },
    setItem() { throw new Error('forbidden'); },
    removeItem() { throw new Error('forbidden'); },
};

describe('a token in the address', () => {
    const cases: [string, string | null, string?][] = [
        ['#token=ABC-1', 'ABC-1', ''], ['token=ABC', 'ABC', ''], ['#a=1&token=ABC', 'ABC', ''], ['#token=A%2BB', 'A+B', ''],
        ['#token=', null], ['#token=%20', null], ['#lines', null], ['', null], ['#/queues', null],
        ['#/wallboard?token=ABC', 'ABC', '#/wallboard'], ['#/?token=ABC', 'ABC', '#/'],
        ['#/wallboard?queues=1,2&token=ABC&waiting=3,6', 'ABC', '#/wallboard?queues=1,2&waiting=3,6'],
    ];
    for (const [fragment, token, rest] of cases)
        it(`of ${fragment || 'nothing'} is ${token}`, () =>
            assert.deepEqual(tokenOfFragment(fragment), token === null ? null : {token, rest}));
});

describe('a kept token', () => {
    let tab: Memory, computer: Memory, place: TokenPlace;
    beforeEach(() => {
        tab = new Memory();
        computer = new Memory();
        place = new TokenPlace(tab, computer);
    });

    it('is gone with the tab', () => {
        place.keep('T', false);
        assert.equal(place.kept(), 'T');
        assert.equal(new TokenPlace(new Memory(), computer).kept(), null);
    });
    it('stays on the computer when asked', () => {
        place.keep('T', true);
        assert.equal(new TokenPlace(new Memory(), computer).kept(), 'T');
    });
    it('stays when the same one is used again', () => {
        place.keep('T', true);
        place.keep('T', false);
        assert.equal(new TokenPlace(new Memory(), computer).kept(), 'T');
    });
    it('makes room for another', () => {
        place.keep('T', true);
        place.keep('U', false);
        assert.equal(place.kept(), 'U');
        assert.equal(computer.values.size, 0);
    });
    it('is forgotten everywhere', () => {
        place.keep('T', true);
        place.forget();
        assert.equal(place.kept(), null);
        assert.equal(tab.values.size + computer.values.size, 0);
    });
    it('is of this page alone where nothing may be kept', () => {
        const none = new TokenPlace(storeOf(() => forbidden), storeOf(() => { throw new Error('forbidden'); }));
        none.keep('T', true);
        none.forget();
        assert.equal(none.kept(), null);
    });
});
