import {useEffect, useRef, useState} from 'preact/hooks';
import {durationText} from '../clock/duration';
import type {Agent, Queue} from '../fold/board';
import type {QueueCall, QueueCalls} from '../fold/queue_calls';
import {isLost} from '../fold/queue_calls';
import {isFree, isLoggedIn} from '../fold/figures';
import type {Session, Shown} from '../session';
import type {Key} from '../text/en';
import {useAt, useNowOnce, useSurroundings, useWording} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Figure, Head, Heading, Named, Phone, Running, Search} from './parts';
import {usePart} from './window';

/** Each queue: who waits, who answers, the figures; and what became of each caller. */
export function Queues({shown, session, wanted}: {shown: Shown; session: Session; wanted: string}) {
    const {wording: {say}, describe, names} = useSurroundings();
    const [filter, setFilter] = useState('');
    const queues = shown.queues.filter(queue => filter === '' || matches(filter, queue.number, queue.description,
        ...queue.agents.flatMap(agent => [agent.number, describe(agent.number)]), ...queue.waiting.flatMap(caller => [caller.calling, names.of(caller.calling)])));
    return (
        <div class="queues-screen">
            <div class="screen-top">
                <h2>{say('queues.title')} <span class="count">{shown.queues.length}</span></h2>
                <div class="tools">
                    <Search label={say('queues.filter')} value={filter} change={setFilter} />
                    <button type="button" onClick={() => session.reset()}>{say('settings.resetNow')}</button>
                </div>
            </div>
            {queues.length === 0 && <p class="empty panel">{say(shown.queues.length > 0 ? 'queues.noMatch' : shown.eventsOnly ? 'service.noneYet' : 'queues.none')}</p>}
            <div class="queue-cards">
                {queues.map(queue => <QueueCard key={queue.number} queue={queue} marked={queue.number === wanted}
                    talking={shown.queueCalls.filter(call => call.queue === queue.number && call.outcome === 'talking')} />)}
            </div>
            <QueueJournal calls={shown.queueCalls} />
        </div>
    );
}

const QueueCard = memo(({queue, talking, marked}: {queue: Queue; talking: QueueCalls; marked: boolean}) => {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    const place = useRef<HTMLElement>(null);
    useEffect(() => {
        if (marked) place.current?.scrollIntoView({block: 'nearest'});
    }, [marked]);
    const named = queue.description !== '' && queue.description !== queue.number;
    const ended = queue.answered + queue.lost;
    const waiting = [...queue.waiting].sort((a, b) => a.joined - b.joined);
    const type: Key | null = queue.type === 'easyHunting' ? 'queue.easy' : queue.type === 'cloudHunting' ? 'queue.expert' : null;
    return (
        <article ref={place} class={`panel queue ${marked ? 'marked' : ''}`} data-queue={queue.number} aria-labelledby={`queue-${queue.number}`}>
            <div class="top">
                <h3 id={`queue-${queue.number}`}>{named ? queue.description : queue.number} {named && <span class="number quiet">{queue.number}</span>}</h3>
                {type && <span class="tag">{say(type)}</span>}
            </div>
            <dl class="figures">
                <Figure id="waiting" name={say('queues.waiting')} value={queue.waiting.length} alarm={queue.waiting.length > 0 ? 'amber' : 'calm'} />
                <Figure id="answered" name={say('queues.answered')} value={queue.answered} />
                <Figure id="lost" name={say('queues.lost')} value={queue.lost} />
                <Figure id="all" name={say('queues.all')} value={ended} />
                <Figure id="percent" name={say('queues.percent')} value={ended > 0 ? wording.percent(queue.answered / ended) : '–'} />
                <Figure id="average" name={say('queues.averageWait')} value={durationText(queue.averageWait * 1000)} />
                <Figure id="longest" name={say('queues.longestWait')} value={durationText(queue.longestWait * 1000)} />
                <Figure id="level" name={say('queues.serviceLevel')} value={queue.serviceLevel === null ? '–' : wording.percent(queue.serviceLevel)} />
            </dl>
            <div class="columns">
                <section aria-label={say('queues.waiting')}>
                    <h4>{say('queues.waitingCallers')}</h4>
                    {waiting.length === 0 ? <p class="quiet small">{say('queues.nobody')}</p> : (
                        <ol class="waiting">
                            {waiting.map((caller, i) => (
                                <li key={caller.uuid}>
                                    <span class="position" aria-label={say('queues.position', {n: i + 1})}>{i + 1}</span>
                                    <Phone number={caller.calling} />
                                    {caller.agent !== null && <span class="quiet small offered">{say('queues.ringsAt')} <Named number={agentNumber(caller.agent)} /></span>}
                                    <Running since={caller.joined} />
                                </li>
                            ))}
                        </ol>
                    )}
                    {talking.length > 0 && <>
                        <h4>{say('queues.talking')}</h4>
                        <ul class="talking">{talking.map(call => <Talking key={call.uuid} call={call} />)}</ul>
                    </>}
                </section>
                <section aria-label={say('queues.agents')}>
                    <h4>{say('queues.agents')} <span class="quiet small">{say('queues.freeAgents', {
                        free: queue.agents.filter(one => isLoggedIn(one) && isFree(one)).length, all: queue.agents.filter(isLoggedIn).length})}</span></h4>
                    {queue.agents.length === 0 ? <p class="quiet small">{say('queues.noAgents')}</p> : (
                        <ul class="agents">{queue.agents.map(agent => <OneAgent key={agent.name} agent={agent} />)}</ul>
                    )}
                </section>
            </div>
            {queue.since > 0 && <p class="quiet small foot">{say('queues.since', {time: wording.time(queue.since, now)})}</p>}
        </article>
    );
});

function agentNumber(name: string): string {
    return /^agent_(\w+)_\w+$/.exec(name)?.[1] ?? name;
}

function Talking({call}: {call: QueueCall}) {
    const {say} = useWording();
    return (
        <li>
            <Phone number={call.calling} /> <span class="arrow">→</span> <Phone number={call.agent ?? ''} />
            <span class="quiet small">{say('queues.waited', {time: durationText(call.wait ?? 0)})}</span>
            {call.answered !== null && <Running since={call.answered} />}
        </li>
    );
}

/** An agent's state in one word: of what FreeSWITCH calls status and state, what matters to who looks. */
export function activityOf(agent: Agent): 'free' | 'ringing' | 'calling' | 'break' | 'out' | 'idle' {
    if (agent.status === 'Logged Out') return 'out';
    if (agent.state === 'In a queue call') return 'calling';
    if (agent.state === 'Receiving' || agent.state === 'Reserved') return 'ringing';
    if (agent.status === 'On Break') return 'break';
    return agent.state === 'Idle' ? 'idle' : 'free';
}

const signs = {free: '✓', ringing: '◉', calling: '■', break: '❚❚', out: '○', idle: '–'} as const;

function OneAgent({agent}: {agent: Agent}) {
    const {say} = useWording();
    const activity = activityOf(agent);
    return (
        <li data-activity={activity} title={[agent.name, agent.status, agent.state].filter(Boolean).join(' · ')}>
            <span class={`sign ${activity}`} aria-hidden="true">{signs[activity]}</span>
            <Named number={agent.number || agent.name} />
            <span class="word">{say(`agent.${activity}`)}</span>
            {agent.since > 0 && <Running since={agent.since} />}
        </li>
    );
}

/** What became of each caller of the queues, the newest first. */
function QueueJournal({calls}: {calls: QueueCalls}) {
    const {wording, describe, names} = useSurroundings();
    const {say} = wording;
    const [wanted, setWanted] = useState('');
    const [outcome, setOutcome] = useState<'all' | 'open' | 'answered' | 'lost'>('all');
    const found = calls.filter(call =>
        (outcome === 'all' || (outcome === 'open' ? call.ended === null : outcome === 'lost' ? isLost(call.outcome) : call.outcome === 'answered')) &&
        (wanted === '' || matches(wanted, call.calling, names.of(call.calling), call.queue, describe(call.queue), call.agent ?? '', describe(call.agent ?? ''), say(`outcome.${call.outcome}`))));
    const part = usePart<HTMLDivElement>(found.length);
    const columns = (['time', 'queue', 'member', 'agent', 'wait', 'talk', 'outcome'] as const).map(column =>
        [column === 'queue' ? 'queue-cell' : column === 'wait' || column === 'talk' ? 'number-cell' : column, say(`queueJournal.${column}`)] as const);
    return (
        <section aria-labelledby="queue-journal" class="panel queue-journal">
            <div class="top">
                <div><Heading id="queue-journal" title={say('queueJournal.title')} count={calls.length} /><p class="quiet small">{say('journal.explain')}</p></div>
                <div class="tools">
                    <select aria-label={say('queueJournal.outcome')} value={outcome} onChange={event => setOutcome(event.currentTarget.value as typeof outcome)}>
                        {(['all', 'open', 'answered', 'lost'] as const).map(one => <option key={one} value={one}>{say(`outcomes.${one}`)}</option>)}
                    </select>
                    <Search label={say('queueJournal.filter')} value={wanted} change={setWanted} />
                </div>
            </div>
            {found.length === 0 ? <p class="empty">{say(calls.length === 0 ? 'queueJournal.none' : 'journal.noMatch')}</p> : (
                <div class="scroll" tabIndex={0} role="group" aria-labelledby="queue-journal">
                    <div class="table of-queue-journal" role="table" aria-labelledby="queue-journal" aria-rowcount={found.length + 1}>
                        <Head columns={columns} />
                        <div role="rowgroup" class="body" ref={part.ref} style={part.style}>
                            {found.slice(part.from, part.to).map(call => <QueueCallRow key={call.queue + call.uuid} call={call} />)}
                        </div>
                    </div>
                </div>
            )}
        </section>
    );
}

const QueueCallRow = memo(({call}: {call: QueueCall}) => {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    const wait = useAt(at => durationText(call.wait ?? (call.ended ?? at) - call.joined));
    const talk = useAt(at => call.talk !== null ? durationText(call.talk) : call.answered !== null && call.ended === null ? durationText(at - call.answered) : isLost(call.outcome) ? durationText(0) : '–');
    return (
        <div role="row" class="row" data-uuid={call.uuid} data-outcome={call.outcome}>
            <span role="cell" class="time">{wording.time(call.joined, now)}</span>
            <span role="cell" class="queue-cell"><Named number={call.queue} /></span>
            <span role="cell" class="member"><Phone number={call.calling} /></span>
            <span role="cell" class="agent">{call.agent ? <Named number={call.agent} /> : '–'}</span>
            <span role="cell" class="wait number-cell"><span class="label">{say('queueJournal.wait')} </span>{wait}</span>
            <span role="cell" class="talk number-cell"><span class="label">{say('queueJournal.talk')} </span>{talk}</span>
            <span role="cell" class="outcome"><span class={`outcome-mark ${isLost(call.outcome) ? 'bad' : call.outcome}`}>{say(`outcome.${call.outcome}`)}</span></span>
        </div>
    );
});
