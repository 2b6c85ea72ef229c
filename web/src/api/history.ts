import type {NamesAnswer} from '../names';
import {isObject} from '../values';
import {CsvRows} from './csv_rows';

/** A call that is over or in progress, as the history keeps it. Times are ns since 1970, durations s. */
export interface PastCall {
    id: string;
    kind: 'call' | 'queue';
    call_id: string;
    line: string | null;
    direction: 'in' | 'out';
    calling: string;
    called: string;
    dialed: string;
    started: number;
    answered: number | null;
    ended: number | null;
    waited_s: number;
    talked_s: number;
    queue: string | null;
    agent: string | null;
    outcome: PastOutcome;
    cause: string;
    name: string | null;
}

export const pastOutcomes = [
    'answered', 'missed', 'busy', 'rejected', 'abandoned', 'no_agent', 'transferred', 'failed', 'in_progress', 'unknown',
] as const;
export type PastOutcome = (typeof pastOutcomes)[number];

export interface StatisticsRow {
    key: string;
    start: number;
    end: number;
    offered: number;
    answered: number;
    lost: number;
    service_level: number | null;
    average_wait_s: number;
    longest_wait_s: number;
    average_talk_s: number;
}

export interface StatisticsAnswer {
    rows: StatisticsRow[];
    /** s, of the service level */
    threshold: number;
    /** The period, s since 1970. */
    from: number;
    to: number;
}

export interface MissedCaller {
    id: string;
    number: string;
    line: string | null;
    queue: string | null;
    first: number;
    last: number;
    attempts: number;
    longest_wait_s: number;
    done: {at: number; by: string} | null;
}

export interface Webhook {
    id: string;
    name: string;
    account: string | null;
    service: string | null;
    events: string[];
    url: string;
    method: 'GET' | 'POST';
    state: 'active' | 'paused' | 'stopped';
    waiting: number;
    failing_since: number | null;
    last_error: string | null;
    configured: boolean;
}

export interface WebhookDelivery {
    id: string;
    sequence: number;
    event: string;
    attempt: number;
    at: number;
    request: string;
    status: number | null;
    answer: string;
    error: string | null;
    duration_ms: number;
    result: 'delivered' | 'retrying' | 'failed' | 'gone';
}

/** Why something could not be had. `absent`: this server does not have it at all. */
export class HistoryError extends Error {
    constructor(readonly kind: 'absent' | 'refused' | 'failed', message: string) {
        super(message);
    }
}

const patience = 20_000;

/** The server's history, statistics and webhooks. The token travels in a header alone. */
export class History {
    constructor(private readonly token: string, private readonly base = '', private readonly ask: typeof fetch = (input, init) => fetch(input, init)) {}

    async calls(filter: URLSearchParams, signal?: AbortSignal): Promise<{calls: PastCall[]; next: string | null}> {
        const answer = await this.json('GET', `/api/calls?${filter}`, undefined, signal);
        return {calls: listOf<PastCall>(answer, 'calls'), next: typeof answer['next'] === 'string' ? answer['next'] : null};
    }

    /** The calls as a file. `told`: how many have come, of how many; null, when the server does not say. */
    async csv(filter: URLSearchParams, told: (rows: number, all: number | null) => void = () => undefined): Promise<Blob> {
        const answer = await this.request('GET', `/api/calls.csv?${filter}`);
        const all = answer.headers.get('Callboard-Rows');
        const rows = new CsvRows();
        const parts: Uint8Array<ArrayBuffer>[] = [];
        try {
            for (const reader = answer.body!.getReader(); ;) {
                const {done, value} = await reader.read();
                if (done) return new Blob(parts, {type: 'text/csv'});
                parts.push(value);
                rows.feed(value);
                told(rows.rows, all === null ? null : Number(all));
            }
        } catch (error) {
            throw new HistoryError('failed', error instanceof Error ? error.message : String(error));
        }
    }

    async statistics(query: URLSearchParams, signal?: AbortSignal): Promise<StatisticsAnswer> {
        const answer = await this.json('GET', `/api/statistics?${query}`, undefined, signal);
        return {
            rows: listOf<StatisticsRow>(answer, 'rows'), threshold: Number(answer['threshold_s']) || 20,
            from: (Number(answer['from']) || 0) / 1e9, to: (Number(answer['to']) || 0) / 1e9,
        };
    }

    async callbacks(query: URLSearchParams, signal?: AbortSignal): Promise<MissedCaller[]> {
        return listOf<MissedCaller>(await this.json('GET', `/api/callbacks?${query}`, undefined, signal), 'callbacks');
    }

    /** Null: there are none for this token, or no such server. */
    async names(numbers: readonly string[]): Promise<NamesAnswer | null> {
        try {
            const answer = await this.json('GET', `/api/contacts?number=${numbers.map(encodeURIComponent).join(',')}`);
            const {names, pending} = answer;
            return {
                names: isObject(names) ? (names as Record<string, string>) : {},
                empty: answer['empty'] === true,
                pending: Array.isArray(pending) ? (pending as string[]) : [],
            };
        } catch (error) {
            if (error instanceof HistoryError && error.kind !== 'failed') return null;
            throw error;
        }
    }

    async done(id: string, by: string): Promise<void> {
        await this.request('POST', `/api/callbacks/${encodeURIComponent(id)}/done`, {by});
    }

    async undone(id: string): Promise<void> {
        await this.request('DELETE', `/api/callbacks/${encodeURIComponent(id)}/done`);
    }

    async webhooks(signal?: AbortSignal): Promise<Webhook[]> {
        return listOf<Webhook>(await this.json('GET', '/api/webhooks', undefined, signal), 'webhooks');
    }

    async addWebhook(webhook: Record<string, unknown>): Promise<void> {
        await this.request('POST', '/api/webhooks', webhook);
    }

    async removeWebhook(id: string): Promise<void> {
        await this.request('DELETE', `/api/webhooks/${encodeURIComponent(id)}`);
    }

    async tellWebhook(id: string, what: 'test' | 'resume'): Promise<void> {
        await this.request('POST', `/api/webhooks/${encodeURIComponent(id)}/${what}`);
    }

    async deliveries(id: string, signal?: AbortSignal): Promise<WebhookDelivery[]> {
        return listOf<WebhookDelivery>(await this.json('GET', `/api/webhooks/${encodeURIComponent(id)}/deliveries?limit=50`, undefined, signal), 'deliveries');
    }

    async replay(id: string, delivery: string): Promise<void> {
        await this.request('POST', `/api/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(delivery)}/replay`);
    }

    private async json(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Record<string, unknown>> {
        const value: unknown = await (await this.request(method, path, body, signal)).json();
        if (!isObject(value)) throw new HistoryError('failed', 'the answer cannot be read');
        return value;
    }

    private async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
        const late = new AbortController();
        const timer = setTimeout(() => late.abort(), patience);
        signal?.addEventListener('abort', () => late.abort());
        try {
            const answer = await this.ask(this.base + path, {
                method,
                headers: {Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : {'Content-Type': 'application/json'})},
                ...(body === undefined ? {} : {body: JSON.stringify(body)}),
                cache: 'no-store', credentials: 'omit', signal: late.signal,
            });
            if (answer.ok) return answer;
            const said = messageOf(await answer.text());
            // A list that is not there means a server that does not have it; an entry that is not there has gone.
            if (method === 'GET' && (answer.status === 404 || answer.status === 405 || answer.status === 501)) throw new HistoryError('absent', said);
            throw new HistoryError(answer.status === 401 || answer.status === 403 ? 'refused' : 'failed', said || String(answer.status));
        } catch (error) {
            throw error instanceof HistoryError ? error : new HistoryError('failed', error instanceof Error ? error.message : String(error));
        } finally {
            clearTimeout(timer);
        }
    }
}

function listOf<T>(answer: Record<string, unknown>, name: string): T[] {
    return Array.isArray(answer[name]) ? (answer[name] as T[]) : [];
}

/** `{"message":"…"}` or `{"error":"…"}`, or nothing. */
function messageOf(text: string): string {
    try {
        const value: unknown = JSON.parse(text);
        if (isObject(value)) return String(value['message'] ?? value['error'] ?? value['Message'] ?? '');
    } catch {
        // No JSON: a page of a proxy is not shown.
    }
    return '';
}
