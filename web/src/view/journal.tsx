import {useState} from 'preact/hooks';
import {latencyText} from '../clock/duration';
import type {Board} from '../fold/board';
import type {Entry, Journal as Entries} from '../fold/journal';
import type {Wording} from '../text/language';
import {useNowOnce, useWording} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Direction, Heading, Parties, Phone} from './parts';

const rowsAtOnce = 50;

/** What happened since the page was opened, newest first. */
export function Journal({journal, board}: {journal: Entries; board: Board}) {
    const wording = useWording();
    const {say} = wording;
    const [wanted, setWanted] = useState('');
    const [most, setMost] = useState(rowsAtOnce);
    const midnight = new Date(useNowOnce()).setHours(0, 0, 0, 0);
    const described = (entry: Entry) => descriptionOf(board, entry.line);
    const entries = wanted.trim() === '' ? journal.entries : journal.entries.filter(entry => matches(wanted, entry.name,
        wording.event(entry.name), entry.line, described(entry), entry.calling, entry.called, entry.dialed, entry.remark));
    const columns = ['time', 'event', 'line', 'direction', 'parties', 'remark', 'latency'] as const;
    return (
        <section aria-labelledby="journal" class="panel journal">
            <div class="top">
                <Heading id="journal" title={say('journal.title')} />
                <div class="tools">
                    <input type="search" value={wanted} aria-label={say('journal.filter')} placeholder={say('journal.filter')}
                        onInput={change => setWanted(change.currentTarget.value)} />
                </div>
            </div>
            <p class="quiet small">{say('journal.explain')}</p>
            {entries.length === 0
                ? <p class="empty">{say(journal.entries.length === 0 ? 'journal.none' : 'journal.noMatch')}</p>
                : (
                    <table role="table" aria-labelledby="journal">
                        <thead role="rowgroup">
                            <tr role="row">{columns.map(column => (
                                <th key={column} role="columnheader" scope="col" class={column}>{say(`journal.${column}`)}</th>
                            ))}</tr>
                        </thead>
                        <tbody role="rowgroup">
                            {entries.slice(0, most).map(entry => <Row key={entry.serial} entry={entry} description={described(entry)}
                                wording={wording} today={midnight} />)}
                        </tbody>
                    </table>
                )}
            {entries.length > most && (
                <button type="button" class="more" onClick={() => setMost(most + rowsAtOnce)}>
                    {say('journal.more', {n: Math.min(rowsAtOnce, entries.length - most)})}
                </button>
            )}
        </section>
    );
}

function descriptionOf(board: Board, number: string): string {
    return board.lines.get(number)?.description ?? board.queues.find(queue => queue.number === number)?.description ?? '';
}

interface RowProps {
    entry: Entry;
    description: string;
    wording: Wording;
    /** Any moment of today: times of other days are shown with their date. */
    today: number;
}

/** An entry never changes: of many rows only the new one is drawn. */
const Row = memo(({entry, description, wording, today}: RowProps) => {
    const time = wording.time(entry.time, today);
    if (entry.kind === 'notice')
        return (
            <tr role="row" class="notice" data-event={entry.name}>
                <td role="cell" class="time">{time}</td>
                <td role="cell" class="event">{wording.event(entry.name)}</td>
                <td role="cell" class="remark" colSpan={5}>{entry.remark}</td>
            </tr>
        );
    return (
        <tr role="row" data-event={entry.name} data-line={entry.line}>
            <td role="cell" class="time">{time}</td>
            <td role="cell" class="event">{wording.event(entry.name)} <code>{entry.name}</code></td>
            <td role="cell" class="line">{description !== '' && description !== entry.line && <>{description} </>}
                <span class="quiet"><Phone number={entry.line} /></span></td>
            <td role="cell" class="direction"><Direction direction={entry.direction} /></td>
            <td role="cell" class="parties"><Parties calling={entry.calling} called={entry.called} dialed={entry.dialed} /></td>
            <td role="cell" class="remark">{entry.remark}</td>
            <td role="cell" class="latency">{entry.latency === null ? '' : latencyText(entry.latency)}</td>
        </tr>
    );
});
