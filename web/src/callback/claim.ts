import type {Store} from '../store';

/** Decides between the tabs of one browser: for each name exactly one of them is told that it is its own. */
export interface Claims {
    take(name: string): Promise<boolean>;
}

/** ms */
const held = 120_000;

/** By the browser's locks: whoever asks second is told so at once. A lock is kept for two minutes, or until its tab is closed. */
export class LockClaims implements Claims {
    constructor(private readonly locks: LockManager, private readonly keep = held) {}

    take(name: string): Promise<boolean> {
        return new Promise(resolve => {
            void this.locks.request(`callboard.pop.${name}`, {ifAvailable: true}, lock => {
                resolve(lock !== null);
                return lock === null ? undefined : new Promise(end => setTimeout(end, this.keep));
            }).catch(() => resolve(true));
        });
    }
}

/**
 * Where a page came without TLS, browsers give no locks: each tab writes its own name where nobody wrote, and looks
 * after a moment whose name stayed.
 */
export class StoreClaims implements Claims {
    private readonly me = Math.random().toString(36).slice(2);

    constructor(private readonly store: Store, private readonly now: () => number = Date.now, private readonly settle = 80) {}

    async take(name: string): Promise<boolean> {
        const claims = this.read().filter(([, , at]) => this.now() - at < held);
        if (claims.some(([claimed]) => claimed === name)) return false;
        this.store.setItem('callboard.pops', JSON.stringify([...claims.slice(-100), [name, this.me, this.now()]]));
        await new Promise(resolve => setTimeout(resolve, this.settle));
        const mine = this.read().find(([claimed]) => claimed === name);
        return mine === undefined || mine[1] === this.me;
    }

    private read(): [string, string, number][] {
        try {
            const kept: unknown = JSON.parse(this.store.getItem('callboard.pops') ?? '[]');
            return Array.isArray(kept) ? kept.filter(one => Array.isArray(one) && one.length === 3) : [];
        } catch {
            return [];
        }
    }
}

/** Both: a lock ends with its tab, what is written outlives a reload. */
export function claimsOf(store: Store, locks: LockManager | undefined, keep = held): Claims {
    if (!locks) return new StoreClaims(store);
    const first = new LockClaims(locks, keep);
    const second = new StoreClaims(store, Date.now, 0);
    return {take: async name => (await first.take(name)) && second.take(name)};
}
