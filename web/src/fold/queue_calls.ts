import {type CtiEvent, milliseconds, textOf} from '../api/contract';

/** How a caller of a queue fared: still waiting, with an agent, answered and over, or lost and why. */
export type Outcome = 'waiting' | 'talking' | 'answered' | 'abandoned' | 'timeout' | 'no_agent' | 'left';

/** One caller's way through a queue. Times are ms by the server's clock. */
export interface QueueCall {
    uuid: string;
    queue: string;
    calling: string;
    joined: number;
    /** Rings at these agents now. */
    offered: readonly string[];
    agent: string | null;
    answered: number | null;
    ended: number | null;
    /** ms; grows until the answer or the end. */
    wait: number | null;
    /** ms; null until it is over. */
    talk: number | null;
    outcome: Outcome;
}

/** The newest first, bounded. A value. */
export type QueueCalls = readonly QueueCall[];
export const mostQueueCalls = 500;

/** Why FreeSWITCH's `CC-Cancel-Reason` says that a caller left. */
const reasons: Readonly<Record<string, Outcome>> = {
    NONE: 'abandoned', TIMEOUT: 'timeout', NO_AGENT_TIMEOUT: 'no_agent', BREAK_OUT: 'left', EXIT_WITH_KEY: 'left',
};

/** ms of a time in whole seconds; null when it is absent or no time. */
function secondsOf(event: CtiEvent, name: string): number | null {
    const value = Number(textOf(event.data, name));
    return Number.isFinite(value) && value > 0 ? value * 1000 : null;
}

/** The exchange's own two times when it gives both, else what was seen here. */
function between(event: CtiEvent, from: string, to: string, seen: number | null): number | null {
    const a = secondsOf(event, from);
    const b = secondsOf(event, to);
    return a !== null && b !== null && b >= a ? b - a : seen;
}

function agentOf(event: CtiEvent): string {
    return textOf(event.data, 'Agent') || (/^agent_(\w+)_\w+$/.exec(textOf(event.data, 'QueueAgent'))?.[1] ?? textOf(event.data, 'QueueAgent'));
}

/** The step of one event of a queue. Pure. */
export function follow(calls: QueueCalls, event: CtiEvent): QueueCalls {
    const uuid = textOf(event.data, 'QueueMemberUUID');
    const change = steps.get(event.event);
    if (event.service !== 'queues' || uuid === '' || !change) return calls;
    const now = milliseconds(event.timestamp);
    const known = calls.find(call => call.uuid === uuid && call.queue === event.ressource);
    const before: QueueCall = known ?? {
        uuid, queue: event.ressource, calling: textOf(event.data, 'Calling'), joined: secondsOf(event, 'QueueMemberJoinedTime') ?? now,
        offered: [], agent: null, answered: null, ended: null, wait: null, talk: null, outcome: 'waiting',
    };
    const call = change(before, event, now);
    return known ? calls.map(one => (one === known ? call : one)) : [call, ...calls.slice(0, mostQueueCalls - 1)];
}

type Step = (call: QueueCall, event: CtiEvent, now: number) => QueueCall;

const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
    ['member-queue-start', call => call],
    ['member-queue-resume', call => ({...call, outcome: 'waiting', ended: null, wait: null})],
    ['agent-offering', (call, event) => ({...call, offered: [...call.offered.filter(one => one !== agentOf(event)), agentOf(event)].slice(-64)})],
    ['bridge-agent-fail', (call, event) => ({...call, offered: call.offered.filter(one => one !== agentOf(event))})],
    ['bridge-agent-start', answer],
    ['bridge-agent-end', hangUp],
    ['member-queue-end', leave],
]);

function answer(call: QueueCall, event: CtiEvent, now: number): QueueCall {
    return {
        ...call, offered: [], agent: agentOf(event), answered: now, outcome: 'talking',
        wait: between(event, 'QueueMemberJoinedTime', 'QueueAgentAnsweredTime', Math.max(0, now - call.joined)),
    };
}

function hangUp(call: QueueCall, event: CtiEvent, now: number): QueueCall {
    // A phone that lost the race was never connected.
    if (textOf(event.data, 'QueueAgentBridged') === 'false' || call.ended !== null) return call;
    const answered = call.answered ?? secondsOf(event, 'QueueAgentAnsweredTime');
    return {
        ...call, agent: call.agent ?? agentOf(event), answered, ended: now, outcome: 'answered',
        wait: call.wait ?? between(event, 'QueueMemberJoinedTime', 'QueueAgentAnsweredTime', null),
        talk: between(event, 'QueueAgentAnsweredTime', 'QueueBridgeTerminatedTime', answered === null ? null : Math.max(0, now - answered)),
    };
}

function leave(call: QueueCall, event: CtiEvent, now: number): QueueCall {
    if (textOf(event.data, 'QueueCause') === 'Cancel') {
        if (call.outcome !== 'waiting') return call;
        return {
            ...call, offered: [], ended: now, outcome: reasons[textOf(event.data, 'QueueCancelReason')] ?? 'abandoned',
            wait: between(event, 'QueueMemberJoinedTime', 'QueueMemberLeavingTime', Math.max(0, now - call.joined)),
        };
    }
    return call.outcome === 'answered' ? call : hangUp(call.answered === null ? answer(call, event, now) : call, event, now);
}

/** Whether nobody took the call. */
export function isLost(outcome: Outcome): boolean {
    return outcome === 'abandoned' || outcome === 'timeout' || outcome === 'no_agent' || outcome === 'left';
}
