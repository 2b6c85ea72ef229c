import type {Queue} from './board';
import {type QueueCalls} from './queue_calls';

/** Sums of a queue's figures; times in s. */
export interface Sums {
    offered: number;
    answered: number;
    lost: number;
    inTime: number;
    waited: number;
    longest: number;
}

/** How the figures of a queue count from another moment than the server's midnight. Times are ms. */
export interface Count {
    since: number;
    /** The server's own beginning that `base` belongs to. */
    day: number;
    /** What the server had counted at `since`, when that was on this day. */
    base: Sums;
    /** From days before this one. */
    carried: Sums;
    /** The server's last. */
    last: Sums;
}

/** Per queue; absent: as the server counts. A value. */
export type Ledger = Readonly<Record<string, Count>>;

const nothing: Sums = {offered: 0, answered: 0, lost: 0, inTime: 0, waited: 0, longest: 0};

function sumsOf(queue: Queue): Sums {
    const {offered, answered, lost, averageWait, longestWait, serviceLevel} = queue;
    return {offered, answered, lost, waited: averageWait * answered, longest: longestWait, inTime: Math.round((serviceLevel ?? 0) * answered)};
}

function combined(a: Sums, b: Sums, sign: 1 | -1): Sums {
    const of = (name: keyof Sums) => a[name] + sign * b[name];
    return {
        offered: of('offered'), answered: of('answered'), lost: of('lost'), inTime: of('inTime'), waited: of('waited'),
        longest: sign > 0 ? Math.max(a.longest, b.longest) : a.longest > b.longest ? a.longest : 0,
    };
}

/** What the server counted on this day since `count.since`. */
function today(count: Count, sums: Sums): Sums {
    return combined(sums, count.base, -1);
}

/** All count from `now`. */
export function reset(queues: readonly Queue[], now: number): Ledger {
    return Object.fromEntries(queues.map(queue => {
        const sums = sumsOf(queue);
        // Who waits now is offered to those who count from now.
        const base = {...sums, offered: sums.offered - queue.waiting.length};
        return [queue.number, {since: now, day: queue.since, base, carried: nothing, last: sums}];
    }));
}

/** The server told its figures again; the same value when nothing is to be kept. At its midnight they begin anew, or go on. */
export function advance(ledger: Ledger, queues: readonly Queue[], resetAtMidnight: boolean): Ledger {
    const counts: [string, Count][] = [];
    for (const queue of queues) {
        const sums = sumsOf(queue);
        const count = ledger[queue.number] ??
            (resetAtMidnight ? null : {since: queue.since, day: queue.since, base: nothing, carried: nothing, last: sums});
        if (count === null) continue;
        if (queue.since > count.day) {
            if (resetAtMidnight) continue;
            const before = today(count, count.last);
            // Who waited at midnight is offered again on the new day.
            const carried = combined(count.carried, {...before, offered: before.answered + before.lost}, 1);
            counts.push([queue.number, {...count, day: queue.since, base: nothing, carried, last: sums}]);
        } else if (sums.answered >= count.base.answered) {
            counts.push([queue.number, {...count, last: sums}]);
        }
    }
    return counts.length === 0 ? {} : Object.fromEntries(counts);
}

/** The figures of `queue` from the moment that the reader chose; the longest wait of today by what was seen of its calls. */
export function counted(ledger: Ledger, queue: Queue, calls: QueueCalls): Queue {
    const count = ledger[queue.number];
    if (!count) return queue;
    const sums = combined(count.carried, today(count, sumsOf(queue)), 1);
    const seen = calls.filter(call => call.queue === queue.number && call.answered !== null && call.answered >= count.since)
        .reduce((most, call) => Math.max(most, (call.wait ?? 0) / 1000), 0);
    return {
        ...queue,
        offered: sums.offered, answered: sums.answered, lost: sums.lost,
        averageWait: sums.answered > 0 ? sums.waited / sums.answered : 0,
        longestWait: Math.max(sums.longest, sums.answered > 0 ? seen : 0),
        serviceLevel: sums.answered > 0 ? Math.min(1, sums.inTime / sums.answered) : null,
        since: count.since,
    };
}
