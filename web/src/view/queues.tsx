import {durationText} from '../clock/duration';
import type {Agent, Queue} from '../fold/board';
import {useNow, useWording} from './context';
import {Heading, Phone, Running} from './parts';

/** Each queue: who waits, who answers, and the figures of the day. Absent when the token has none. */
export function Queues({queues}: {queues: readonly Queue[]}) {
    const {say} = useWording();
    if (queues.length === 0) return null;
    return (
        <section aria-labelledby="queues" class="panel queues">
            <div class="top"><Heading id="queues" title={say('queues.title')} count={queues.length} /></div>
            {queues.map(queue => <OneQueue key={queue.number} queue={queue} />)}
        </section>
    );
}

function OneQueue({queue}: {queue: Queue}) {
    const wording = useWording();
    const {say} = wording;
    const now = useNow();
    const named = queue.description !== '' && queue.description !== queue.number;
    return (
        <article class="queue" data-queue={queue.number}>
            <h3>{named ? queue.description : queue.number} {named && <span class="number quiet">{queue.number}</span>}</h3>
            <dl class="figures">
                <Figure name={say('queues.waiting')} value={queue.waiting.length} strong={queue.waiting.length > 0} />
                <Figure name={say('queues.offered')} value={queue.offered} />
                <Figure name={say('queues.answered')} value={queue.answered} />
                <Figure name={say('queues.lost')} value={queue.lost} />
                <Figure name={say('queues.averageWait')} value={durationText(queue.averageWait * 1000)} />
                <Figure name={say('queues.longestWait')} value={durationText(queue.longestWait * 1000)} />
                <Figure name={say('queues.serviceLevel')} value={queue.serviceLevel === null ? '–' : wording.percent(queue.serviceLevel)} />
            </dl>
            {queue.since > 0 && <p class="quiet small">{say('queues.since', {time: wording.time(queue.since, now)})}</p>}
            {queue.waiting.length > 0 && (
                <ol class="waiting" aria-label={say('queues.waiting')}>
                    {queue.waiting.map(caller => (
                        <li key={caller.uuid}>
                            <Phone number={caller.calling} /> <Running since={caller.joined} />
                            {caller.agent !== null && <span class="quiet"> {say('queues.ringsAt', {agent: caller.agent})}</span>}
                        </li>
                    ))}
                </ol>
            )}
            {queue.agents.length > 0 && (
                <ul class="agents" aria-label={say('queues.agents')}>
                    {queue.agents.map(agent => <OneAgent key={agent.name} agent={agent} />)}
                </ul>
            )}
        </article>
    );
}

function Figure({name, value, strong = false}: {name: string; value: string | number; strong?: boolean}) {
    return <div class={strong ? 'strong' : ''}><dt>{name}</dt><dd>{value}</dd></div>;
}

function OneAgent({agent}: {agent: Agent}) {
    return (
        <li>
            <span class="name">{agent.number || agent.name}</span>{' '}
            <span class="quiet">{[agent.status, agent.state].filter(Boolean).join(' · ')}</span>{' '}
            {agent.since > 0 && <Running since={agent.since} />}
        </li>
    );
}
