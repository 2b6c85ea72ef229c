import {useState} from 'preact/hooks';
import {type Board, type Call, type Line, callsPerLine} from '../fold/board';
import {useNowOnce, useWording} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Direction, Heading, Phone, Running, State} from './parts';

const none: readonly Call[] = [];
const mostShown = 3;

/** Every line with its light, its state, and whom it speaks with. */
export function Lines({board}: {board: Board}) {
    const {say} = useWording();
    const [wanted, setWanted] = useState('');
    const [onlyBusy, setOnlyBusy] = useState(false);
    const calls = callsPerLine(board);
    const lines = [...board.lines.values()].filter(line => {
        const those = calls.get(line.number) ?? none;
        const others = those.flatMap(call => [call.calling, call.called, call.dialed]);
        return (!onlyBusy || those.length > 0) && matches(wanted, line.number, line.description, say(`state.${line.state}`), ...others);
    });
    return (
        <section aria-labelledby="lines" class="panel lines">
            <div class="top">
                <Heading id="lines" title={say('lines.title')} count={board.lines.size} />
                <div class="tools">
                    <label class="check">
                        <input type="checkbox" checked={onlyBusy} onChange={change => setOnlyBusy(change.currentTarget.checked)} />
                        {say('lines.onlyBusy')}
                    </label>
                    <input type="search" value={wanted} aria-label={say('lines.filter')} placeholder={say('lines.filter')}
                        onInput={change => setWanted(change.currentTarget.value)} />
                </div>
            </div>
            {lines.length === 0 && <p class="empty">{say(board.lines.size === 0 ? 'lines.none' : 'lines.noMatch')}</p>}
            <ul class="cards">
                {lines.map(line => <Card key={line.number} line={line} calls={calls.get(line.number) ?? none} />)}
            </ul>
        </section>
    );
}

const Card = memo(({line, calls}: {line: Line; calls: readonly Call[]}) => {
    const {say} = useWording();
    const named = line.description !== '' && line.description !== line.number;
    return (
        <li class={`card ${line.state}`} data-line={line.number} data-state={line.state}>
            <div class="who">
                <span class="name">{named ? line.description : line.number}</span>
                {named && <span class="number quiet">{line.number}</span>}
            </div>
            <div class="how">
                <State state={line.state} />
                <span class="use" title={say('lines.callsOf', {n: calls.length, most: line.simultaneous})}>
                    <span class="unseen">{say('lines.callsOf', {n: calls.length, most: line.simultaneous})}</span>
                    <span aria-hidden="true">{calls.length}/{line.simultaneous}</span>
                </span>
                <Since line={line} />
            </div>
            {calls.slice(0, mostShown).map(call => (
                <div class="with" key={call.callId}>
                    <Direction direction={call.direction} />
                    <Phone number={call.direction === 'in' ? call.calling : call.called} />
                    {calls.length > 1 && <Running since={call.answered ?? call.started} />}
                </div>
            ))}
            {calls.length > mostShown && <div class="quiet">{say('lines.more', {n: calls.length - mostShown})}</div>}
            {line.registered === false && <div class="warning">{say('lines.unregistered')}</div>}
        </li>
    );
});

/** Since when the line is as it is: a running duration while somebody is on it, else the time. */
function Since({line}: {line: Line}) {
    const wording = useWording();
    const now = useNowOnce();
    if (line.since <= 0 || line.state === 'unknown') return null;
    return (
        <span class="since">
            {line.state === 'free' ? wording.say('lines.since', {time: wording.time(line.since, now)}) : <Running since={line.since} />}
        </span>
    );
}
