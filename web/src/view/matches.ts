function plain(text: string): string {
    return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether all words of `wanted` are somewhere in `texts`, whatever the case and the accents. */
export function matches(wanted: string, ...texts: string[]): boolean {
    const words = plain(wanted).split(/\s+/).filter(Boolean);
    if (words.length === 0) return true;
    const all = plain(texts.join(' '));
    return words.every(word => all.includes(word));
}
