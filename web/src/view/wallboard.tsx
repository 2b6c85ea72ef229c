import {useEffect, useState} from 'preact/hooks';
import {durationText} from '../clock/duration';
import type {Queue} from '../fold/board';
import {isFree, isLoggedIn, together} from '../fold/figures';
import type {Shown} from '../session';
import type {Wording} from '../text/language';
import {type Wall, type WallFigure, alarmOf} from '../wall/wall';
import {useNow, useWording} from './context';
import {Icon} from './icons';

/** For a screen on the wall, which nobody touches: a few figures that are read from afar. */
export function Wallboard({shown, wall}: {shown: Shown; wall: Wall}) {
    const wording = useWording();
    const {say} = wording;
    const now = useNow();
    const pages = pagesOf(shown.queues, wall);
    const [turn, setTurn] = useState(0);
    useStill();
    useEffect(() => {
        if (wall.rotate === 0 || pages.length < 2) return;
        const timer = setInterval(() => setTurn(now => now + 1), wall.rotate * 1000);
        return () => clearInterval(timer);
    }, [wall.rotate, pages.length]);
    const queue = pages[turn % Math.max(1, pages.length)] ?? together([]);
    const lost = shown.link.kind === 'reconnecting' ? shown.link.since : null;
    const down = shown.board.sources.filter(source => !source.up);
    return (
        <main id="main" tabIndex={-1} class={`wall of-${wall.figures.length} ${lost === null ? '' : 'lost'}`}>
            <header class="wall-top">
                <h1>{queue.number === '' ? say('wall.all') : queue.description || queue.number}</h1>
                {pages.length > 1 && <span class="pages" aria-hidden="true">{pages.map((page, i) => <span key={page.number} class={i === turn % pages.length ? 'now' : ''} />)}</span>}
                {lost === null
                    ? <span class="wall-clock">{down.length > 0 && <span class="wall-down">{say('wall.sourceDown', {name: down.map(one => one.name).join(', ')})} </span>}{wording.time(now, now)}</span>
                    : <strong class="wall-lost" role="status">{say('wall.lostLink', {time: wording.time(lost, Date.now())})}</strong>}
                <a class="leave" href="#/" aria-label={say('wall.leave')} title={say('wall.leave')}><Icon name="leave" /></a>
            </header>
            {shown.queues.length === 0 ? <p class="wall-empty">{say('queues.none')}</p> : (
                <dl class="wall-figures">{wall.figures.map(figure => <Big key={figure} figure={figure} wall={wall} queue={queue} now={now} wording={wording} />)}</dl>
            )}
        </main>
    );
}

/** All together first, then each, when they are to be rotated. */
function pagesOf(queues: readonly Queue[], wall: Wall): readonly Queue[] {
    const chosen = wall.queues.length > 0 ? queues.filter(queue => wall.queues.includes(queue.number)) : queues;
    if (chosen.length === 1) return chosen;
    return wall.rotate === 0 ? [together(chosen)] : [together(chosen), ...chosen];
}

/** The pointer is not seen while it does not move. */
function useStill(): void {
    useEffect(() => {
        let timer: ReturnType<typeof setTimeout>;
        const moved = () => {
            document.documentElement.classList.remove('still');
            clearTimeout(timer);
            timer = setTimeout(() => document.documentElement.classList.add('still'), 2000);
        };
        moved();
        addEventListener('mousemove', moved);
        return () => {
            clearTimeout(timer);
            removeEventListener('mousemove', moved);
            document.documentElement.classList.remove('still');
        };
    }, []);
}

/** The value that is compared with the figure's threshold, and what is shown. */
function valueOf(figure: WallFigure, queue: Queue, now: number, wording: Wording): {value: number | null; text: string; note: string} {
    const ended = queue.answered + queue.lost;
    const longest = queue.waiting.length > 0 ? now - Math.min(...queue.waiting.map(caller => caller.joined)) : null;
    const agents = queue.agents.filter(isLoggedIn);
    switch (figure) {
        case 'waiting': return {value: queue.waiting.length, text: String(queue.waiting.length), note: ''};
        case 'longest': return {value: longest === null ? 0 : longest / 1000, text: longest === null ? '0:00' : durationText(longest), note: ''};
        case 'level':
            return {value: queue.serviceLevel === null ? null : queue.serviceLevel * 100, text: queue.serviceLevel === null ? '–' : wording.percent(queue.serviceLevel), note: ''};
        case 'free': return {value: agents.length === 0 ? null : agents.filter(isFree).length, text: String(agents.filter(isFree).length), note: `/ ${agents.length}`};
        case 'lost': return {value: ended > 0 ? (queue.lost * 100) / ended : null, text: String(queue.lost), note: ended > 0 ? wording.percent(queue.lost / ended) : ''};
        case 'answered': return {value: queue.answered, text: String(queue.answered), note: ''};
    }
}

/** How large a text may be and still fit. */
function sizeOf(text: string): string {
    return text.length <= 2 ? '' : text.length <= 4 ? 'middle' : text.length <= 5 ? 'long' : 'longest';
}

function Big({figure, wall, queue, now, wording}: {figure: WallFigure; wall: Wall; queue: Queue; now: number; wording: Wording}) {
    const {say} = wording;
    const {value, text, note} = valueOf(figure, queue, now, wording);
    const alarm = alarmOf(wall, figure, value);
    const threshold = wall.thresholds[figure];
    const shown = (limit: number) => (figure === 'longest' ? durationText(limit * 1000) : figure === 'level' || figure === 'lost' ? wording.percent(limit / 100) : String(limit));
    return (
        <div class={`big-figure ${alarm}`} data-figure={figure} data-alarm={alarm}>
            <dt>{say(`wall.${figure}`)}{alarm !== 'calm' && <span class="alarm-word">{say(`wall.${alarm}`)}</span>}</dt>
            <dd class={sizeOf(text)}>{text}{note && <span class="note">{note}</span>}</dd>
            {threshold && <dd class="target">{say(figure === 'level' || figure === 'free' ? 'wall.above' : 'wall.below', {limit: shown(threshold.amber)})}</dd>}
        </div>
    );
}
