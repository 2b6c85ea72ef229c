/** Days of the reader's own zone: the server has another, and a day is another time there. */

/** `2026-05-28`, as an `<input type="date">` has it. */
export function dayText(ms: number): string {
    const date = new Date(ms);
    return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/** When that day begins, `days` later, in RFC 3339; of 23 or 25 hours as well. Nothing when it is no day. */
export function dayBegins(day: string, days = 0): string | undefined {
    const [year, month, date] = day.split('-').map(Number);
    const begins = new Date(year ?? NaN, (month ?? NaN) - 1, (date ?? NaN) + days);
    return Number.isNaN(begins.getTime()) ? undefined : begins.toISOString();
}

/** Asks for the time from the first day to the last, both included; an empty text is no bound. */
export function setDays(query: URLSearchParams, first: string, last: string): void {
    const from = dayBegins(first);
    const to = dayBegins(last, 1);
    if (from) query.set('from', from);
    if (to) query.set('to', to);
}
