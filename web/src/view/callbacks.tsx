import {useState} from 'preact/hooks';
import type {History as Api, MissedCaller} from '../api/history';
import {dayBegins, dayText} from '../clock/day';
import {durationText} from '../clock/duration';
import {useAsked} from './ask';
import {useNowOnce, useSurroundings, useWording} from './context';
import {Problem} from './history';
import {matches} from './matches';
import {Check, Choice, Head, Named, Phone, Search} from './parts';

const spans = ['1', '3', '7', '30'] as const;

/** Callers whom nobody answered and nobody has called back yet. */
export function Callbacks({api}: {api: Api}) {
    const {wording: {say}, describe, names} = useSurroundings();
    const now = useNowOnce();
    const [days, setDays] = useState<string>('3');
    const [wanted, setWanted] = useState('');
    const [withDone, setWithDone] = useState(false);
    const [by, setBy] = useState('');
    const [problem, setProblem] = useState('');
    const query = new URLSearchParams({from: dayBegins(dayText(now), 1 - Number(days))!});
    const asked = useAsked(query.toString(), signal => api.callbacks(query, signal));
    const all = asked.value ?? [];
    const found = all.filter(caller => (withDone || caller.done === null) &&
        (wanted === '' || matches(wanted, caller.number, names.of(caller.number), caller.line ?? '', caller.queue ?? '', describe(caller.line ?? ''), describe(caller.queue ?? ''))));
    const tick = async (caller: MissedCaller) => {
        try {
            await (caller.done ? api.undone(caller.id) : api.done(caller.id, by.trim() || say('callbacks.somebody')));
            setProblem('');
            asked.again();
        } catch (error) {
            setProblem(error instanceof Error ? error.message : String(error));
        }
    };
    const columns = (['number', 'place', 'last', 'attempts', 'wait', 'done'] as const).map(column =>
        [column === 'attempts' || column === 'wait' ? 'number-cell' : column, say(`callbacks.${column}`)] as const);
    return (
        <div class="callbacks-screen">
            <div class="screen-top"><h2>{say('callbacks.title')} <span class="count">{all.filter(caller => caller.done === null).length}</span></h2></div>
            <p class="quiet">{say('callbacks.explain')}</p>
            {asked.problem ? <Problem problem={asked.problem} again={asked.again} /> : <>
                <div class="panel filters">
                    <Search label={say('callbacks.filter')} value={wanted} change={setWanted} />
                    <Choice label={say('callbacks.days')} value={days} options={spans.map(one => [one, say(one === '1' ? 'callbacks.today' : 'callbacks.lastDays', {n: one})] as const)} change={setDays} />
                    <label class="choice"><span>{say('callbacks.by')}</span><input type="text" value={by} autocomplete="name" onInput={event => setBy(event.currentTarget.value)} /></label>
                    <Check label={say('callbacks.withDone')} checked={withDone} change={setWithDone} />
                </div>
                <section class="panel" aria-label={say('callbacks.title')}>
                    {problem !== '' && <p class="problem" role="alert">{say('history.failed', {why: problem})}</p>}
                    {found.length === 0 ? <p class="empty">{say(asked.busy ? 'history.busy' : 'callbacks.none')}</p> : (
                        <div class="table of-callbacks" role="table" aria-label={say('callbacks.title')}>
                            <Head columns={columns} />
                            <div role="rowgroup" class="body">{found.map(caller => <Missed key={caller.id} caller={caller} tick={() => void tick(caller)} />)}</div>
                        </div>
                    )}
                </section>
            </>}
        </div>
    );
}

function Missed({caller, tick}: {caller: MissedCaller; tick(): void}) {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    return (
        <div role="row" class={`row ${caller.done ? 'is-done' : ''}`} data-missed={caller.number}>
            <span role="cell" class="number">
                {/* Nobody is called at a masked number. */}
                {caller.number.includes('*') ? <Phone number={caller.number} /> : <a href={`tel:${caller.number.replace(/^00/, '+')}`}><Phone number={caller.number} /></a>}
            </span>
            <span role="cell" class="place"><Named number={caller.queue ?? caller.line ?? ''} /></span>
            <span role="cell" class="last">{wording.time(caller.last / 1e6, now)}</span>
            <span role="cell" class="attempts number-cell"><span class="label">{say('callbacks.attempts')} </span>{caller.attempts}</span>
            <span role="cell" class="wait number-cell"><span class="label">{say('callbacks.wait')} </span>{durationText(caller.longest_wait_s * 1000)}</span>
            <span role="cell" class="done">
                <button type="button" onClick={tick}>{say(caller.done ? 'callbacks.undo' : 'callbacks.tick')}</button>
                {caller.done && <span class="quiet small"> {say('callbacks.doneBy', {by: caller.done.by, time: wording.time(caller.done.at / 1e6, now)})}</span>}
            </span>
        </div>
    );
}
