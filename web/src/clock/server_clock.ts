/**
 * The server's time, seen from here. Durations on the page are differences of server times: a wall computer whose
 * clock is wrong shows them right.
 *
 * Each answer that carries the server's time says that the offset lies within half a round trip of the middle. The
 * narrowest such statement is kept; one that contradicts it means that a clock was set, and then the new one holds.
 */
export class ServerClock {
    private offset = 0;
    private margin = Infinity;
    private taken = -Infinity;

    /** After this long (ms) even a wider statement is better, because clocks drift. */
    static readonly goodFor = 120_000;

    constructor(private readonly here: () => number = Date.now) {}

    /** The server said `time`, in answer to what was sent at `sent` and came back at `received`. All in ms. */
    learn(time: number, sent: number, received: number): void {
        const margin = Math.max(0, received - sent) / 2;
        const offset = time - (sent + margin);
        const contradicts = Math.abs(offset - this.offset) > margin + this.margin;
        if (margin > this.margin && !contradicts && received - this.taken < ServerClock.goodFor) return;
        this.offset = offset;
        this.margin = margin;
        this.taken = received;
    }

    /** ms since 1970, by the server's clock. */
    now(): number {
        return this.at(this.here());
    }

    /** What the server's clock shows when the one here shows `here`. */
    at(here: number): number {
        return here + this.offset;
    }
}
