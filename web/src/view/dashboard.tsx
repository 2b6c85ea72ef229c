import type {Shown} from '../session';
import {Calls} from './calls';
import {useWording} from './context';
import {Journal} from './journal';
import {Lines} from './lines';
import {Queues} from './queues';

/** All that a token shows. */
export function Dashboard({shown}: {shown: Shown}) {
    const {say, time} = useWording();
    const {link, board, journal} = shown;
    const lost = link.kind === 'reconnecting';
    return (
        <main class={lost ? 'dashboard lost' : 'dashboard'} id="main" tabIndex={-1}>
            {lost && <p class="banner">{say('link.stale', {time: time(link.since, Date.now())})}</p>}
            <Lines board={board} />
            <div class={board.queues.length > 0 ? 'side' : 'side alone'}>
                <Calls board={board} />
                <Queues queues={board.queues} />
            </div>
            <Journal journal={journal} board={board} />
        </main>
    );
}
