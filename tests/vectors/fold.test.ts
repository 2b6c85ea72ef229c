// The page's fold and the server's say the same after every event of every recording: the rules exist twice, and this
// keeps them one.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {describe, it} from 'node:test';
import {type Snapshot, parseEvent, parseSnapshot} from '../../web/src/api/contract';
import {boardOf} from '../../web/src/fold/board';
import {WholeFold, emptyWhole, wholeOf} from '../../web/src/fold/whole';

const utcMidnight = (ms: number) => Math.floor(ms / 86_400_000) * 86_400_000;

/** What both know: of lines and queues that were heard of, without what only a configuration tells. Times to the ms. */
function comparable(snapshot: Snapshot) {
    const {lines, calls, queues} = boardOf(snapshot);
    const ms = (time: number) => Math.round(time);
    const ofAgents = (agent: {name: string; number: string; status: string; state: string; since: number}) => ({...agent, since: ms(agent.since)});
    return {
        lines: [...lines.values()].filter(line => line.known)
            .map(({number, state, since, registered}) => ({number, state, since: ms(since), registered})).sort((a, b) => (a.number < b.number ? -1 : 1)),
        calls: [...calls.values()].map(call => ({...call, queue: null, started: ms(call.started), answered: call.answered === null ? null : ms(call.answered)}))
            .sort((a, b) => (a.line + a.callId < b.line + b.callId ? -1 : 1)),
        queues: queues.filter(queue => queue.offered + queue.answered + queue.lost + queue.agents.length + queue.waiting.length > 0).map(queue => ({
            number: queue.number, offered: queue.offered, answered: queue.answered, lost: queue.lost, since: ms(queue.since),
            averageWait: Math.round(queue.averageWait * 100) / 100, longestWait: Math.round(queue.longestWait * 100) / 100,
            serviceLevel: queue.serviceLevel === null ? null : Math.round(queue.serviceLevel * 1000) / 1000,
            waiting: queue.waiting.map(({uuid, calling, joined, agent}) => ({uuid, calling, joined: ms(joined), agent})),
            agents: queue.agents.map(ofAgents).sort((a, b) => (a.name < b.name ? -1 : 1)),
        })).sort((a, b) => (a.number < b.number ? -1 : 1)),
    };
}

const recordings = new Map<string, {event: string; snapshot: unknown}[]>();
let steps: {event: string; snapshot: unknown}[] = [];
for (const text of execFileSync(process.env['VECTORS']!, {encoding: 'utf8', maxBuffer: 1 << 30}).split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as {recording?: string; event?: object; snapshot?: unknown};
    if (line.recording !== undefined) recordings.set(line.recording, (steps = []));
    else steps.push({event: JSON.stringify(line.event), snapshot: line.snapshot});
}

describe('the page\u2019s fold', () => {
    it('is compared over recordings of all three kinds', () => {
        for (const kind of ['.hep', '.esl', '.ami']) {
            const those = [...recordings].filter(([name]) => name.endsWith(kind));
            assert.ok(those.length >= 3, kind);
            assert.ok(those.some(([, steps]) => steps.length > 10), kind);
        }
    });
    for (const [name, steps] of recordings)
        it(`agrees with the server's over ${name}`, () => {
            let fold = new WholeFold(emptyWhole, utcMidnight);
            steps.forEach((step, at) => {
                const event = parseEvent(step.event)!;
                fold.apply(event);
                // A reload in between changes nothing.
                if (at % 7 === 3) fold = new WholeFold(wholeOf(JSON.parse(JSON.stringify(fold.kept()))), utcMidnight);
                assert.deepEqual(comparable(fold.snapshot('', event.timestamp / 1e6)), comparable(parseSnapshot(step.snapshot)!), `after event ${at}: ${step.event}`);
            });
        });
});
