import type {Store} from './store';

const name = 'callboard.token';

/** `#token=T` of an address; null when there is none. */
export function tokenOfFragment(fragment: string): string | null {
    const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token')?.trim();
    return token ? token : null;
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

    forget(): void {
        this.tab.removeItem(name);
        this.computer.removeItem(name);
    }
}
