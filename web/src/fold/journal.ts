import {type CtiEvent, milliseconds, textOf} from '../api/contract';

/** One thing that happened, as the journal lists it. */
export interface Entry {
    /** Grows with each entry; the list's key. */
    serial: number;
    /** The place in the stream just after it; empty for a notice. */
    id: string;
    kind: 'event' | 'notice';
    /** Name of the event, or of the notice: `gap`. */
    name: string;
    /** ms since 1970, by the server's clock. */
    time: number;
    /** `sip`, `mgcp`; empty when it is not told. */
    protocol: string;
    /** Number of the line or queue. */
    line: string;
    direction: 'in' | 'out' | 'none';
    calling: string;
    called: string;
    dialed: string;
    /** The agent of a queue's event, or the cause of an end. */
    remark: string;
    /** From the server's timestamp until it was here, ms; null when it was read later. */
    latency: number | null;
}

/** Newest first, bounded. A value. */
export interface Journal {
    entries: readonly Entry[];
    serial: number;
}

export const emptyJournal: Journal = {entries: [], serial: 0};
export const mostEntries = 500;

/** What phones do every few minutes would push out what people did. */
const quiet: ReadonlySet<string> = new Set(['registered', 'unregistered']);

/** `arrived` by the server's clock; null: not when it happened. */
export function record(journal: Journal, event: CtiEvent, arrived: number | null, id = ''): Journal {
    if (quiet.has(event.event)) return journal;
    const time = milliseconds(event.timestamp);
    const queue = event.service === 'queues';
    const calling = textOf(event.data, 'Calling');
    return add(journal, {
        kind: 'event',
        id,
        name: event.event,
        time,
        protocol: textOf(event.data, 'Protocol') || (queue ? '' : event.service),
        line: event.ressource,
        direction: queue ? 'none' : calling === event.ressource ? 'out' : 'in',
        calling,
        called: queue ? '' : textOf(event.data, 'Called'),
        dialed: queue ? '' : textOf(event.data, 'Dialed'),
        remark: queue ? queueRemark(event) : textOf(event.data, 'RelevantInfo'),
        latency: arrived === null ? null : Math.max(0, arrived - time),
    });
}

/** Something that the stream says of itself: that events are lost for good. */
export function notice(journal: Journal, name: string, message: string, now: number): Journal {
    return add(journal, {
        kind: 'notice', id: '', name, time: now, protocol: '', line: '', direction: 'none', calling: '', called: '', dialed: '', remark: message,
        latency: null,
    });
}

function add(journal: Journal, entry: Omit<Entry, 'serial'>): Journal {
    const serial = journal.serial + 1;
    return {serial, entries: [{...entry, serial}, ...journal.entries.slice(0, mostEntries - 1)]};
}

function queueRemark(event: CtiEvent): string {
    if (event.event === 'members-count') return textOf(event.data, 'Count');
    return [
        textOf(event.data, 'QueueAgent'),
        textOf(event.data, 'QueueAgentStatus') || textOf(event.data, 'QueueAgentState'),
        textOf(event.data, 'QueueCancelReason') || textOf(event.data, 'QueueHangupCause') || textOf(event.data, 'QueueCause'),
    ].filter(Boolean).join(' · ');
}
