import {useMemo, useState} from 'preact/hooks';
import {HistoryError, type History as Api, type PastCall, pastOutcomes} from '../api/history';
import {dayText, setDays} from '../clock/day';
import {durationText} from '../clock/duration';
import type {Shown} from '../session';
import {Chart, buckets} from './chart';
import {type Asked, useAsked} from './ask';
import {useNowOnce, useSurroundings, useWording} from './context';
import {Direction, Figure, Head, Heading, Named, Parties, Search} from './parts';
import {usePart} from './window';

/** Says what kept a screen from its data. */
export function Problem({problem, again}: {problem: HistoryError; again(): void}) {
    const {say} = useWording();
    const text = problem.kind === 'absent' ? say('history.absent') : problem.kind === 'refused' ? say('history.refused') : say('history.failed', {why: problem.message});
    return <div class="panel problem-box" role="alert"><p>{text}</p><button type="button" onClick={again}>{say('history.again')}</button></div>;
}

interface Filter {
    number: string;
    day: string;
    until: string;
    place: string;
    outcome: string;
    direction: string;
}

export function queryOf(filter: Filter, queues: ReadonlySet<string>): URLSearchParams {
    const query = new URLSearchParams();
    if (filter.number.trim()) query.set('number', filter.number.trim());
    if (filter.place) query.set(queues.has(filter.place) ? 'queue' : 'line', filter.place);
    if (filter.outcome) query.set('outcome', filter.outcome === 'lost' ? 'missed,abandoned,no_agent' : filter.outcome);
    if (filter.direction) query.set('direction', filter.direction);
    setDays(query, filter.day, filter.until);
    return query;
}

/** What was: search, charts over the day, and a file for a spreadsheet. */
export function History({api, shown}: {api: Api; shown: Shown}) {
    const {wording: {say}} = useSurroundings();
    const today = dayText(useNowOnce());
    const [filter, setFilter] = useState<Filter>({number: '', day: today, until: today, place: '', outcome: '', direction: ''});
    const queues = new Set(shown.queues.map(queue => queue.number));
    const query = queryOf(filter, queues);
    const first = useAsked(`calls ${query}`, signal => api.calls(new URLSearchParams([...query, ['limit', '200']]), signal));
    const set = (change: Partial<Filter>) => setFilter({...filter, ...change});
    const places = [...shown.board.queues, ...shown.board.lines.values()];
    return (
        <div class="history-screen">
            <div class="screen-top"><h2>{say('history.title')}</h2></div>
            <form class="panel filters" role="search" onSubmit={event => event.preventDefault()}>
                <Search label={say('history.number')} value={filter.number} change={number => set({number})} />
                <label class="choice"><span>{say('history.from')}</span><input type="date" value={filter.day} max={filter.until} onChange={event => set({day: event.currentTarget.value})} /></label>
                <label class="choice"><span>{say('history.to')}</span><input type="date" value={filter.until} min={filter.day} onChange={event => set({until: event.currentTarget.value})} /></label>
                <label class="choice"><span>{say('history.place')}</span>
                    <select value={filter.place} onChange={event => set({place: event.currentTarget.value})}>
                        <option value="">{say('filter.all')}</option>
                        {places.map(place => <option key={place.number} value={place.number}>{place.description || place.number}</option>)}
                    </select></label>
                <label class="choice"><span>{say('history.outcome')}</span>
                    <select value={filter.outcome} onChange={event => set({outcome: event.currentTarget.value})}>
                        <option value="">{say('filter.all')}</option>
                        <option value="lost">{say('history.allLost')}</option>
                        {pastOutcomes.map(one => <option key={one} value={one}>{say(`past.${one}`)}</option>)}
                    </select></label>
                <label class="choice"><span>{say('history.direction')}</span>
                    <select value={filter.direction} onChange={event => set({direction: event.currentTarget.value})}>
                        <option value="">{say('filter.all')}</option><option value="in">{say('direction.in')}</option><option value="out">{say('direction.out')}</option>
                    </select></label>
            </form>
            {first.problem ? <Problem problem={first.problem} again={first.again} /> : <>
                <Statistics api={api} filter={filter} queues={queues} />
                <PastCalls api={api} query={query} day={filter.day} first={first} />
            </>}
        </div>
    );
}

function Statistics({api, filter, queues}: {api: Api; filter: Filter; queues: ReadonlySet<string>}) {
    const wording = useWording();
    const {say} = wording;
    const oneDay = filter.day === filter.until;
    const query = new URLSearchParams({
        by: filter.place ? (queues.has(filter.place) ? 'queue' : 'line') : queues.size > 0 ? 'queue' : 'account', interval: oneDay ? 'hour' : 'day',
    });
    if (filter.place) query.set('key', filter.place);
    setDays(query, filter.day, filter.until);
    const asked = useAsked(`statistics ${query}`, signal => api.statistics(query, signal));
    const rows = asked.value?.rows ?? [];
    const data = useMemo(() => buckets(rows), [asked.value]);
    if (asked.problem || !asked.value) return null;
    const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
    const answered = sum(row => row.answered);
    const weighted = (of: (row: (typeof rows)[number]) => number) => (answered > 0 ? sum(row => of(row) * row.answered) / answered : 0);
    const level = answered > 0 && rows.some(row => row.service_level !== null) ? weighted(row => row.service_level ?? 0) : null;
    return (
        <section class="panel statistics" aria-labelledby="statistics">
            <div class="top"><Heading id="statistics" title={say('history.statistics')} />
                <span class="quiet small">{say('history.levelMeans', {seconds: asked.value.threshold})}</span></div>
            <dl class="figures">
                <Figure name={say('history.offered')} value={sum(row => row.offered)} />
                <Figure name={say('history.answered')} value={answered} />
                <Figure name={say('history.lost')} value={sum(row => row.lost)} />
                <Figure name={say('history.level')} value={level === null ? '–' : wording.percent(level)} />
                <Figure name={say('history.averageWait')} value={durationText(weighted(row => row.average_wait_s) * 1000)} />
                <Figure name={say('history.longestWait')} value={durationText(Math.max(0, ...rows.map(row => row.longest_wait_s)) * 1000)} />
                <Figure name={say('history.averageTalk')} value={durationText(weighted(row => row.average_talk_s) * 1000)} />
            </dl>
            {data.length > 0 ? <Chart data={data} from={asked.value.from} to={asked.value.to} /> : <p class="empty">{say('history.none')}</p>}
        </section>
    );
}

function PastCalls({api, query, day, first}: {api: Api; query: URLSearchParams; day: string; first: Asked<{calls: PastCall[]; next: string | null}>}) {
    const {say} = useWording();
    const [more, setMore] = useState<{of: string; calls: PastCall[]; next: string | null}>({of: '', calls: [], next: null});
    const [problem, setProblem] = useState('');
    const mine = more.of === query.toString() ? more : null;
    const calls = [...(first.value?.calls ?? []), ...(mine?.calls ?? [])];
    const next = mine ? mine.next : (first.value?.next ?? null);
    const part = usePart<HTMLDivElement>(calls.length);
    const load = async () => {
        try {
            const page = await api.calls(new URLSearchParams([...query, ['limit', '200'], ['after', next!]]));
            setMore({of: query.toString(), calls: [...(mine?.calls ?? []), ...page.calls], next: page.next});
        } catch (error) {
            setProblem(error instanceof Error ? error.message : String(error));
        }
    };
    const columns = (['time', 'direction', 'parties', 'place', 'wait', 'talk', 'outcome'] as const).map(column =>
        [column === 'wait' || column === 'talk' ? 'number-cell' : column, say(`history.column.${column}`)] as const);
    return (
        <section class="panel past" aria-labelledby="past">
            <div class="top">
                <Heading id="past" title={say('history.calls')} count={calls.length} />
                <Download api={api} query={query} day={day} failed={setProblem} />
            </div>
            {problem !== '' && <p class="problem" role="alert">{say('history.failed', {why: problem})}</p>}
            {calls.length === 0 ? <p class="empty">{say(first.busy ? 'history.busy' : 'history.none')}</p> : (
                <div class="scroll" tabIndex={0} role="group" aria-labelledby="past">
                    <div class="table of-past" role="table" aria-labelledby="past">
                        <Head columns={columns} />
                        <div role="rowgroup" class="body" ref={part.ref} style={part.style}>
                            {calls.slice(part.from, part.to).map(call => <PastRow key={call.id} call={call} />)}
                        </div>
                    </div>
                </div>
            )}
            {next !== null && <button type="button" class="more" onClick={() => void load()}>{say('history.more')}</button>}
        </section>
    );
}

function Download({api, query, day, failed}: {api: Api; query: URLSearchParams; day: string; failed: (why: string) => void}) {
    const {say, count} = useWording();
    const [come, setCome] = useState<{rows: number; all: number | null} | null>(null);
    const begin = async () => {
        setCome({rows: 0, all: null});
        await download(api, query, day, failed, (rows, all) => setCome({rows, all}));
        setCome(null);
    };
    return (
        <>
            {come !== null && (
                <span class="quiet small" role="status">
                    {come.all === null ? say('history.csvRows', {rows: count(come.rows)}) : say('history.csvRowsOf', {rows: count(come.rows), all: count(come.all)})}
                </span>
            )}
            <button type="button" disabled={come !== null} onClick={() => void begin()}>{say('history.csv')}</button>
        </>
    );
}

/** With the token in a header, so that the address can be seen by anybody. */
async function download(
    api: Api, query: URLSearchParams, day: string, failed: (why: string) => void, told: (rows: number, all: number | null) => void,
): Promise<void> {
    try {
        const url = URL.createObjectURL(await api.csv(query, told));
        const link = document.createElement('a');
        link.href = url;
        link.download = `callboard-${day || 'all'}.csv`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
        failed('');
    } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
    }
}

const good: ReadonlySet<string> = new Set(['answered', 'transferred']);

function PastRow({call}: {call: PastCall}) {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    return (
        <div role="row" class="row" data-past={call.id}>
            <span role="cell" class="time">{wording.time(call.started / 1e6, now)}</span>
            <span role="cell" class="direction"><Direction direction={call.kind === 'queue' ? 'none' : call.direction} /></span>
            <span role="cell" class="parties"><Parties calling={call.calling} called={call.called} dialed={call.dialed} />{call.name && <span class="quiet"> {call.name}</span>}</span>
            <span role="cell" class="place">{call.queue ? <Named number={call.queue} /> : call.line ? <Named number={call.line} /> : '–'}{call.agent && <span class="quiet small"> · {call.agent}</span>}</span>
            <span role="cell" class="number-cell"><span class="label">{say('history.column.wait')} </span>{durationText(call.waited_s * 1000)}</span>
            <span role="cell" class="number-cell"><span class="label">{say('history.column.talk')} </span>{call.answered === null ? '–' : durationText(call.talked_s * 1000)}</span>
            <span role="cell" class="outcome" title={call.cause}><span class={`outcome-mark ${good.has(call.outcome) ? 'answered' : call.outcome === 'in_progress' ? 'talking' : 'bad'}`}>{say(`past.${call.outcome}`)}</span></span>
        </div>
    );
}
