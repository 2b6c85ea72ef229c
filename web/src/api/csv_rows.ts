const lineFeed = 10;
const quote = 34;

/** Counts the rows of CSV (RFC 4180) as it comes, cut anywhere; the names of the columns are none. */
export class CsvRows {
    private ends = 0;
    private quoted = false;

    feed(bytes: Uint8Array): void {
        for (const byte of bytes) {
            // A quote in a quoted text is doubled, which changes nothing.
            if (byte === quote) this.quoted = !this.quoted;
            else if (byte === lineFeed && !this.quoted) this.ends++;
        }
    }

    /** That have come whole. */
    get rows(): number {
        return Math.max(0, this.ends - 1);
    }
}
