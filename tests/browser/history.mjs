// A double of the server's history, statistics, callers to be called back and webhooks: answers in the shape of the
// real ones, from data made here. Where a test is about the page and not about the server, this stands in for it.

const ns = ms => Math.round(ms) * 1e6;

/** The same pseudo-random numbers each time. */
function numbers(seed) {
    return below => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % below;
    };
}

export class HistoryDouble {
    /** `place`: {lines, queues} as `[number, name]`; `now`: ms. */
    constructor(place, now = Date.now()) {
        this.asked = [];
        const any = numbers(20_260_528);
        const begin = new Date(now).setHours(8, 0, 0, 0);
        this.calls = Array.from({length: 260}, (_, i) => {
            const queue = i % 3 !== 0;
            const [line] = place.lines[any(place.lines.length)];
            const outcome = ['answered', 'answered', 'answered', 'answered', queue ? 'abandoned' : 'missed', 'answered', 'answered', queue ? 'no_agent' : 'busy'][any(8)];
            const started = begin + (259 - i) * 130_000 + any(60_000);
            const waited = 3 + any(55);
            const answered = outcome === 'answered';
            const talked = answered ? 20 + any(400) : 0;
            const out = !queue && any(3) === 0;
            const other = `00336${String(10_000_000 + any(89_999_999))}`;
            const number = queue ? place.queues[any(place.queues.length)][0] : line;
            return {
                id: `call-${i}`, kind: queue ? 'queue' : 'call', account: 'ba-demo', call_id: `id-${i}`, line: queue ? null : line, direction: out ? 'out' : 'in',
                calling: out ? number : other, called: out ? other : number, dialed: out ? other : number, started: ns(started), rang: ns(started + 500),
                answered: answered ? ns(started + waited * 1000) : null, ended: ns(started + (waited + talked) * 1000), waited_s: waited, talked_s: talked,
                queue: queue ? number : null, agent: queue && answered ? line : null, outcome, cause: '', parent: null, name: null,
            };
        });
        this.callbacks = this.calls.filter(call => call.direction === 'in' && ['abandoned', 'missed'].includes(call.outcome)).slice(0, 14).map((call, i) => ({
            id: `missed-${i}`, number: call.calling, line: call.line, queue: call.queue, first: call.started - ns(i * 400_000), last: call.started, attempts: 1 + (i % 4 === 1 ? 2 : 0),
            longest_wait_s: call.waited_s, done: i === 3 ? {at: call.ended, by: 'Alice'} : null,
        }));
        this.webhooks = [
            {id: 'w1', name: 'crm', account: 'ba-demo', service: null, events: ['start_ringing', 'member-queue-start'], url: 'https://crm.example/call?from=*CALLING*',
                method: 'POST', state: 'active', waiting: 0, failing_since: null, last_error: null, configured: true},
            {id: 'w2', name: 'tickets', account: null, service: place.queues[0][0], events: ['member-queue-end'], url: 'https://tickets.example/hook', method: 'POST',
                state: 'active', waiting: 12, failing_since: ns(now - 300_000), last_error: '503 Service Unavailable', configured: false},
        ];
        this.deliveries = Array.from({length: 8}, (_, i) => ({
            id: `d${i}`, sequence: 900 - i, event: i % 2 ? 'start_ringing' : 'member-queue-start', attempt: 1 + (i === 2 ? 3 : 0), at: ns(now - i * 47_000),
            request: 'POST https://crm.example/call', status: i === 2 ? 503 : 200, answer: i === 2 ? 'try later' : '{"ok":true}', error: null, duration_ms: 31 + i * 7,
            result: i === 2 ? 'retrying' : 'delivered',
        }));
    }

    /** Stands in for the server in all tabs of `context`. */
    async serve(context) {
        await context.route(/\/api\/(calls|statistics|callbacks|webhooks)/, route => {
            const request = route.request();
            const url = new URL(request.url());
            this.asked.push({method: request.method(), path: url.pathname, query: url.searchParams, body: request.postData(), authorization: request.headers()['authorization']});
            const answer = this.answer(request.method(), url.pathname, url.searchParams, request.postDataJSON.bind(request));
            if (typeof answer === 'string') return route.fulfill({contentType: 'text/csv', body: answer});
            return answer ? route.fulfill({json: answer}) : route.fulfill({status: 404, json: {message: 'no such thing'}});
        });
    }

    answer(method, path, query, body) {
        const [, , name, id, what, delivery] = path.split('/');
        if (name === 'calls') return this.page(query);
        if (name === 'calls.csv') return `id,calling,outcome\n${this.found(query).map(call => [call.id, call.calling, call.outcome].join(',')).join('\n')}\n`;
        if (name === 'statistics') return this.statistics();
        if (name === 'callbacks' && !id) return {callbacks: this.callbacks};
        if (name === 'callbacks') {
            const entry = this.callbacks.find(one => one.id === id);
            if (!entry) return null;
            entry.done = method === 'DELETE' ? null : {at: ns(Date.now()), by: body().by};
            return entry;
        }
        if (!id && method === 'POST') {
            const {secret: _, ...hook} = body();
            this.webhooks.push({id: `w${this.webhooks.length + 1}`, account: null, state: 'active', waiting: 0, failing_since: null, last_error: null, configured: false, ...hook});
            return this.webhooks.at(-1);
        }
        if (!id) return {webhooks: this.webhooks};
        if (method === 'DELETE') {
            this.webhooks = this.webhooks.filter(hook => hook.id !== id);
            return {};
        }
        if (what === 'deliveries' && !delivery) return {deliveries: this.deliveries, next: null};
        return {...this.deliveries[0]};
    }

    found(query) {
        const outcomes = query.get('outcome')?.split(',');
        const digits = query.get('number')?.replace(/\D/g, '').replace(/^(0033|33|0)/, '');
        return this.calls.filter(call => (!outcomes || outcomes.includes(call.outcome)) && (!digits || call.calling.includes(digits) || call.called.includes(digits)) &&
            (!query.get('queue') || call.queue === query.get('queue')) && (!query.get('line') || call.line === query.get('line')) &&
            (!query.get('direction') || call.direction === query.get('direction')));
    }

    page(query) {
        const all = this.found(query);
        const from = Number(query.get('after') ?? 0);
        const to = from + Number(query.get('limit') ?? 100);
        return {calls: all.slice(from, to), next: to < all.length ? String(to) : null};
    }

    statistics() {
        const hours = new Map();
        for (const call of this.calls.filter(one => one.kind === 'queue')) {
            const start = new Date(call.started / 1e6).setMinutes(0, 0, 0);
            const row = hours.get(start) ?? {key: call.queue, start: ns(start), end: ns(start + 3_600_000), offered: 0, answered: 0, lost: 0, inTime: 0, waited: 0,
                longest_wait_s: 0, talked: 0};
            row.offered++;
            if (call.answered === null) row.lost++;
            else {
                row.answered++;
                row.inTime += call.waited_s <= 20 ? 1 : 0;
                row.waited += call.waited_s;
                row.talked += call.talked_s;
                row.longest_wait_s = Math.max(row.longest_wait_s, call.waited_s);
            }
            hours.set(start, row);
        }
        const rows = [...hours.values()].sort((a, b) => a.start - b.start).map(({inTime, waited, talked, ...row}) => ({
            ...row, service_level: row.answered ? inTime / row.answered : null, average_wait_s: row.answered ? waited / row.answered : 0,
            average_talk_s: row.answered ? talked / row.answered : 0, talk_s: talked, busiest: null, occupancy: null,
        }));
        return {by: 'queue', interval: 'hour', from: rows[0].start, to: rows.at(-1).end, threshold_s: 20, time_zone: 'Europe/Paris', rows};
    }
}
