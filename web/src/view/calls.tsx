import {useState} from 'preact/hooks';
import {durationText, splitOf} from '../clock/duration';
import {type Board, type Call, callKey, newestCalls} from '../fold/board';
import {useAt, useSurroundings, useWording} from './context';
import {matches} from './matches';
import {memo} from './memo';
import {Direction, Head, Heading, Parties, Search, State} from './parts';
import {usePart} from './window';

/** Calls in progress, the newest first, each as one line sees it. */
export function Calls({board}: {board: Board}) {
    const {wording: {say}, describe, names} = useSurroundings();
    const [wanted, setWanted] = useState('');
    const all = newestCalls(board);
    const calls = wanted === '' ? all : all.filter(call => matches(wanted, call.calling, call.called, call.dialed, call.line, describe(call.line),
        names.of(call.calling), names.of(call.called), names.of(call.dialed), say(`state.${call.state}`), say(`direction.${call.direction}`)));
    const part = usePart<HTMLDivElement>(calls.length);
    return (
        <section aria-labelledby="calls" class="panel calls">
            <div class="top">
                <Heading id="calls" title={say('calls.title')} count={all.length} />
                <div class="tools"><Search label={say('calls.filter')} value={wanted} change={setWanted} /></div>
            </div>
            {calls.length === 0 ? <p class="empty">{say(all.length === 0 ? 'calls.none' : 'calls.noMatch')}</p> : (
                <div class="scroll" tabIndex={0} role="group" aria-labelledby="calls">
                    <div class="table of-calls" role="table" aria-labelledby="calls" aria-rowcount={calls.length + 1}>
                        <Head columns={[['state-cell', say('calls.state')], ['wide', say('calls.parties')], ['number-cell', say('calls.wait')], ['number-cell talk-head', say('calls.talk')]]} />
                        <div role="rowgroup" class="body" ref={part.ref} style={part.style}>
                            {calls.slice(part.from, part.to).map(call => <Row key={callKey(call.line, call.callId)} call={call} description={describe(call.line)} />)}
                        </div>
                    </div>
                </div>
            )}
        </section>
    );
}

const Row = memo(({call, description}: {call: Call; description: string}) => {
    const {say} = useWording();
    const wait = useAt(now => durationText(splitOf(call, now).wait));
    const talk = useAt(now => {
        const ms = splitOf(call, now).talk;
        return ms === null ? '–' : durationText(ms);
    });
    return (
        <div role="row" class="row" data-call={call.callId} data-line={call.line} data-state={call.state}>
            <span role="cell" class="state-cell"><State state={call.state} /></span>
            <span role="cell" class="wide">
                <Parties calling={call.calling} called={call.called} dialed={call.dialed} />
                <span class="quiet small"><Direction direction={call.direction} /> · {description || call.line}</span>
            </span>
            <span role="cell" class="number-cell"><span class="label">{say('calls.wait')} </span><span class="duration wait">{wait}</span></span>
            <span role="cell" class="number-cell"><span class="label">{say('calls.talk')} </span><span class="duration talk">{talk}</span></span>
        </div>
    );
});
