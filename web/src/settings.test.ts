import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {addressOfScreen, routeOf, screens} from './router';
import {SettingsPlace, endpointOf, readSettings} from './settings';
import {addressOfWall, alarmOf, readWall, usualWall, wallOfAddress} from './wall/wall';

describe('what was kept', () => {
    it('is read again as it was written, with everything off that was off', () => {
        const values = new Map<string, string>();
        const place = new SettingsPlace({getItem: name => values.get(name) ?? null, setItem: (name, value) => void values.set(name, value), removeItem: name => void values.delete(name)});
        const off = {...place.read(), onlyBusy: false, resetAtMidnight: false, shortcuts: false, language: 'fr' as const, endpoint: 'https://x.example'};
        place.write({...off, callback: {...off.callback, incoming: false, queues: false, moment: 'never'}});
        const read = place.read();
        assert.equal(read.onlyBusy, false);
        assert.equal(read.resetAtMidnight, false);
        assert.equal(read.shortcuts, false);
        assert.equal(read.callback.incoming, false);
        assert.equal(read.callback.queues, false);
        assert.equal(read.callback.moment, 'never');
        assert.equal(read.language, 'fr');
        assert.equal(read.endpoint, 'https://x.example');
    });
    for (const kept of [null, 7, [], 'false', {onlyBusy: 'false', theme: 'green', language: 'xx', callback: 'x', wall: null, palette: 1, endpoint: 'javascript:1'}])
        it(`is the usual when it is ${JSON.stringify(kept)}`, () => assert.deepEqual(readSettings(kept), readSettings({})));
    it('is the usual when it is damaged', () => {
        const place = new SettingsPlace({getItem: () => '{', setItem: () => undefined, removeItem: () => undefined});
        assert.deepEqual(place.read(), readSettings({}));
    });
});

describe('the address of a server', () => {
    for (const [text, endpoint] of [['https://x.example/', 'https://x.example'], [' http://x.example:8080/a/ ', 'http://x.example:8080/a'], ['', ''], ['x.example', ''],
        ['ftp://x.example', ''], ['https://u:p@x.example', '']] as const)
        it(`of ${text || 'nothing'} is ${endpoint || 'none'}`, () => assert.equal(endpointOf(text), endpoint));
});

describe('an address', () => {
    it('names a screen, and comes back from it', () => {
        for (const screen of screens) assert.equal(routeOf(addressOfScreen(screen, {queue: '1'})).screen, screen);
        assert.equal(routeOf('#/queues?queue=0033').parameters.get('queue'), '0033');
    });
    for (const other of ['', '#', '#/', '#/nothing', '#token=x', '#toString'])
        it(`${other || 'of nothing'} is the overview`, () => assert.equal(routeOf(other).screen, 'overview'));
});

describe('the wall', () => {
    it('turns amber, then red', () => {
        assert.equal(alarmOf(usualWall, 'waiting', 2), 'calm');
        assert.equal(alarmOf(usualWall, 'waiting', 3), 'amber');
        assert.equal(alarmOf(usualWall, 'waiting', 6), 'red');
        assert.equal(alarmOf(usualWall, 'level', 90), 'calm');
        assert.equal(alarmOf(usualWall, 'level', 89), 'amber');
        assert.equal(alarmOf(usualWall, 'level', 79.9), 'red');
        assert.equal(alarmOf(usualWall, 'free', 2), 'calm');
        assert.equal(alarmOf(usualWall, 'free', 1), 'amber');
        assert.equal(alarmOf(usualWall, 'free', 0), 'red');
        assert.equal(alarmOf(usualWall, 'free', null), 'calm');
        assert.equal(alarmOf(usualWall, 'answered', 0), 'calm');
    });
    it('is set by its address', () => {
        const wall = wallOfAddress(usualWall, new URLSearchParams('queues=1,2&figures=lost,free,level&rotate=3&waiting=1,2&longest=x,y'));
        assert.deepEqual(wall.queues, ['1', '2']);
        assert.deepEqual(wall.figures, ['lost', 'free', 'level']);
        assert.equal(wall.rotate, 5);
        assert.deepEqual(wall.thresholds.waiting, {amber: 1, red: 2});
        assert.deepEqual(wall.thresholds.longest, usualWall.thresholds.longest);
    });
    it('comes back from its own address', () => {
        const wall = readWall({figures: ['waiting', 'longest', 'lost', 'free'], queues: ['7'], rotate: 0, thresholds: {waiting: {amber: 4, red: 9}}});
        const address = addressOfWall(wall).split('?')[1];
        assert.deepEqual(wallOfAddress(usualWall, new URLSearchParams(address)), wall);
    });
    it('has three figures at least, six at most, each once', () => {
        assert.deepEqual(readWall({figures: ['lost', 'lost', 'free']}).figures, usualWall.figures);
        assert.equal(readWall({figures: [...usualWall.figures, ...usualWall.figures]}).figures.length, 6);
    });
});
