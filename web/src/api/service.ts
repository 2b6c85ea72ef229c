import type {World} from './link';
import {realWorld, within} from './link';

/** OVH's own event service: what a page asks that no Callboard serves and nobody has told otherwise. */
export const publicService = 'https://events.voip.ovh.net/';

/** What answers at an address: a Callboard with all of its ways, or an event service of version 1 alone. */
export type Service = {kind: 'callboard'; base: string} | {kind: 'events'; endpoint: string};

/**
 * Finds out what is at `endpoint`, or, when that is empty, where the page came from (`origin`). Only a Callboard tells
 * how it is to a page that may read it; a server that cannot be reached just now is one until it says otherwise, if
 * the page came from there.
 */
export async function serviceAt(endpoint: string, origin: string, world: Pick<World, 'fetch'> = realWorld): Promise<Service> {
    const base = endpoint === '' ? origin : endpoint;
    const own = new URL(base).origin === origin;
    try {
        const answer = await within(5_000, world.fetch(`${endpoint}/healthz`, {cache: 'no-store', credentials: 'omit'}));
        // Not the page of a web server that has one for every path.
        if ((await within(5_000, answer.text())).trim() === 'ok') return {kind: 'callboard', base: endpoint};
    } catch {
        if (own) return {kind: 'callboard', base: endpoint};
    }
    return {kind: 'events', endpoint: endpoint === '' ? publicService : `${endpoint}/`};
}
