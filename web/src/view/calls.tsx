import {durationText, splitOf} from '../clock/duration';
import {type Board, type Call, callKey, newestCalls} from '../fold/board';
import {useNow, useWording} from './context';
import {Direction, Heading, Parties, State} from './parts';

/** Calls in progress, the newest first, each as one line sees it. */
export function Calls({board}: {board: Board}) {
    const {say} = useWording();
    const calls = newestCalls(board);
    return (
        <section aria-labelledby="calls" class="panel calls">
            <div class="top"><Heading id="calls" title={say('calls.title')} count={calls.length} /></div>
            {calls.length === 0 ? <p class="empty">{say('calls.none')}</p> : (
                <table role="table" aria-labelledby="calls">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{say('calls.state')}</th>
                            <th role="columnheader" scope="col">{say('calls.parties')}</th>
                            <th role="columnheader" scope="col" class="figure">{say('calls.wait')}</th>
                            <th role="columnheader" scope="col" class="figure">{say('calls.talk')}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        {calls.map(call => <Row key={callKey(call.line, call.callId)} call={call}
                            description={board.lines.get(call.line)?.description ?? ''} />)}
                    </tbody>
                </table>
            )}
        </section>
    );
}

function Row({call, description}: {call: Call; description: string}) {
    const {say} = useWording();
    const {wait, talk} = splitOf(call, useNow());
    return (
        <tr role="row" data-call={call.callId} data-line={call.line} data-state={call.state}>
            <td role="cell"><State state={call.state} /></td>
            <td role="cell" class="wide">
                <Parties calling={call.calling} called={call.called} dialed={call.dialed} />
                <div class="quiet small"><Direction direction={call.direction} /> · {description || call.line}</div>
            </td>
            <td role="cell" class="figure"><span class="label">{say('calls.wait')} </span><span class="duration wait">{durationText(wait)}</span></td>
            <td role="cell" class="figure"><span class="label">{say('calls.talk')} </span><span class="duration talk">{talk === null ? '–' : durationText(talk)}</span></td>
        </tr>
    );
}
