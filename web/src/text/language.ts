import {type Key, type Texts, en} from './en';
import {fr} from './fr';

/** The languages of the page, each with its own name. */
export const languages = {
    fr: {name: 'Français', texts: fr},
    en: {name: 'English', texts: en as Texts},
} as const;

export type Language = keyof typeof languages;
export type Values = Readonly<Record<string, string | number>>;

export function isLanguage(value: unknown): value is Language {
    return typeof value === 'string' && Object.hasOwn(languages, value);
}

/** The first of the reader's languages that the page has: `['de-DE', 'fr-CA', 'en']` → `fr`; else English. */
export function chosenLanguage(wanted: readonly string[]): Language {
    for (const tag of wanted) {
        const language = tag.toLowerCase().split('-')[0];
        if (isLanguage(language)) return language;
    }
    return 'en';
}

/** `{name}` in a text becomes the value of that name. */
export function filled(text: string, values: Values = {}): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What the page says in one language. */
export interface Wording {
    language: Language;
    say(key: Key, values?: Values): string;
    /** The name of an event, or how the server calls it when it is new to the page. */
    event(name: string): string;
    /** Time of day, with the date when it is not today's. `ms` and `now` since 1970. */
    time(ms: number, now: number): string;
    percent(share: number): string;
    /** A whole number with its thousands parted. */
    count(number: number): string;
}

export function wordingOf(language: Language): Wording {
    const {texts} = languages[language];
    const timeOfDay = new Intl.DateTimeFormat(language, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
    const day = new Intl.DateTimeFormat(language, {day: 'numeric', month: 'short'});
    const percent = new Intl.NumberFormat(language, {style: 'percent', maximumFractionDigits: 0});
    const whole = new Intl.NumberFormat(language, {maximumFractionDigits: 0});
    return {
        language,
        say: (key, values) => filled(texts[key], values),
        event: name => (Object.hasOwn(texts, `event.${name}`) ? texts[`event.${name}` as Key] : name),
        time: (ms, now) => {
            const clock = timeOfDay.format(ms);
            return day.format(ms) === day.format(now) ? clock : `${day.format(ms)} ${clock}`;
        },
        percent: share => percent.format(share),
        count: number => whole.format(number),
    };
}
