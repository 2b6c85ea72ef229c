function twoDigits(value: number): string {
    return String(value).padStart(2, '0');
}

/** `0:07`, `12:34`, `1:02:03`; three days are `72:00:00`. What is not over yet counts whole seconds; never below zero. */
export function durationText(ms: number): string {
    const seconds = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)}`;
    return `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

/** How long a call has waited and talked, in ms; `talk` is null until it is answered. */
export function splitOf(call: {started: number; answered: number | null}, now: number): {wait: number; talk: number | null} {
    if (call.answered === null) return {wait: Math.max(0, now - call.started), talk: null};
    return {wait: Math.max(0, call.answered - call.started), talk: Math.max(0, now - call.answered)};
}

/** `9 ms`, `340 ms`, `1.2 s`, `75 s`: how late an event came. */
export function latencyText(ms: number): string {
    const late = Math.max(0, ms);
    if (late < 1000) return `${Math.round(late)} ms`;
    return late < 10_000 ? `${(late / 1000).toFixed(1)} s` : `${Math.round(late / 1000)} s`;
}
