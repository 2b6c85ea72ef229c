import {Component, type FunctionComponent, h} from 'preact';

function same(a: unknown, b: unknown): boolean {
    if (Object.is(a, b)) return true;
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => Object.is(one, b[i]));
}

/** Whether two sets of properties draw the same: each the same value, or a list of the same values. */
export function sameProperties(a: object, b: object): boolean {
    const others = Object.entries(b);
    return Object.keys(a).length === others.length && others.every(([name, value]) => name in a && same(a[name as keyof typeof a], value));
}

/** `draw`, drawn anew only when a property changed: of a thousand lines only the one that rings. */
export function memo<P extends object>(draw: FunctionComponent<P>) {
    return class Memo extends Component<P> {
        override shouldComponentUpdate(next: Readonly<P>): boolean {
            return !sameProperties(this.props, next);
        }
        override render() {
            return h(draw, this.props as P);
        }
    };
}
