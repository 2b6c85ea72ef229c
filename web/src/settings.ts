import {type CallbackSettings, readCallback} from './callback/settings';
import type {Store} from './store';
import {type Language, isLanguage} from './text/language';
import {isObject, oneOf} from './values';
import {type Wall, readWall} from './wall/wall';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
/** `classic`: green, amber, red, as supervisors know them; `distinct`: told apart by those who do not tell red from green. */
export const palettes = ['classic', 'distinct'] as const;
export type Palette = (typeof palettes)[number];

/** What a reader chose on this computer. A value. */
export interface Settings {
    /** null: what the browser asks for. */
    language: Language | null;
    theme: Theme;
    palette: Palette;
    onlyBusy: boolean;
    resetAtMidnight: boolean;
    shortcuts: boolean;
    /** Address of the server; empty: the one that the page came from. */
    endpoint: string;
    wall: Wall;
    callback: CallbackSettings;
}

const name = 'callboard.settings';

/** An address without its last slash; empty when it is none that a page can ask. */
export function endpointOf(text: string): string {
    try {
        const url = new URL(text.trim());
        return /^https?:$/.test(url.protocol) && url.username === '' ? url.origin + url.pathname.replace(/\/+$/, '') : '';
    } catch {
        return '';
    }
}

/** What was kept, whatever became of it: an unknown value is the usual one, and only `true` is on. */
export function readSettings(value: unknown): Settings {
    const kept = isObject(value) ? value : {};
    return {
        language: isLanguage(kept['language']) ? kept['language'] : null,
        theme: oneOf(themes, kept['theme'], 'system'),
        palette: oneOf(palettes, kept['palette'], 'classic'),
        onlyBusy: kept['onlyBusy'] === true,
        resetAtMidnight: kept['resetAtMidnight'] !== false,
        shortcuts: kept['shortcuts'] !== false,
        endpoint: typeof kept['endpoint'] === 'string' ? endpointOf(kept['endpoint']) : '',
        wall: readWall(kept['wall']),
        callback: readCallback(kept['callback']),
    };
}

/** Keeps the settings on this computer; all tabs have the same. */
export class SettingsPlace {
    constructor(private readonly computer: Store) {}

    read(): Settings {
        try {
            return readSettings(JSON.parse(this.computer.getItem(name) ?? '{}'));
        } catch {
            return readSettings({});
        }
    }

    write(settings: Settings): void {
        this.computer.setItem(name, JSON.stringify(settings));
    }

    /** Calls `changed` when another tab wrote; what it returns ends that. */
    watch(changed: () => void): () => void {
        const told = (event: StorageEvent) => {
            if (event.key === name || event.key === null) changed();
        };
        addEventListener('storage', told);
        return () => removeEventListener('storage', told);
    }
}
