import {useEffect, useRef} from 'preact/hooks';
import type {StatisticsRow} from '../api/history';
import {useWording} from './context';

export interface Bucket {
    /** s since 1970 */
    start: number;
    answered: number;
    lost: number;
    /** s */
    wait: number;
}

/** The rows of all keys together, by their beginning. */
export function buckets(rows: readonly StatisticsRow[]): readonly Bucket[] {
    const all = new Map<number, Bucket & {waited: number}>();
    for (const row of rows) {
        const start = row.start / 1e9;
        const before = all.get(start) ?? {start, answered: 0, lost: 0, wait: 0, waited: 0};
        const answered = before.answered + row.answered;
        const waited = before.waited + row.average_wait_s * row.answered;
        all.set(start, {start, answered, lost: before.lost + row.lost, waited, wait: answered > 0 ? waited / answered : 0});
    }
    return [...all.values()].sort((a, b) => a.start - b.start);
}

/**
 * Answered and lost as bars, one upon the other; the average wait as a line; from and to in s since 1970. The table below says the same
 * in numbers.
 */
export function Chart({data, from, to}: {data: readonly Bucket[]; from: number; to: number}) {
    const place = useRef<HTMLDivElement>(null);
    const {say} = useWording();
    useEffect(() => {
        const {current} = place;
        if (!current || data.length === 0) return;
        let chart: {destroy(): void; setSize(size: {width: number; height: number}): void} | null = null;
        let ended = false;
        const size = () => ({width: Math.max(280, current.clientWidth), height: 240});
        const resized = () => chart?.setSize(size());
        void import('./chart_drawing').then(({draw}) => {
            if (!ended) chart = draw(current, data, {from, to}, size(), {answered: say('history.answered'), lost: say('history.lost'), wait: say('history.averageWait')});
        });
        addEventListener('resize', resized);
        return () => {
            ended = true;
            removeEventListener('resize', resized);
            chart?.destroy();
        };
    }, [data, from, to, say]);
    return <div ref={place} class="chart" role="img" aria-label={say('history.chart')} />;
}
