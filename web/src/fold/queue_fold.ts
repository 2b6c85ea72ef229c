import {type CtiEvent, milliseconds, textOf} from '../api/contract';
import type {Agent, Queue, Waiting} from './board';

/** One queue as the events so far tell it. Times are ms since 1970, waits ms. A value, and plain data: it can be kept. */
export interface FoldedQueue {
    number: string;
    description: string;
    type: string;
    waiting: readonly Waiting[];
    agents: Readonly<Record<string, Agent>>;
    offered: number;
    answered: number;
    lost: number;
    /** Answered within the threshold of the service level. */
    inTime: number;
    waited: number;
    longest: number;
    since: number;
    /** Today's last lost callers, who may resume. */
    lostCallers: readonly string[];
}

/** All queues, by number. */
export type FoldedQueues = Readonly<Record<string, FoldedQueue>>;

/** The bounds of the server's fold, and its threshold of the service level, ms. */
export const most = {waiting: 1000, agents: 1000, lost: 1000};
const threshold = 20_000;
/** A longer wait, ms, is a wrong clock. */
const longestWait = 24 * 3_600_000;

/**
 * The fold's one step for queues, by the rules of the server's own (`src/core/queue_fold.cpp`), for a page that no
 * Callboard counts for. `since`: the later one of the local midnight and the first event. Pure.
 */
export function applyQueue(queues: FoldedQueues, event: CtiEvent, since: number): FoldedQueues {
    if (event.service !== 'queues') return queues;
    const action = actions.get(event.event);
    const ofAgent = agentEvents.has(event.event);
    if (!action && !ofAgent) return queues;
    const now = milliseconds(event.timestamp);
    let after = queues;
    // Some tell an agent's state under the number of the agent's line: that makes no queue of it.
    if (!ofAgent || textOf(event.data, 'Queue') === event.ressource) {
        const before = described(queues[event.ressource] ?? emptyQueue(event.ressource, since), event);
        after = {...queues, [event.ressource]: action ? action(before, event, now) : before};
    }
    return ofAgent ? withAgent(after, event, now) : after;
}

/** A new day: who waits is offered again. */
export function restarted(queues: FoldedQueues, since: number): FoldedQueues {
    return Object.fromEntries(Object.entries(queues).map(([number, queue]) => [number, {
        ...queue, offered: queue.waiting.length, answered: 0, lost: 0, inTime: 0, waited: 0, longest: 0, since, lostCallers: [],
    }]));
}

/** As the page shows it. */
export function shownQueue(queue: FoldedQueue): Queue {
    const {number, description, type, waiting, agents, offered, answered, lost, inTime, waited, longest, since} = queue;
    return {
        number, description, type, waiting, agents: Object.values(agents).sort((a, b) => (a.name < b.name ? -1 : 1)),
        offered, answered, lost, since,
        averageWait: answered > 0 ? waited / answered / 1000 : 0,
        longestWait: longest / 1000,
        serviceLevel: offered === 0 ? null : answered > 0 ? inTime / answered : 1,
    };
}

function emptyQueue(number: string, since: number): FoldedQueue {
    return {
        number, description: '', type: '', waiting: [], agents: {}, offered: 0, answered: 0, lost: 0, inTime: 0, waited: 0, longest: 0, since, lostCallers: [],
    };
}

function described(queue: FoldedQueue, event: CtiEvent): FoldedQueue {
    const description = textOf(event.details, 'Description') || queue.description;
    const type = textOf(event.details, 'Type') || queue.type;
    return description === queue.description && type === queue.type ? queue : {...queue, description, type};
}

type Action = (queue: FoldedQueue, event: CtiEvent, now: number) => FoldedQueue;

const agentEvents: ReadonlySet<string> = new Set(['agent-status-change', 'agent-state-change', 'agent-add']);

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
    ['member-queue-start', (queue, event, now) => (uuidOf(event) === '' || isWaiting(queue, event) ? queue : join(queue, event, now))],
    ['member-queue-resume', resume],
    ['members-count', emptied],
    ['agent-offering', offering],
    ['bridge-agent-start', (queue, event, now) => {
        const after = uuidOf(event) === '' ? queue : answer(queue, event, now);
        return withState(after, event, '', 'In a queue call', now);
    }],
    ['bridge-agent-end', (queue, event, now) => withState(queue, event, '', 'Waiting', now)],
    ['bridge-agent-fail', bridgeFailed],
    ['member-queue-end', (queue, event, now) => {
        if (uuidOf(event) === '') return queue;
        if (textOf(event.data, 'QueueCause') === 'Cancel') return lose(queue, event);
        return isWaiting(queue, event) ? answer(queue, event, now) : queue; // else the bridge was seen
    }],
]);

function uuidOf(event: CtiEvent): string {
    return textOf(event.data, 'QueueMemberUUID');
}

function isWaiting(queue: FoldedQueue, event: CtiEvent): boolean {
    return queue.waiting.some(caller => caller.uuid === uuidOf(event));
}

function join(queue: FoldedQueue, event: CtiEvent, now: number): FoldedQueue {
    const full = queue.waiting.length >= most.waiting;
    const waiting = full ? queue.waiting.slice(1) : queue.waiting; // who went counts again when answered or lost
    return {
        ...queue, offered: full ? queue.offered : queue.offered + 1,
        waiting: [...waiting, {uuid: uuidOf(event), calling: textOf(event.data, 'Calling'), joined: now, agent: null}],
    };
}

/** A caller who had hung up takes the old place again. */
function resume(queue: FoldedQueue, event: CtiEvent, now: number): FoldedQueue {
    const uuid = uuidOf(event);
    const at = queue.lostCallers.indexOf(uuid);
    const back = at < 0 ? queue : {
        ...queue, lost: queue.lost - 1, offered: queue.offered - 1, lostCallers: queue.lostCallers.filter((_, place) => place !== at),
    };
    return uuid === '' || isWaiting(back, event) ? back : join(back, event, now);
}

/** Nobody waits any more: those go whose end was not seen. They may still turn out answered or lost, and then count again. */
function emptied(queue: FoldedQueue, event: CtiEvent): FoldedQueue {
    if (textOf(event.data, 'Count') !== '0' || textOf(event.data, 'QueueSelection') === 'All-Queues') return queue;
    return {...queue, offered: Math.max(0, queue.offered - queue.waiting.length), waiting: []};
}

function offering(queue: FoldedQueue, event: CtiEvent, now: number): FoldedQueue {
    if (uuidOf(event) === '') return queue;
    const there = isWaiting(queue, event) ? queue : join(queue, event, now);
    const agent = textOf(event.data, 'QueueAgent');
    if (agent === '') return there;
    const waiting = there.waiting.map(caller => (caller.uuid === uuidOf(event) ? {...caller, agent} : caller));
    return withState({...there, waiting}, event, '', 'Receiving', now);
}

function bridgeFailed(queue: FoldedQueue, event: CtiEvent, now: number): FoldedQueue {
    const agent = textOf(event.data, 'QueueAgent');
    const waiting = queue.waiting.map(caller => (caller.uuid === uuidOf(event) && caller.agent === agent ? {...caller, agent: null} : caller));
    const after = {...queue, waiting};
    return queue.agents[agent]?.state === 'Receiving' ? withState(after, event, '', 'Waiting', now) : after;
}

/** Leaves the line; who came before anybody listened is offered now. */
function leave(queue: FoldedQueue, event: CtiEvent): FoldedQueue {
    if (!isWaiting(queue, event)) return {...queue, offered: queue.offered + 1};
    return {...queue, waiting: queue.waiting.filter(caller => caller.uuid !== uuidOf(event))};
}

/** ms of a time in whole seconds; null when it is absent or no time. */
function secondsOf(event: CtiEvent, name: string): number | null {
    const text = textOf(event.data, name);
    const seconds = /^\d+$/.test(text) ? Number(text) : 0;
    return seconds > 0 && seconds <= 9_000_000_000 ? seconds * 1000 : null;
}

function waitOf(queue: FoldedQueue, event: CtiEvent, now: number): number {
    const joined = secondsOf(event, 'QueueMemberJoinedTime');
    const answered = secondsOf(event, 'QueueAgentAnsweredTime');
    const caller = queue.waiting.find(one => one.uuid === uuidOf(event));
    const wait = joined !== null && answered !== null ? answered - joined : caller ? now - caller.joined : 0;
    return wait < 0 || wait > longestWait ? 0 : wait;
}

function answer(queue: FoldedQueue, event: CtiEvent, now: number): FoldedQueue {
    const wait = waitOf(queue, event, now);
    const after = leave(queue, event);
    return {
        ...after, answered: after.answered + 1, inTime: after.inTime + (wait <= threshold ? 1 : 0), waited: after.waited + wait,
        longest: Math.max(after.longest, wait),
    };
}

/** Told twice it counts once, unless the caller came back in between. */
function lose(queue: FoldedQueue, event: CtiEvent): FoldedQueue {
    const before = queue.lostCallers.includes(uuidOf(event));
    if (before && !isWaiting(queue, event)) return queue;
    const after = leave(queue, event);
    const lostCallers = before ? after.lostCallers : [...after.lostCallers, uuidOf(event)].slice(-most.lost);
    return {...after, lost: after.lost + 1, lostCallers};
}

/** The number in `agent_<number>_<id>`, else `Agent`. */
function numberOf(event: CtiEvent, name: string): string {
    return /^agent_(.+)_[^_]*$/.exec(name)?.[1] ?? textOf(event.data, 'Agent');
}

/** Empty: stays as it was. */
function withState(queue: FoldedQueue, event: CtiEvent, status: string, state: string, now: number): FoldedQueue {
    const name = textOf(event.data, 'QueueAgent');
    if (name === '') return queue;
    const known = queue.agents[name];
    if (!known && Object.keys(queue.agents).length >= most.agents) return queue;
    const before: Agent = known ?? {name, number: numberOf(event, name), status: '', state: '', since: now};
    const same = (status === '' || before.status === status) && (state === '' || before.state === state);
    if (known && same) return queue;
    const agent = same ? before : {...before, status: status || before.status, state: state || before.state, since: now};
    return {...queue, agents: {...queue.agents, [name]: agent}};
}

/** An agent's own status and state belong to no one queue: they hold in each that knows the agent, and in the one that is named. */
function withAgent(queues: FoldedQueues, event: CtiEvent, now: number): FoldedQueues {
    const name = textOf(event.data, 'QueueAgent');
    return Object.fromEntries(Object.entries(queues).map(([number, queue]) => [number,
        number === event.ressource || queue.agents[name]
            ? withState(queue, event, textOf(event.data, 'QueueAgentStatus'), textOf(event.data, 'QueueAgentState'), now) : queue]));
}
