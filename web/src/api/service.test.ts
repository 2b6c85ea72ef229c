import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {publicService, serviceAt} from './service';

const origin = 'https://phones.example';
const answers = (text: string, status = 200) => ({fetch: (() => Promise.resolve(new Response(text, {status}))) as typeof fetch});
const unreachable = {fetch: (() => Promise.reject(new TypeError('failed'))) as typeof fetch};

describe('what is at an address', () => {
    it('is a Callboard when it says how it is', async () => {
        assert.deepEqual(await serviceAt('', origin, answers('ok')), {kind: 'callboard', base: ''});
        assert.deepEqual(await serviceAt('https://other.example/board', origin, answers('ok\n')), {kind: 'callboard', base: 'https://other.example/board'});
    });
    it('is the public service when the page came from a plain web server', async () => {
        for (const answer of [answers('<!doctype html>', 404), answers('<!doctype html><title>Any path</title>'), answers('')])
            assert.deepEqual(await serviceAt('', origin, answer), {kind: 'events', endpoint: publicService});
    });
    it('is an event service when it lets a page of another origin read nothing of it', async () => {
        assert.deepEqual(await serviceAt('https://events.example', origin, unreachable), {kind: 'events', endpoint: 'https://events.example/'});
        assert.deepEqual(await serviceAt('https://events.example/v1', origin, answers('no', 404)), {kind: 'events', endpoint: 'https://events.example/v1/'});
    });
    it('is a Callboard that cannot be reached just now when the page came from there', async () => {
        assert.deepEqual(await serviceAt('', origin, unreachable), {kind: 'callboard', base: ''});
        assert.deepEqual(await serviceAt(`${origin}/board`, origin, unreachable), {kind: 'callboard', base: `${origin}/board`});
    });
});
