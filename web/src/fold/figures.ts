import type {Board, Queue} from './board';
import {type Tally, settle} from './tally';

/** The few numbers that say how things are. */
export interface Figures {
    /** Calls, not lines: an internal call is one. */
    inProgress: number;
    ringing: number;
    waiting: number;
    answered: number;
    lost: number;
    /** When the one who waits longest began to, ms; null when nobody waits. */
    longestSince: number | null;
    /** From when answered and lost are counted, ms. */
    since: number;
}

/** Answered and lost are those of the queues when there are any, else of the lines since the page was loaded. */
export function figuresAt(board: Board, queues: readonly Queue[], tally: Tally, now: number): Figures {
    const calls = [...board.calls.values()];
    const distinct = (wanted: boolean) => new Set(calls.filter(call => (call.state === 'ringing') === wanted).map(call => call.callId));
    const inProgress = distinct(false);
    const ringing = [...distinct(true)].filter(id => !inProgress.has(id)).length;
    const joined = queues.flatMap(queue => queue.waiting.map(caller => caller.joined));
    const sum = (of: (queue: Queue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
    const settled = queues.length > 0 ? tally : settle(tally, now);
    return {
        inProgress: inProgress.size,
        ringing,
        waiting: joined.length,
        answered: queues.length > 0 ? sum(queue => queue.answered) : settled.answered,
        lost: queues.length > 0 ? sum(queue => queue.lost) : settled.lost,
        longestSince: joined.length > 0 ? Math.min(...joined) : null,
        since: queues.length > 0 ? Math.min(...queues.map(queue => queue.since)) : settled.since,
    };
}

/** The queues' figures together, under one name. */
export function together(queues: readonly Queue[]): Queue {
    const sum = (of: (queue: Queue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
    const answered = sum(queue => queue.answered);
    const agents = new Map(queues.flatMap(queue => queue.agents.map(agent => [agent.name, agent] as const)));
    return {
        number: '', description: '', type: '',
        waiting: queues.flatMap(queue => queue.waiting).sort((a, b) => a.joined - b.joined),
        agents: [...agents.values()],
        offered: sum(queue => queue.offered), answered, lost: sum(queue => queue.lost),
        averageWait: answered > 0 ? sum(queue => queue.averageWait * queue.answered) / answered : 0,
        longestWait: Math.max(0, ...queues.map(queue => queue.longestWait)),
        serviceLevel: answered > 0 ? sum(queue => (queue.serviceLevel ?? 0) * queue.answered) / answered : null,
        since: queues.length > 0 ? Math.min(...queues.map(queue => queue.since)) : 0,
    };
}

/** Whether an agent can take a call now: logged in, not on a break, with nobody. */
export function isFree(agent: {status: string; state: string}): boolean {
    return (agent.status === '' || agent.status.startsWith('Available')) && (agent.state === '' || agent.state === 'Waiting');
}

export function isLoggedIn(agent: {status: string}): boolean {
    return agent.status !== 'Logged Out';
}
