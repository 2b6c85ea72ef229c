import {useState} from 'preact/hooks';
import {latencyText} from '../clock/duration';
import type {Entry, Journal as Entries} from '../fold/journal';
import {useNowOnce, useSurroundings} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Direction, Head, Heading, Named, Parties, Search} from './parts';
import {usePart} from './window';

type Kind = 'all' | 'lines' | 'queues';

/** What happened since the page was opened, newest first. */
export function Journal({journal}: {journal: Entries}) {
    const {wording, describe, names} = useSurroundings();
    const {say} = wording;
    const [wanted, setWanted] = useState('');
    const [kind, setKind] = useState<Kind>('all');
    const midnight = new Date(useNowOnce()).setHours(0, 0, 0, 0);
    const entries = wanted.trim() === '' && kind === 'all' ? journal.entries : journal.entries.filter(entry =>
        (kind === 'all' || entry.kind === 'notice' || (entry.direction === 'none') === (kind === 'queues')) && matches(wanted, entry.name,
            wording.event(entry.name), entry.line, describe(entry.line), entry.calling, entry.called, entry.dialed, entry.remark, entry.protocol,
            names.of(entry.calling), names.of(entry.called), names.of(entry.dialed)));
    const columns = (['time', 'event', 'line', 'direction', 'parties', 'remark', 'protocol', 'latency'] as const)
        .map(column => [column, say(`journal.${column}`)] as const);
    const part = usePart<HTMLDivElement>(entries.length);
    return (
        <section aria-labelledby="journal" class="panel journal">
            <div class="top">
                <div><Heading id="journal" title={say('journal.title')} count={journal.entries.length} /><p class="quiet small">{say('journal.explain')}</p></div>
                <div class="tools">
                    <select aria-label={say('journal.kind')} value={kind} onChange={event => setKind(event.currentTarget.value as Kind)}>
                        {(['all', 'lines', 'queues'] as const).map(one => <option key={one} value={one}>{say(`journal.${one}`)}</option>)}
                    </select>
                    <Search label={say('journal.filter')} value={wanted} change={setWanted} />
                </div>
            </div>
            {entries.length === 0
                ? <p class="empty">{say(journal.entries.length === 0 ? 'journal.none' : 'journal.noMatch')}</p>
                : (
                    <div class="scroll" tabIndex={0} role="group" aria-labelledby="journal">
                        <div class="table of-journal" role="table" aria-labelledby="journal" aria-rowcount={entries.length + 1}>
                            <Head columns={columns} />
                            <div role="rowgroup" class="body" ref={part.ref} style={part.style}>
                                {entries.slice(part.from, part.to).map(entry => <Row key={entry.serial} entry={entry} today={midnight} />)}
                            </div>
                        </div>
                    </div>
                )}
        </section>
    );
}

interface RowProps {
    entry: Entry;
    /** Any moment of today: times of other days are shown with their date. */
    today: number;
}

/** An entry never changes: of many rows only the new one is drawn. */
const Row = memo(({entry, today}: RowProps) => {
    const {wording} = useSurroundings();
    const time = wording.time(entry.time, today);
    if (entry.kind === 'notice')
        return (
            <div role="row" class="row notice" data-event={entry.name}>
                <span role="cell" class="time">{time}</span>
                <span role="cell" class="event">{wording.event(entry.name)}</span>
                <span role="cell" class="remark">{entry.remark}</span>
            </div>
        );
    return (
        <div role="row" class="row" data-event={entry.name} data-line={entry.line}>
            <span role="cell" class="time">{time}</span>
            <span role="cell" class="event" title={entry.name}>{wording.event(entry.name)} <code>{entry.name}</code></span>
            <span role="cell" class="line"><Named number={entry.line} /></span>
            <span role="cell" class="direction-cell"><Direction direction={entry.direction} /></span>
            <span role="cell" class="parties-cell"><Parties calling={entry.calling} called={entry.called} dialed={entry.dialed} /></span>
            <span role="cell" class="remark" title={entry.remark}>{entry.remark}</span>
            <span role="cell" class="protocol">{entry.protocol}</span>
            <span role="cell" class="latency">{entry.latency === null ? '–' : latencyText(entry.latency)}</span>
        </div>
    );
});
