import type {Store} from './store';

const name = 'callboard.token';

/** `#token=T` or `#/wallboard?token=T` of an address, and the fragment without it; null when there is none. */
export function tokenOfFragment(fragment: string): {token: string; rest: string} | null {
    const text = fragment.replace(/^#/, '');
    const at = text.indexOf('?');
    const path = text.startsWith('/') ? text.slice(0, at < 0 ? undefined : at) : '';
    const parameters = new URLSearchParams(text.startsWith('/') ? (at < 0 ? '' : text.slice(at + 1)) : text);
    const token = parameters.get('token')?.trim();
    if (!token) return null;
    parameters.delete('token');
    const query = parameters.toString().replaceAll('%2C', ',');
    return {token, rest: path === '' ? '' : `#${path}${query === '' ? '' : `?${query}`}`};
}

/** Keeps a token for this tab (`sessionStorage`) and, when asked, on this computer (`localStorage`). */
export class TokenPlace {
    constructor(private readonly tab: Store, private readonly computer: Store) {}

    kept(): string | null {
        return this.tab.getItem(name) ?? this.computer.getItem(name);
    }

    keep(token: string, onComputer: boolean): void {
        this.tab.setItem(name, token);
        if (onComputer) this.computer.setItem(name, token);
        else if (this.computer.getItem(name) !== token) this.computer.removeItem(name);
    }

    isOnComputer(): boolean {
        return this.computer.getItem(name) !== null;
    }

    /** The reader changed their mind about staying signed in. */
    keepOnComputer(token: string, on: boolean): void {
        this.tab.setItem(name, token);
        if (on) this.computer.setItem(name, token);
        else this.computer.removeItem(name);
    }

    forget(): void {
        this.tab.removeItem(name);
        this.computer.removeItem(name);
    }
}
