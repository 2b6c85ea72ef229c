import {durationText} from '../clock/duration';
import type {Queue} from '../fold/board';
import {figuresAt, isFree, isLoggedIn} from '../fold/figures';
import {addressOfScreen} from '../router';
import type {Shown} from '../session';
import {Calls} from './calls';
import {useAt, useNow, useSurroundings, useWording} from './context';
import {Journal} from './journal';
import {Lines} from './lines';
import {memo} from './memo';
import {Figure, Heading, Running} from './parts';

/** The screen that a supervisor has before the eyes all day. */
export function Overview({shown}: {shown: Shown}) {
    const {board, lines, queues, journal} = shown;
    return (
        <div class={queues.length > 0 ? 'overview' : 'overview without-queues'}>
            <Numbers shown={shown} />
            <Lines board={board} all={lines} eventsOnly={shown.eventsOnly} />
            <div class="side">
                {queues.length > 0 && <QueueRows queues={queues} />}
                <Calls board={board} />
            </div>
            <Journal journal={journal} />
        </div>
    );
}

function Numbers({shown}: {shown: Shown}) {
    const {wording: {say, time}} = useSurroundings();
    const now = useNow();
    const figures = figuresAt(shown.board, shown.queues, shown.tally, now);
    const since = say('figures.since', {time: time(figures.since, now)});
    const queues = shown.queues.length > 0;
    return (
        <section aria-label={say('figures.title')} class="numbers">
            <dl class="figures">
                <Figure id="inProgress" name={say('figures.inProgress')} value={figures.inProgress} />
                <Figure id="ringing" name={say('figures.ringing')} value={figures.ringing} alarm={figures.ringing > 0 ? 'amber' : 'calm'} />
                {queues && <Figure id="waiting" name={say('figures.waiting')} value={figures.waiting} alarm={figures.waiting > 0 ? 'amber' : 'calm'} />}
                {queues && <Figure id="longest" name={say('figures.longest')} value={figures.longestSince === null ? '–' : durationText(now - figures.longestSince)}
                    alarm={figures.longestSince !== null && now - figures.longestSince > 60_000 ? 'red' : 'calm'} />}
                <Figure id="answered" name={say('figures.answered')} value={figures.answered} note={since} />
                <Figure id="lost" name={say('figures.lost')} value={figures.lost} note={since} />
            </dl>
        </section>
    );
}

/** One row for each queue; its screen tells the rest. */
function QueueRows({queues}: {queues: readonly Queue[]}) {
    const {say} = useWording();
    return (
        <section aria-labelledby="queues" class="panel queue-rows">
            <div class="top"><Heading id="queues" title={say('queues.title')} count={queues.length} /></div>
            <ul class="scroll" tabIndex={0} aria-labelledby="queues">{queues.map(queue => <QueueRow key={queue.number} queue={queue} />)}</ul>
        </section>
    );
}

const QueueRow = memo(({queue}: {queue: Queue}) => {
    const wording = useWording();
    const {say} = wording;
    const waiting = queue.waiting.length;
    const first = queue.waiting.reduce((least, caller) => Math.min(least, caller.joined), Infinity);
    const late = useAt(now => waiting > 0 && now - first > 60_000);
    const loggedIn = queue.agents.filter(isLoggedIn);
    return (
        <li class={`queue-row ${late ? 'red' : waiting > 0 ? 'amber' : 'calm'}`} data-queue={queue.number}>
            <a href={addressOfScreen('queues', {queue: queue.number})}>{queue.description || queue.number}</a>
            <span class="word">{say(waiting > 0 ? 'queue.callsWaiting' : loggedIn.some(isFree) || loggedIn.length === 0 ? 'queue.free' : 'queue.busy')}</span>
            <span class="big">{waiting}<span class="unseen"> {say('queues.waiting')}</span></span>
            <span class="quiet small">
                {waiting > 0 && <>{say('queues.longest')} <Running since={first} /> · </>}
                {say('queues.answeredOf', {answered: queue.answered, lost: queue.lost})}
                {queue.agents.length > 0 && <> · {say('queues.freeAgents', {free: loggedIn.filter(isFree).length, all: loggedIn.length})}</>}
            </span>
        </li>
    );
});
