import {durationText} from '../clock/duration';
import type {LineState} from '../api/contract';
import {useNow, useWording} from './context';

/** Each state has its own shape as well as its colour. */
const shapes = {
    unknown: <><circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.5" /></>,
    free: <><circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M6 10.2l2.8 2.8 5.2-5.6" class="mark" /></>,
    ringing: <><path d="M10 1.2a1.6 1.6 0 0 1 1.6 1.6v.3A5.6 5.6 0 0 1 15.6 8.5c0 4.2 1 5.3 2.4 6.6v.9H2v-.9c1.4-1.3 2.4-2.4 2.4-6.6a5.6 5.6 0 0 1 4-5.4v-.3A1.6 1.6 0 0 1 10 1.2z"
        fill="currentColor" /><path d="M7.8 17.2h4.4a2.2 2.2 0 0 1-4.4 0z" fill="currentColor" /></>,
    calling: <><rect x="1.5" y="1.5" width="17" height="17" rx="4" fill="currentColor" /><path d="M6 10h8" class="mark" /></>,
    held: <><circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M7.6 6.5v7M12.4 6.5v7" class="mark" /></>,
};

/** A line's or call's state: shape, colour and word. */
export function State({state}: {state: LineState}) {
    const {say} = useWording();
    return (
        <span class={`state ${state}`}>
            <svg class="light" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">{shapes[state]}</svg>
            <span class="word">{say(`state.${state}`)}</span>
        </span>
    );
}

/** A number as the server tells it. */
export function Phone({number}: {number: string}) {
    const {say} = useWording();
    return <span class="number">{number === 'anonymous' ? say('number.anonymous') : number || '–'}</span>;
}

/** `calling → called (dialed)`; what was dialled only when it is not who is called. */
export function Parties({calling, called, dialed}: {calling: string; called: string; dialed: string}) {
    if (called === '') return <Phone number={calling} />;
    return (
        <span class="parties">
            <Phone number={calling} /> → <Phone number={called} />
            {dialed !== '' && dialed !== called && <span class="dialed"> (<Phone number={dialed} />)</span>}
        </span>
    );
}

/** In or out: arrow and word. */
export function Direction({direction}: {direction: 'in' | 'out' | 'none'}) {
    const {say} = useWording();
    const arrow = {in: '↘', out: '↗', none: '•'}[direction];
    return <span class="direction"><span aria-hidden="true">{arrow}</span> {say(`direction.${direction}`)}</span>;
}

/** How long it is since `since`, running. */
export function Running({since}: {since: number}) {
    return <span class="duration">{durationText(useNow() - since)}</span>;
}

/** A heading with a count. */
export function Heading({id, title, count}: {id: string; title: string; count?: number}) {
    return <h2 id={id}>{title}{count !== undefined && <> <span class="count">{count}</span></>}</h2>;
}
