/** What a heart needs of the world. */
export interface HeartWorld {
    fetch: typeof fetch;
    now(): number;
}

export const rhythm = {
    /** ms between two looks; after as much silence the server is asked whether it is there. */
    beat: 1_000,
    /** What an answer may take: beat + answer is less than the 3 s within which a lost link is to show. */
    answer: 1_600,
    /** Between two questions about sources. */
    sources: 4_000,
};

/**
 * Finds out that the server cannot be reached any more. A stream alone does not tell: of a cable that was pulled its
 * reader hears nothing. Also asks whether the sources are heard, so that a light does not look live when they are not.
 */
export class Heart {
    private timer: ReturnType<typeof setInterval> | undefined;
    private asked = false;
    private sourcesAt = 0;
    private sources = '';
    /** ms by the local clock: the last sign of life. */
    lastHeard = 0;

    constructor(
        private readonly world: HeartWorld,
        private readonly base: string,
        private readonly dead: () => void,
        private readonly sourcesChanged: () => void,
    ) {}

    start(): void {
        this.stop();
        this.heard();
        this.sources = '';
        this.sourcesAt = this.world.now();
        this.timer = setInterval(() => void this.beat(), rhythm.beat);
    }

    stop(): void {
        clearInterval(this.timer);
        this.timer = undefined;
    }

    heard(): void {
        this.lastHeard = this.world.now();
    }

    private async beat(): Promise<void> {
        const timer = this.timer;
        const now = this.world.now();
        const wantSources = now - this.sourcesAt >= rhythm.sources;
        if (this.asked || (!wantSources && now - this.lastHeard < rhythm.beat)) return;
        this.asked = true;
        const ended = new AbortController();
        const late = setTimeout(() => ended.abort(), rhythm.answer);
        try {
            const answer = await this.world.fetch(this.base + (wantSources ? '/readyz' : '/healthz'),
                {cache: 'no-store', credentials: 'omit', signal: ended.signal});
            const text = await answer.text();
            if (timer !== this.timer) return;
            this.heard();
            if (wantSources) this.look(text);
        } catch {
            if (timer !== undefined && timer === this.timer) {
                this.stop();
                this.dead();
            }
        } finally {
            clearTimeout(late);
            this.asked = false;
        }
    }

    private look(text: string): void {
        this.sourcesAt = this.world.now();
        const sources = /"sources":(.*)/s.exec(text)?.[1] ?? '';
        const states = [...sources.matchAll(/"name":"([^"]*)"[^}]*?"up":(true|false)/g)].map(([, name, up]) => `${name} ${up}`).join();
        if (this.sources !== '' && states !== this.sources) this.sourcesChanged();
        this.sources = states;
    }
}
