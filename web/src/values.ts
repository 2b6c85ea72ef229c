/** What came from outside, looked at before it is used. */

export function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The one of `all` that `value` is, else `otherwise`. */
export function oneOf<T extends string>(all: readonly T[], value: unknown, otherwise: T): T {
    return all.find(one => one === value) ?? otherwise;
}

/** The texts of a list; an empty list when it is none. */
export function textsOf(value: unknown): readonly string[] {
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
