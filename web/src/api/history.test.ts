import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {CsvRows} from './csv_rows';
import {History, HistoryError} from './history';

const csv = 'id,name\r\n1,"Dupont, ""Jean""\r\nof ACME"\r\n2,\r\n3,x\r\n';
const bytes = new TextEncoder().encode(csv);

describe('rows of CSV', () => {
    it('are counted wherever it is cut', () => {
        for (let cut = 0; cut <= bytes.length; cut++) {
            const rows = new CsvRows();
            rows.feed(bytes.subarray(0, cut));
            rows.feed(bytes.subarray(cut));
            assert.equal(rows.rows, 3, `cut at ${cut}`);
        }
        assert.equal(new CsvRows().rows, 0);
    });
});

/** An answer whose body comes in pieces of that many bytes. */
function answering(piece: number, headers: Record<string, string>, fail = false): typeof fetch {
    return (() => {
        let at = 0;
        const body = new ReadableStream<Uint8Array>({
            pull(into) {
                if (at < bytes.length) into.enqueue(bytes.subarray(at, (at += piece)));
                else if (fail) into.error(new TypeError('cut'));
                else into.close();
            },
        });
        return Promise.resolve(new Response(body, {headers}));
    }) as typeof fetch;
}

describe('an export', () => {
    it('tells how far it has come', async () => {
        const told: [number, number | null][] = [];
        const file = await new History('T', '', answering(17, {'Callboard-Rows': '3'})).csv(new URLSearchParams(), (rows, all) => told.push([rows, all]));
        assert.equal(await file.text(), csv);
        assert.deepEqual(told.at(-1), [3, 3]);
        assert.ok(told.length > 2, 'and on the way');
        assert.deepEqual(told.map(([rows]) => rows), told.map(([rows]) => rows).sort(), 'it never goes back');
    });

    it('does without a server that counts', async () => {
        const told: (number | null)[] = [];
        const file = await new History('T', '', answering(1_000, {})).csv(new URLSearchParams(), (_, all) => told.push(all));
        assert.equal(await file.text(), csv);
        assert.deepEqual([...new Set(told)], [null]);
    });

    it('that breaks off is no file', async () => {
        await assert.rejects(new History('T', '', answering(10, {'Callboard-Rows': '9'}, true)).csv(new URLSearchParams()), HistoryError);
    });
});
