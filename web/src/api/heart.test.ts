import assert from 'node:assert/strict';
import {afterEach, beforeEach, describe, it} from 'node:test';
import {Heart, rhythm} from './heart';

describe('a heart', () => {
    const usual = {...rhythm};
    let asked: string[], answer: () => Promise<Response>, dead: number, changed: number, heart: Heart;
    beforeEach(() => {
        Object.assign(rhythm, {beat: 4, silence: 4, answer: 20, sources: 10_000});
        [asked, dead, changed] = [[], 0, 0];
        answer = () => Promise.resolve(new Response('ok'));
        heart = new Heart({now: () => Date.now(), fetch: (input, init) => {
            asked.push(String(input));
            return Promise.race([answer(), new Promise<Response>((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('late'))))]);
        }}, 'http://x.example', () => dead++, () => changed++);
    });
    afterEach(() => {
        heart.stop();
        Object.assign(rhythm, usual);
    });
    const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

    it('shows a lost link within 3 s', () => assert.ok(usual.beat + usual.silence + usual.answer < 3000));
    it('asks in silence, and is quiet while answers come', async () => {
        heart.start();
        await pause(60);
        assert.ok(asked.length > 0);
        assert.equal(asked[0], 'http://x.example/healthz');
        assert.equal(dead, 0);
    });
    it('says once that nobody answers', async () => {
        answer = () => new Promise(() => undefined);
        heart.start();
        await pause(120);
        assert.equal(dead, 1);
    });
    it('says that the server refuses', async () => {
        answer = () => Promise.reject(new TypeError('refused'));
        heart.start();
        await pause(60);
        assert.equal(dead, 1);
    });
    it('is silent after it was stopped', async () => {
        answer = () => new Promise(() => undefined);
        heart.start();
        await pause(10);
        heart.stop();
        await pause(60);
        assert.equal(dead, 0);
    });
    it('tells that a source went down', async () => {
        rhythm.sources = 0;
        let up = true;
        answer = () => Promise.resolve(new Response(`{"ready":true,"sources":[{"name":"a","kind":"hep","up":${up},"since":1}]}`));
        heart.start();
        await pause(40);
        assert.equal(changed, 0);
        up = false;
        await pause(40);
        assert.equal(changed, 1);
        assert.ok(asked.includes('http://x.example/readyz'));
    });
});
