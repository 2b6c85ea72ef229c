import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type {Bucket} from './chart';

/** Loaded only when a chart is looked at. */
export function draw(place: HTMLElement, data: readonly Bucket[], period: {from: number; to: number}, size: {width: number; height: number}, names: {answered: string; lost: string; wait: string}): uPlot {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const bars = uPlot.paths.bars!({size: [0.7, 48], align: 1});
    const axis = {stroke: colour('soft'), grid: {stroke: colour('edge'), width: 1}, ticks: {stroke: colour('edge'), width: 1}, font: '12px system-ui, sans-serif'};
    const day = period.to - period.from > 2 * 86_400;
    return new uPlot({
        ...size,
        cursor: {show: false},
        legend: {live: false},
        scales: {x: {time: true, range: (_, first, last) => (period.to > period.from ? [period.from, period.to] : [first, last])}, y: {range: (_, __, most) => [0, Math.max(4, most * 1.1)]}, s: {range: (_, __, most) => [0, Math.max(10, most * 1.2)]}},
        axes: [
            {...axis, values: (_, marks) => marks.map(mark => new Intl.DateTimeFormat(document.documentElement.lang, day ? {day: 'numeric', month: 'short'} : {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'}).format(mark * 1000))},
            axis,
            {...axis, scale: 's', side: 1, grid: {show: false}, values: (_, marks) => marks.map(mark => `${mark} s`)},
        ],
        series: [
            {label: ''},
            // Drawn first and whole, the lost ones upon it: the answered ones are what is left to see.
            {label: names.lost, stroke: colour('lost-bar'), fill: colour('lost-bar'), paths: bars, points: {show: false}},
            {label: names.answered, stroke: colour('answered-bar'), fill: colour('answered-bar'), paths: bars, points: {show: false}},
            {label: names.wait, scale: 's', stroke: colour('wait-line'), width: 2.5, points: {size: 6}},
        ],
    }, [
        data.map(one => one.start),
        data.map(one => one.answered + one.lost),
        data.map(one => one.answered),
        data.map(one => one.wait),
    ], place);
}
