import {useState} from 'preact/hooks';
import type {LineState} from '../api/contract';
import {type Board, type Call, type Line, callsPerLine} from '../fold/board';
import {useNowOnce, useSurroundings, useWording} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Check, Direction, Heading, Phone, Running, Search, State} from './parts';
import {usePart} from './window';

const none: readonly Call[] = [];
const states: readonly (LineState | 'all')[] = ['all', 'ringing', 'calling', 'held', 'free', 'unknown'];

/** Every line with its light, its state, and whom it speaks with. */
export function Lines({board, all, eventsOnly}: {board: Board; all: ReadonlyMap<string, Line>; eventsOnly: boolean}) {
    const {wording: {say}, settings, change, names} = useSurroundings();
    const [wanted, setWanted] = useState('');
    const [state, setState] = useState<LineState | 'all'>('all');
    const calls = callsPerLine(board);
    const lines = [...all.values()].filter(line => {
        const those = calls.get(line.number) ?? none;
        if ((settings.onlyBusy && those.length === 0) || (state !== 'all' && line.state !== state)) return false;
        if (wanted === '') return true;
        return matches(wanted, line.number, line.description, say(`state.${line.state}`), ...those.flatMap(call => [call.calling, call.called, call.dialed].flatMap(number => [number, names.of(number)])));
    });
    const part = usePart<HTMLUListElement>(lines.length);
    return (
        <section aria-labelledby="lines" class="panel lines">
            <div class="top">
                <Heading id="lines" title={say('lines.title')} count={all.size} />
                <div class="tools">
                    <Check label={say('lines.onlyBusy')} checked={settings.onlyBusy} change={onlyBusy => change({onlyBusy})} />
                    <select aria-label={say('lines.state')} value={state} onChange={event => setState(event.currentTarget.value as LineState | 'all')}>
                        {states.map(one => <option key={one} value={one}>{one === 'all' ? say('filter.allStates') : say(`state.${one}`)}</option>)}
                    </select>
                    <Search label={say('lines.filter')} value={wanted} change={setWanted} />
                </div>
            </div>
            {lines.length === 0 && <p class="empty">{say(all.size > 0 ? 'lines.noMatch' : eventsOnly ? 'service.noneYet' : 'lines.none')}</p>}
            <div class="scroll" tabIndex={0} role="group" aria-labelledby="lines">
                <ul class="cards" ref={part.ref} style={part.style}>
                    {lines.slice(part.from, part.to).map((line, i) => <Card key={line.number} line={line} calls={calls.get(line.number) ?? none}
                        position={part.from + i + 1} size={lines.length} />)}
                </ul>
            </div>
        </section>
    );
}

const Card = memo(({line, calls, position, size}: {line: Line; calls: readonly Call[]; position: number; size: number}) => {
    const {say} = useWording();
    const named = line.description !== '' && line.description !== line.number;
    const [call] = calls;
    return (
        <li class={`card ${line.state}`} data-line={line.number} data-state={line.state} aria-setsize={size} aria-posinset={position}>
            <div class="who">
                <span class="name" title={line.description}>{named ? line.description : line.number}</span>
                {named && <span class="number quiet" title={line.number}>{line.number}</span>}
            </div>
            <div class="how">
                <State state={line.state} />
                <span class="use" title={say('lines.callsOf', {n: calls.length, most: line.simultaneous})}>
                    <span class="unseen">{say('lines.callsOf', {n: calls.length, most: line.simultaneous})}</span>
                    <span aria-hidden="true">{calls.length}/{line.simultaneous}</span>
                </span>
                {call && <span class="since"><Running since={line.since} /></span>}
            </div>
            <div class="with">
                {call ? <>
                    <Direction direction={call.direction} />
                    <Phone number={call.direction === 'in' ? call.calling : call.called} />
                    {calls.length > 1 && <span class="more">{say('lines.more', {n: calls.length - 1})}</span>}
                </> : <>
                    <Since line={line} />
                    {line.registered === false && <span class="warning">{say('lines.unregistered')}</span>}
                </>}
            </div>
        </li>
    );
});

/** Since when nobody is on the line, or nothing is known of it. */
function Since({line}: {line: Line}) {
    const wording = useWording();
    const now = useNowOnce();
    return line.since > 0 ? <span class="quiet since">{wording.say('lines.since', {time: wording.time(line.since, now)})}</span> : null;
}
