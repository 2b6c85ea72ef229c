// Many lines and many calls.
import {event, serviceOf} from './server.mjs';

export const crowd = Array.from({length: 2000}, (_, i) => `00331700${String(i).padStart(5, '0')}`);
export const crowdServices = crowd.map((number, i) => serviceOf(number, `Office ${i}`, 'sipCirpack')).join('');

/** `n` calls in progress, each at a line of its own. */
export function crowdCalls(n) {
    return crowd.slice(0, n).flatMap((line, i) => ['start_ringing', 'end_ringing', 'start_calling'].map(name => event(name, line, `crowd-${i}`, {calling: `0033612${String(i).padStart(6, '0')}`})));
}

/** The `i`th of many events: calls of the lines beyond the first 300 come and go. */
export function crowdEvent(i) {
    const line = crowd[300 + (Math.floor(i / 4) * 7) % 1700];
    return event(['start_ringing', 'end_ringing', 'start_calling', 'end_calling'][i % 4], line, `passing-${Math.floor(i / 4)}`);
}
