import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {type Message, MessageParser} from './message_parser';

function parse(...chunks: string[]): Message[] {
    const parser = new MessageParser();
    return chunks.flatMap(chunk => parser.push(chunk));
}

describe('messages of a stream', () => {
    const cases: [string, string, Message[]][] = [
        ['one message', 'id: 7\ndata: {"a":1}\n\n', [{event: 'message', data: '{"a":1}', id: '7'}]],
        ['no space after the colon', 'data:x\n\n', [{event: 'message', data: 'x', id: ''}]],
        ['only one space is taken away', 'data:  x\n\n', [{event: 'message', data: ' x', id: ''}]],
        ['a name', 'event: gap\ndata: y\n\n', [{event: 'gap', data: 'y', id: ''}]],
        ['several lines of data', 'data: a\ndata: b\ndata\n\n', [{event: 'message', data: 'a\nb\n', id: ''}]],
        ['comments are no messages', ': heartbeat\n\n:\n\n', []],
        ['a message without data is none', 'event: gap\nid: 3\n\n', []],
        ['an unknown field', 'retry: 10\nfoo: bar\ndata: z\n\n', [{event: 'message', data: 'z', id: ''}]],
        ['a message that has not ended', 'data: x\n', []],
        ['carriage returns', 'data: a\r\rdata: b\r\n\r\n',
            [{event: 'message', data: 'a', id: ''}, {event: 'message', data: 'b', id: ''}]],
        ['a byte order mark', '\uFEFFdata: a\n\n', [{event: 'message', data: 'a', id: ''}]],
        ['an id with a zero in it is ignored', 'id: a\0b\ndata: x\n\n', [{event: 'message', data: 'x', id: ''}]],
        ['a value with colons', 'data: {"a":"b:c"}\n\n', [{event: 'message', data: '{"a":"b:c"}', id: ''}]],
    ];
    for (const [name, text, expected] of cases) it(name, () => assert.deepEqual(parse(text), expected));

    it('keeps the last id and forgets the name', () => {
        assert.deepEqual(parse('id: 1\nevent: gap\ndata: a\n\ndata: b\n\n'), [
            {event: 'gap', data: 'a', id: '1'},
            {event: 'message', data: 'b', id: '1'},
        ]);
    });

    it('knows where to come back to only when a message is whole', () => {
        const parser = new MessageParser();
        parser.push('id: 1\ndata: a\n\nid: 2\ndata: b\n');
        assert.equal(parser.lastId, '1');
        parser.push('\n');
        assert.equal(parser.lastId, '2');
        assert.deepEqual(parser.push(':\nid: 3\n\n'), []);
        assert.equal(parser.lastId, '3', 'a heartbeat moves the place without a message');
    });

    it('gives the same wherever the network cuts', () => {
        for (const newline of ['\n', '\r\n', '\r']) {
            const text = ['id: c1', 'data: {"é":1}', '', ': beat', '', 'id: c2', 'event: end', 'data: x', 'data: y', '', '']
                .join(newline);
            const whole = parse(text);
            assert.equal(whole.length, 2);
            for (let first = 0; first <= text.length; first++)
                for (let second = first; second <= text.length; second++)
                    assert.deepEqual(parse(text.slice(0, first), text.slice(first, second), text.slice(second)), whole);
        }
    });

    it('refuses a line without end', () => {
        const parser = new MessageParser();
        parser.push('data: ');
        assert.throws(() => parser.push('x'.repeat(MessageParser.mostCharacters)), /too long/);
    });

    it('refuses a message without end', () => {
        const parser = new MessageParser();
        assert.throws(() => parser.push('data: x\n'.repeat(10_001)), /too many lines/);
    });
});
