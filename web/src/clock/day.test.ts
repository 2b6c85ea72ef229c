import assert from 'node:assert/strict';
import {afterEach, describe, it} from 'node:test';
import {dayBegins, dayText, setDays} from './day';

const zone = process.env['TZ'];

function inZone(name: string): void {
    process.env['TZ'] = name;
}

describe('days', () => {
    afterEach(() => {
        if (zone === undefined) delete process.env['TZ'];
        else process.env['TZ'] = zone;
    });

    it('are those of the reader', () => {
        const late = Date.parse('2026-11-27T23:30:00Z');
        inZone('UTC');
        assert.equal(dayText(late), '2026-11-27');
        assert.equal(dayBegins('2026-11-27'), '2026-11-27T00:00:00.000Z');
        inZone('Europe/Paris');
        assert.equal(dayText(late), '2026-11-28');
        assert.equal(dayBegins('2026-11-28'), '2026-11-27T23:00:00.000Z');
    });

    it('may have 23 or 25 hours', () => {
        inZone('Europe/Paris');
        const hours = (day: string) => (Date.parse(dayBegins(day, 1)!) - Date.parse(dayBegins(day)!)) / 3_600_000;
        assert.equal(hours('2026-03-29'), 23);
        assert.equal(hours('2026-10-25'), 25);
        assert.equal(hours('2026-12-31'), 24);
        assert.equal(dayBegins('2026-12-31', 1), '2026-12-31T23:00:00.000Z');
    });

    it('are asked for whole, and not at all when they are empty', () => {
        inZone('America/New_York');
        const query = new URLSearchParams();
        setDays(query, '2026-11-01', '2026-11-01');
        assert.equal(query.get('from'), '2026-11-01T04:00:00.000Z');
        assert.equal(query.get('to'), '2026-11-02T05:00:00.000Z');
        const open = new URLSearchParams();
        setDays(open, '', '2026-1');
        assert.equal(open.toString(), '');
    });
});
