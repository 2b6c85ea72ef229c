import {type RefObject} from 'preact';
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';

/** Lists up to here are drawn whole: that costs nothing, and browsers find every word in them. */
export const drawnWhole = 120;
/** Rows beyond what is seen, so that nothing is empty while it is scrolled. */
const beyond = 6;
const mostPrinted = 1000;

export interface Part<E extends HTMLElement> {
    ref: RefObject<E>;
    /** The items to be drawn: `from` up to but not `to`. */
    from: number;
    to: number;
    /** Room for those that are not drawn. */
    style: {paddingTop: string; paddingBottom: string} | undefined;
}

interface Rows {
    first: number;
    last: number;
    height: number;
    columns: number;
}

function columnsOf(list: HTMLElement): number {
    const style = getComputedStyle(list);
    return style.display === 'grid' ? Math.max(1, style.gridTemplateColumns.split(' ').filter(Boolean).length) : 1;
}

/** Which rows of `list` are within its scroller and the window. */
function look(list: HTMLElement): Rows | null {
    const row = list.querySelector<HTMLElement>(':scope > *');
    if (!row) return null;
    const height = row.offsetHeight + (Number.parseFloat(getComputedStyle(list).rowGap) || 0);
    if (height <= 0) return null;
    const {top} = list.getBoundingClientRect();
    const scroller = list.closest('.scroll')?.getBoundingClientRect();
    const seenFrom = Math.max(0, scroller?.top ?? 0);
    const seenTo = Math.min(innerHeight, scroller?.bottom ?? innerHeight);
    return {
        first: Math.max(0, Math.floor((seenFrom - top) / height) - beyond),
        last: Math.max(0, Math.ceil((seenTo - top) / height) + beyond),
        height,
        columns: columnsOf(list),
    };
}

/** Of a long list whose rows have one height: the part that is seen. */
export function usePart<E extends HTMLElement>(count: number): Part<E> {
    const ref = useRef<E>(null);
    const [rows, setRows] = useState<Rows>({first: 0, last: 30, height: 40, columns: 1});
    const [printed, setPrinted] = useState(false);
    const whole = count <= drawnWhole || printed;
    const update = () => {
        const next = ref.current && look(ref.current);
        if (next) setRows(now => (now.first === next.first && now.last === next.last && now.height === next.height && now.columns === next.columns ? now : next));
    };
    useLayoutEffect(() => {
        if (!whole) update();
    }, [whole, count]);
    useEffect(() => {
        if (count <= drawnWhole) return;
        let asked = false;
        const scrolled = () => {
            if (asked) return;
            asked = true;
            requestAnimationFrame(() => {
                asked = false;
                update();
            });
        };
        const print = () => setPrinted(true);
        const printedAll = () => setPrinted(false);
        document.addEventListener('scroll', scrolled, {capture: true, passive: true});
        addEventListener('resize', scrolled);
        addEventListener('beforeprint', print);
        addEventListener('afterprint', printedAll);
        return () => {
            document.removeEventListener('scroll', scrolled, {capture: true});
            removeEventListener('resize', scrolled);
            removeEventListener('beforeprint', print);
            removeEventListener('afterprint', printedAll);
        };
    }, [count <= drawnWhole]);
    if (whole) return {ref, from: 0, to: Math.min(count, mostPrinted), style: undefined};
    const all = Math.ceil(count / rows.columns);
    const last = Math.min(all, Math.max(rows.last, 1));
    const first = Math.min(rows.first, Math.max(0, last - 1));
    return {
        ref, from: first * rows.columns, to: Math.min(count, last * rows.columns),
        style: {paddingTop: `${first * rows.height}px`, paddingBottom: `${(all - last) * rows.height}px`},
    };
}
