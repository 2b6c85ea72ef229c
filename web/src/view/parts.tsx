import type {ComponentChildren} from 'preact';
import type {LineState} from '../api/contract';
import {durationText} from '../clock/duration';
import type {Key} from '../text/en';
import {useAt, useName, useSurroundings, useWording} from './context';

/** Each state has its own shape as well as its colour. */
const shapes = {
    unknown: <><circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2.5" /></>,
    free: <><circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M6 10.2l2.8 2.8 5.2-5.6" class="mark" /></>,
    ringing: <><path d="M10 1.2a1.6 1.6 0 0 1 1.6 1.6v.3A5.6 5.6 0 0 1 15.6 8.5c0 4.2 1 5.3 2.4 6.6v.9H2v-.9c1.4-1.3 2.4-2.4 2.4-6.6a5.6 5.6 0 0 1 4-5.4v-.3A1.6 1.6 0 0 1 10 1.2z"
        fill="currentColor" /><path d="M7.8 17.2h4.4a2.2 2.2 0 0 1-4.4 0z" fill="currentColor" /></>,
    calling: <><rect x="1.5" y="1.5" width="17" height="17" rx="4" fill="currentColor" /><path d="M6 10h8" class="mark" /></>,
    held: <><circle cx="10" cy="10" r="8.5" fill="currentColor" /><path d="M7.6 6.5v7M12.4 6.5v7" class="mark" /></>,
};

/** The sign of a state: its shape and colour; its word stands beside it. */
export function Light({state}: {state: LineState}) {
    return <svg class={`light ${state}`} viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">{shapes[state]}</svg>;
}

/** A line's or call's state: shape, colour and word. */
export function State({state, word}: {state: LineState; word?: Key}) {
    const {say} = useWording();
    return <span class={`state ${state}`}><Light state={state} /><span class="word">{say(word ?? `state.${state}`)}</span></span>;
}

/** A number as the server tells it, behind the name of who is known to have it. */
export function Phone({number}: {number: string}) {
    const {say} = useWording();
    const name = useName(number);
    const phone = <span class="number">{number === 'anonymous' ? say('number.anonymous') : number || '–'}</span>;
    return name === '' ? phone : <span class="known"><span class="contact" title={name}>{name}</span> <span class="quiet">{phone}</span></span>;
}

/** `calling → called (dialed)`; what was dialled only when it is not who is called. */
export function Parties({calling, called, dialed}: {calling: string; called: string; dialed: string}) {
    if (called === '') return <Phone number={calling} />;
    return (
        <span class="parties">
            <Phone number={calling} /> <span class="arrow">→</span> <Phone number={called} />
            {dialed !== '' && dialed !== called && <span class="dialed"> (<Phone number={dialed} />)</span>}
        </span>
    );
}

/** A line or queue: its description, and its number. */
export function Named({number}: {number: string}) {
    const name = useSurroundings().describe(number);
    return name === '' ? <Phone number={number} /> : <span class="named">{name} <span class="quiet"><Phone number={number} /></span></span>;
}

/** In or out: arrow and word. */
export function Direction({direction}: {direction: 'in' | 'out' | 'none'}) {
    const {say} = useWording();
    const arrow = {in: '↘', out: '↗', none: '•'}[direction];
    return <span class="direction"><span aria-hidden="true">{arrow}</span> {say(`direction.${direction}`)}</span>;
}

/** How long it is since `since`, running. */
export function Running({since, class: name = ''}: {since: number; class?: string}) {
    return <span class={`duration ${name}`}>{useAt(now => durationText(now - since))}</span>;
}

/** A heading with a count. */
export function Heading({id, title, count}: {id: string; title: string; count?: number}) {
    return <h2 id={id}>{title}{count !== undefined && <> <span class="count">{count}</span></>}</h2>;
}

export function Search({label, value, change}: {label: string; value: string; change(value: string): void}) {
    return <input type="search" value={value} aria-label={label} placeholder={label} onInput={event => change(event.currentTarget.value)} />;
}

/** A choice from a few, beside its name. */
export function Choice<T extends string>({label, value, options, change}: {label: string; value: T; options: readonly (readonly [T, string])[]; change(value: T): void}) {
    return (
        <label class="choice"><span>{label}</span>
            <select value={value} onChange={event => change(event.currentTarget.value as T)}>
                {options.map(([one, text]) => <option key={one} value={one}>{text}</option>)}
            </select>
        </label>
    );
}

export function Check({label, checked, change}: {label: ComponentChildren; checked: boolean; change(checked: boolean): void}) {
    return <label class="check"><input type="checkbox" checked={checked} onChange={event => change(event.currentTarget.checked)} />{label}</label>;
}

/** One of the big figures: its name, its value, what it means. */
export function Figure({name, value, alarm = 'calm', id, note}: {name: string; value: ComponentChildren; alarm?: string; id?: string; note?: string}) {
    return (
        <div class={`figure ${alarm}`} data-figure={id}>
            <dt>{name}</dt><dd>{value}{note !== undefined && <span class="note">{note}</span>}</dd>
        </div>
    );
}

/** A table whose columns have the widths of the class `name`. */
export function Head({columns}: {columns: readonly (readonly [string, string])[]}) {
    return (
        <div role="rowgroup" class="head"><div role="row" class="row">
            {columns.map(([name, title]) => <span key={title} role="columnheader" class={name}>{title}</span>)}
        </div></div>
    );
}
