import {isObject, textsOf} from '../values';

/** The figures that a wall can show, in their usual order. */
export const wallFigures = ['waiting', 'longest', 'level', 'free', 'lost', 'answered'] as const;
export type WallFigure = (typeof wallFigures)[number];

/** When a figure asks for attention and when for action. */
export interface Threshold {
    amber: number;
    red: number;
}

/** What the wall shows. A value. */
export interface Wall {
    figures: readonly WallFigure[];
    /** Numbers of queues; empty: all. */
    queues: readonly string[];
    /** s for each queue; 0: only all together. */
    rotate: number;
    thresholds: Readonly<Record<WallFigure, Threshold | null>>;
}

/** Those that get worse as they fall. */
const better: ReadonlySet<WallFigure> = new Set(['level', 'free', 'answered']);

export const usualWall: Wall = {
    figures: wallFigures,
    queues: [],
    rotate: 15,
    thresholds: {
        waiting: {amber: 3, red: 6},
        longest: {amber: 60, red: 120},
        level: {amber: 90, red: 80},
        free: {amber: 1, red: 0},
        lost: {amber: 5, red: 10},
        answered: null,
    },
};

export type Alarm = 'calm' | 'amber' | 'red';

/** How `value` stands to the threshold of its figure; an unknown value is calm. */
export function alarmOf(wall: Wall, figure: WallFigure, value: number | null): Alarm {
    const threshold = wall.thresholds[figure];
    if (threshold === null || value === null) return 'calm';
    const beyond = (limit: number) => (better.has(figure) ? value <= limit && (figure !== 'level' || value < limit) : value >= limit);
    return beyond(threshold.red) ? 'red' : beyond(threshold.amber) ? 'amber' : 'calm';
}

function isFigure(value: unknown): value is WallFigure {
    return wallFigures.some(figure => figure === value);
}

function thresholdOf(value: unknown, otherwise: Threshold | null): Threshold | null {
    if (value === null) return null;
    if (!isObject(value) || !Number.isFinite(value['amber']) || !Number.isFinite(value['red'])) return otherwise;
    return {amber: Number(value['amber']), red: Number(value['red'])};
}

/** Three to six, each once; the usual ones when there are fewer. */
function figuresOf(values: readonly unknown[]): readonly WallFigure[] {
    const figures = [...new Set(values.filter(isFigure))].slice(0, 6);
    return figures.length >= 3 ? figures : usualWall.figures;
}

function rotationOf(seconds: unknown): number {
    const value = Number(seconds);
    return Number.isFinite(value) && value >= 0 ? (value === 0 ? 0 : Math.min(600, Math.max(5, Math.round(value)))) : usualWall.rotate;
}

export function readWall(value: unknown): Wall {
    const kept = isObject(value) ? value : {};
    const thresholds = isObject(kept['thresholds']) ? kept['thresholds'] : {};
    return {
        figures: figuresOf(Array.isArray(kept['figures']) ? kept['figures'] : wallFigures),
        queues: textsOf(kept['queues']),
        rotate: rotationOf(kept['rotate'] ?? usualWall.rotate),
        thresholds: Object.fromEntries(wallFigures.map(figure => [
            figure, figure in thresholds ? thresholdOf(thresholds[figure], usualWall.thresholds[figure]) : usualWall.thresholds[figure],
        ])) as Wall['thresholds'],
    };
}

/** `kept`, but for what the address says: `queues=0033…,0033…`, `figures=waiting,longest,level`, `rotate=20`, `waiting=3,6`. */
export function wallOfAddress(kept: Wall, address: URLSearchParams): Wall {
    const list = (name: string) => address.get(name)?.split(',').map(one => one.trim()).filter(Boolean);
    const thresholds = {...kept.thresholds};
    for (const figure of wallFigures) {
        const [amber, red] = (list(figure) ?? []).map(Number);
        if (amber !== undefined && red !== undefined && Number.isFinite(amber) && Number.isFinite(red)) thresholds[figure] = {amber, red};
    }
    const figures = list('figures');
    return {
        figures: figures ? figuresOf(figures) : kept.figures,
        queues: list('queues') ?? kept.queues,
        rotate: address.has('rotate') ? rotationOf(address.get('rotate')) : kept.rotate,
        thresholds,
    };
}

/** The address after `#/wallboard` for `wall`, without a token. */
export function addressOfWall(wall: Wall): string {
    const address = new URLSearchParams();
    if (wall.figures.join() !== usualWall.figures.join()) address.set('figures', wall.figures.join(','));
    if (wall.queues.length > 0) address.set('queues', wall.queues.join(','));
    address.set('rotate', String(wall.rotate));
    for (const figure of wallFigures) {
        const threshold = wall.thresholds[figure];
        if (threshold) address.set(figure, `${threshold.amber},${threshold.red}`);
    }
    return `#/wallboard?${address.toString().replaceAll('%2C', ',')}`;
}
