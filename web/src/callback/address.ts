/** What the words between stars stand for. */
export interface Placeholders {
    CALLING: string;
    CALLED: string;
    DIALED: string;
    EVENT: string;
}

/** Every `*CALLING*`, `*CALLED*`, `*DIALED*` and `*EVENT*` of `template`, encoded so that no value can change the address. */
export function addressOf(template: string, values: Placeholders): string {
    return template.trim().replace(/\*(CALLING|CALLED|DIALED|EVENT)\*/g, (_, name: keyof Placeholders) => encodeURIComponent(values[name]));
}

/** Whether `template` is an address that a page may open: http or https, and the server not made of a caller's number. */
export function isAddress(template: string): boolean {
    if (!/^https?:\/\/[^/?#*\s]+([/?#]|$)/i.test(template.trim())) return false;
    try {
        return new URL(addressOf(template, {CALLING: '0', CALLED: '0', DIALED: '0', EVENT: 'x'})).hostname !== '';
    } catch {
        return false;
    }
}
