import {type CtiEvent, milliseconds, textOf} from '../api/contract';
import type {Placeholders} from './address';
import type {CallbackSettings} from './settings';

/** One call that is to be told to a system of the reader's. */
export interface Pop {
    /** Names the call, the same in every tab. */
    key: string;
    /** Call-IDs and callers of queues that are this call. */
    calls: readonly string[];
    values: Placeholders;
    line: string;
    queue: boolean;
    /** ms, by the server's clock. */
    began: number;
    /** Lines where it rings now, as `line call`. */
    ringing: readonly string[];
    answeredBy: string | null;
    answeredAt: number | null;
    /** When it was over, or somebody else had it, ms. */
    over: number | null;
    fired: boolean;
}

/** What is known of calls so far, the newest first. A value. */
export type Pops = readonly Pop[];

/** How many calls are remembered, so that none pops twice. */
const mostRemembered = 200;

const ringEvents: ReadonlySet<string> = new Set(['start_ringing', 'member-queue-start', 'agent-offering']);
const answerEvents: ReadonlySet<string> = new Set(['start_calling', 'bridge-agent-start']);
const endEvents: ReadonlySet<string> = new Set(['end_ringing', 'end_calling', 'member-queue-end']);

function callOf(event: CtiEvent): string {
    return event.service === 'queues' ? textOf(event.data, 'QueueMemberUUID') : textOf(event.data, 'CallId');
}

/** Whether `event` is of a line, queue and direction that was chosen. */
export function isChosen(settings: CallbackSettings, event: CtiEvent): boolean {
    if (settings.lines.length > 0 && !settings.lines.includes(event.ressource)) return false;
    if (event.service === 'queues') return settings.queues;
    return textOf(event.data, 'Calling') === event.ressource ? settings.outgoing : settings.incoming;
}

/**
 * The same call: by its Call-ID, or a caller whose call goes on, because a queue's caller rings at agents under other
 * Call-IDs.
 */
function find(pops: Pops, event: CtiEvent): Pop | undefined {
    const call = callOf(event);
    const calling = textOf(event.data, 'Calling');
    return pops.find(pop => pop.calls.includes(call)) ??
        (calling === '' || calling === 'anonymous' ? undefined : pops.find(pop => pop.over === null && pop.values.CALLING === calling));
}

function begun(event: CtiEvent, now: number): Pop {
    const queue = event.service === 'queues';
    const called = textOf(event.data, 'Called') || event.ressource;
    return {
        key: callOf(event),
        calls: [callOf(event)],
        values: {
            CALLING: textOf(event.data, 'Calling'),
            CALLED: called,
            DIALED: textOf(event.data, 'Dialed') || called,
            EVENT: event.event,
        },
        line: event.ressource,
        queue,
        began: now,
        ringing: [],
        answeredBy: null,
        answeredAt: null,
        over: null,
        fired: false,
    };
}

function placeOf(event: CtiEvent): string {
    return `${event.ressource} ${callOf(event)}`;
}

function after(pop: Pop, event: CtiEvent, now: number): Pop {
    const call = callOf(event);
    const calls = pop.calls.includes(call) ? pop.calls : [...pop.calls, call].slice(-32);
    const place = placeOf(event);
    const others = pop.ringing.filter(one => one !== place);
    if (ringEvents.has(event.event)) return {...pop, calls, ringing: [...others, place], over: null};
    if (answerEvents.has(event.event)) {
        const agent = event.service === 'queues' ? textOf(event.data, 'Agent') : event.ressource;
        return {...pop, calls, ringing: others, answeredBy: agent || textOf(event.data, 'QueueAgent'), answeredAt: pop.answeredAt ?? now, over: null};
    }
    // A line that stopped ringing may be the one that answers: only an end of all, with nobody who answered, is an end.
    const ended = event.event === 'end_ringing' ? others.length === 0 && pop.answeredBy === null : others.length === 0;
    return {...pop, calls, ringing: others, over: ended ? now : pop.over};
}

export interface Step {
    pops: Pops;
    /** A call that is to be told now. */
    due: Pop | null;
}

/** The step of one event: which calls are known, and which of them is to be told now. Pure. */
export function step(pops: Pops, settings: CallbackSettings, event: CtiEvent): Step {
    const name = event.event;
    if (settings.moment === 'never' || !(ringEvents.has(name) || answerEvents.has(name) || endEvents.has(name))) return {pops, due: null};
    if (callOf(event) === '') return {pops, due: null};
    const now = milliseconds(event.timestamp);
    const known = find(pops, event);
    const chosen = isChosen(settings, event);
    if (!known && (!chosen || endEvents.has(name))) return {pops, due: null};
    let pop = after(known ?? begun(event, now), event, now);
    const trigger = settings.moment === 'answer' ? answerEvents : ringEvents;
    const due = !pop.fired && chosen && trigger.has(name);
    if (due) pop = {...pop, fired: true, line: event.ressource, values: begun(event, now).values};
    const others = pops.filter(one => one !== known);
    return {pops: [pop, ...others].slice(0, mostRemembered), due: due ? pop : null};
}
