/** What a directory of contacts says of numbers. `empty`: it knows nobody at all. `pending`: will be known a little later. */
export interface NamesAnswer {
    names: Record<string, string>;
    empty: boolean;
    pending?: readonly string[];
}

/** How names are had and how time goes by. */
export interface NamesWorld {
    /** Names of at most `limits.batch` numbers. Null: this reader gets no names, now or later. Throws: it may work later. */
    ask(numbers: readonly string[]): Promise<NamesAnswer | null>;
    /** Whether the number is of one of our own lines or queues, which have descriptions. */
    isOurs(number: string): boolean;
    now(): number;
    later(work: () => void, ms: number): void;
}

export const limits = {
    batch: 100,
    kept: 10_000,
    /** ms: from one question to the next */
    pause: 1_000,
    /** ms: the first question waits for what is drawn at the same time */
    gather: 50,
    /** ms: until a name is asked for again */
    fresh: 600_000,
    /** a name that is always a little later is not asked for any more */
    tries: 5,
    /** ms: until an empty directory, or one that gave no answer, is asked again */
    rest: 60_000,
} as const;

const publicNumber = /^00\d{7,}$/;

/** Names of outside numbers, asked for when they are shown: in batches, at most once a second, and kept in memory alone. */
export class Names {
    private readonly kept = new Map<string, {name: string; asked: number}>();
    /** How often each has been asked for. */
    private readonly wanted = new Map<string, number>();
    private readonly watchers = new Set<() => void>();
    private restsUntil = 0;
    private nextAt = 0;
    private waits = false;
    private over = false;

    constructor(private readonly world: NamesWorld) {}

    /** Empty: nobody is known to have this number, or not yet. Watchers hear when that changes. */
    of(number: string): string {
        if (this.over || !publicNumber.test(number) || this.world.isOurs(number)) return '';
        const known = this.kept.get(number);
        if (!known || this.world.now() - known.asked > limits.fresh) this.want(number);
        return known?.name ?? '';
    }

    /** Returns what ends it. */
    watch(watcher: () => void): () => void {
        this.watchers.add(watcher);
        return () => {
            this.watchers.delete(watcher);
        };
    }

    private want(number: string): void {
        const now = this.world.now();
        if (now < this.restsUntil || this.wanted.size >= limits.kept) return;
        if (!this.wanted.has(number)) this.wanted.set(number, 0);
        this.plan(Math.max(limits.gather, this.nextAt - now));
    }

    private plan(ms: number): void {
        if (this.waits) return;
        this.waits = true;
        this.world.later(() => void this.ask(), ms);
    }

    private async ask(): Promise<void> {
        const numbers = [...this.wanted.keys()].slice(0, limits.batch);
        let answer: NamesAnswer | null;
        try {
            answer = await this.world.ask(numbers);
        } catch {
            answer = {names: {}, empty: true};
        }
        const now = this.world.now();
        this.waits = false;
        this.nextAt = now + limits.pause;
        if (answer === null || answer.empty) {
            this.wanted.clear();
            this.over = answer === null;
            this.restsUntil = now + limits.rest;
            return;
        }
        const pending = new Set(answer.pending);
        let changed = false;
        for (const number of numbers) {
            const tries = 1 + (this.wanted.get(number) ?? 0);
            this.wanted.delete(number);
            if (pending.has(number) && tries < limits.tries) {
                this.wanted.set(number, tries); // behind the others
                continue;
            }
            const name = answer.names[number] ?? '';
            changed ||= name !== (this.kept.get(number)?.name ?? '');
            this.kept.delete(number);
            this.kept.set(number, {name, asked: now});
        }
        for (const oldest of this.kept.keys()) {
            if (this.kept.size <= limits.kept) break;
            this.kept.delete(oldest);
        }
        if (this.wanted.size > 0) this.plan(limits.pause);
        if (changed) this.watchers.forEach(watcher => watcher());
    }
}

/** Knows nobody, and asks nobody. */
export const noNames = new Names({ask: async () => null, isOurs: () => true, now: () => 0, later: () => undefined});
