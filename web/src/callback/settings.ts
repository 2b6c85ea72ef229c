import {isObject, oneOf, textsOf} from '../values';

/** How an address is called: asked for unseen, in a window of its own, inside the page, in a new tab. */
export const modes = ['silent', 'popup', 'embedded', 'tab'] as const;
export type Mode = (typeof modes)[number];
/** When: never, as soon as it rings, when it is answered, or only when somebody clicks on the card. */
export const moments = ['never', 'ring', 'answer', 'click'] as const;
export type Moment = (typeof moments)[number];

export interface CallbackSettings {
    url: string;
    mode: Mode;
    moment: Moment;
    incoming: boolean;
    outgoing: boolean;
    queues: boolean;
    /** Numbers of lines and queues; empty: all. */
    lines: readonly string[];
}

export function readCallback(value: unknown): CallbackSettings {
    const kept = isObject(value) ? value : {};
    return {
        url: typeof kept['url'] === 'string' ? kept['url'] : '',
        mode: oneOf(modes, kept['mode'], 'popup'),
        moment: oneOf(moments, kept['moment'], 'never'),
        incoming: kept['incoming'] !== false,
        outgoing: kept['outgoing'] === true,
        queues: kept['queues'] !== false,
        lines: textsOf(kept['lines']),
    };
}
