/** One message of a stream of server-sent events. */
export interface Message {
    /** `message` unless the server named it. */
    event: string;
    data: string;
    /** The last `id:` so far. */
    id: string;
}

/**
 * Cuts the text of a stream of server-sent events into messages (HTML Living Standard §9.2.6), whatever way the
 * network cut it into chunks. Comments and unknown fields are left out; a message without data is none.
 */
export class MessageParser {
    private rest = '';
    private data: string[] = [];
    private event = '';
    private id = '';
    private settled = '';
    private begun = false;
    private afterReturn = false;

    /** What one message may have at most, so that a broken server cannot fill the memory. */
    static readonly mostCharacters = 4 * 1024 * 1024;

    /** The messages that `chunk` completes. Throws when one grows beyond the bound. */
    push(chunk: string): Message[] {
        const messages: Message[] = [];
        let text = this.rest + chunk;
        if (!this.begun && text.length > 0) {
            this.begun = true;
            if (text.startsWith('\uFEFF')) text = text.slice(1);
        }
        let from = 0;
        for (let at = this.rest.length; at < text.length; at++) {
            const c = text[at];
            if (c !== '\n' && c !== '\r') {
                this.afterReturn = false;
                continue;
            }
            if (c === '\n' && this.afterReturn) {
                this.afterReturn = false;
                from = at + 1;
                continue;
            }
            this.afterReturn = c === '\r';
            this.line(text.slice(from, at), messages);
            from = at + 1;
        }
        this.rest = text.slice(from);
        if (this.rest.length > MessageParser.mostCharacters) throw new Error('a line of the stream is too long');
        return messages;
    }

    /** The last `id:` that an empty line confirmed, with data or without: where to come back to. */
    get lastId(): string {
        return this.settled;
    }

    private line(line: string, messages: Message[]): void {
        if (line === '') {
            this.dispatch(messages);
            return;
        }
        const colon = line.indexOf(':');
        if (colon === 0) return;
        const name = colon < 0 ? line : line.slice(0, colon);
        let value = colon < 0 ? '' : line.slice(colon + 1);
        if (value.startsWith(' ')) value = value.slice(1);
        if (name === 'data') {
            this.data.push(value);
            if (this.data.length > 10_000) throw new Error('a message of the stream has too many lines');
        } else if (name === 'event') {
            this.event = value;
        } else if (name === 'id' && !value.includes('\0')) {
            this.id = value;
        }
    }

    private dispatch(messages: Message[]): void {
        this.settled = this.id;
        if (this.data.length > 0)
            messages.push({event: this.event || 'message', data: this.data.join('\n'), id: this.id});
        this.data = [];
        this.event = '';
    }
}
