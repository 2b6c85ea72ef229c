import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {milliseconds, parseEvent, parseSnapshot, textOf} from './contract';

describe('an event', () => {
    it('is read with what it says', () => {
        const event = parseEvent(
            '{"event":"start_ringing","token":"T","service":"sip","ressource":"0033972000001",' +
                '"timestamp":1780000000255954700,"date":"…","data":{"Calling":"0033612345678"},"details":{"Type":"sipCirpack"}}',
        );
        assert.ok(event);
        assert.equal(event.event, 'start_ringing');
        assert.equal(event.ressource, '0033972000001');
        assert.equal(textOf(event.data, 'Calling'), '0033612345678');
        assert.equal(textOf(event.details, 'Type'), 'sipCirpack');
        assert.ok(!('token' in event), 'the token is a secret and goes no further');
        assert.ok(Math.abs(milliseconds(event.timestamp) - 1780000000255.9547) < 0.001);
    });

    it('may have no data and no details', () => {
        const event = parseEvent('{"event":"x","ressource":"1","timestamp":1,"data":null,"details":[]}');
        assert.deepEqual(event, {event: 'x', service: '', ressource: '1', timestamp: 1, data: {}, details: {}});
    });

    for (const text of ['', 'null', '[]', '"x"', '{"event":"x"', '{"event":1,"ressource":"1","timestamp":1}',
        '{"event":"x","timestamp":1}', '{"event":"x","ressource":"1","timestamp":"1"}'])
        it(`is not ${text || 'nothing'}`, () => assert.equal(parseEvent(text), null));
});

describe('a snapshot', () => {
    it('has empty lists for those that are absent', () => {
        assert.deepEqual(parseSnapshot({cursor: 'c', time: 5, lines: [], calls: null}),
            {cursor: 'c', time: 5, lines: [], calls: [], queues: [], sources: []});
    });
    for (const value of [null, [], 'x', {}, {cursor: 'c'}, {time: 1}, {cursor: 1, time: 1}])
        it(`is not ${JSON.stringify(value)}`, () => assert.equal(parseSnapshot(value), null));
});

describe('a text member', () => {
    it('is empty when absent or no text', () => {
        assert.equal(textOf({}, 'a'), '');
        assert.equal(textOf({a: 1}, 'a'), '');
        assert.equal(textOf({a: 'b'}, 'a'), 'b');
    });
});
