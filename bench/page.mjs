#!/usr/bin/env node
// page.mjs [SECONDS]: what 2,000 lines, 300 calls in progress and 100 events a second cost a browser: milliseconds of
// scripting, layout and style in each second of the overview, by Chromium's own counters of its thread's processor time,
// so that a busy machine changes them little.
import {crowdCalls, crowdEvent, crowdServices} from '../tests/browser/crowd.mjs';
import {Page, launch} from '../tests/browser/page.mjs';
import {Server} from '../tests/browser/server.mjs';

const seconds = Number(process.argv[2] ?? 20);
const browser = await launch();
const server = await Server.begin(crowdServices);
try {
    const calls = crowdCalls(300);
    for (let i = 0; i < calls.length; i += 100) await server.ingest(...calls.slice(i, i + 100));
    const page = await Page.open(browser, server, {viewport: {width: 1440, height: 900}});
    await page.tabNow.waitForTimeout(2000);
    const counters = await page.context.newCDPSession(page.tabNow);
    await counters.send('Performance.enable', {timeDomain: 'threadTicks'});
    const read = async () => Object.fromEntries((await counters.send('Performance.getMetrics')).metrics.map(({name, value}) => [name, value]));
    const before = await read();
    await page.tabNow.evaluate(() => {
        window.frames_ = 0;
        const frame = () => {
            window.frames_++;
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });
    const begun = performance.now();
    let told = 0;
    while (performance.now() - begun < seconds * 1000) {
        const due = Math.floor((performance.now() - begun) / 10);
        if (due > told) await server.ingest(...Array.from({length: due - told}, (_, i) => crowdEvent(told + i)));
        told = Math.max(told, due);
        await new Promise(resolve => setTimeout(resolve, 20));
    }
    const took = (performance.now() - begun) / 1000;
    const after = await read();
    const each = name => `${Math.round(((after[name] - before[name]) * 1000) / took)} ms/s`;
    console.log(`events ${Math.round(told / took)}/s, scripting ${each('ScriptDuration')}, layout ${each('LayoutDuration')}, style ${each('RecalcStyleDuration')}, ` +
        `all tasks ${each('TaskDuration')}, frames ${Math.round((await page.tabNow.evaluate(() => window.frames_)) / took)}/s, heap ${Math.round(after.JSHeapUsedSize / 1e6)} MB, nodes ${after.Nodes}`);
    await page.context.close();
} finally {
    await browser.close();
    await server.end();
}
