import {useEffect} from 'preact/hooks';
import type {Desk} from '../callback/desk';
import {addressOfScreen, screens} from '../router';
import {type Settings, themes} from '../settings';

function isTyping(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]') !== null;
}

/** Single keys, which a reader can switch off: those who speak to their computer type them by accident (WCAG 2.1.4). */
export function useShortcuts(settings: Settings, change: (part: Partial<Settings>) => void, desk: Desk | null): void {
    useEffect(() => {
        const pressed = (event: KeyboardEvent) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === 'Escape') {
                if (desk && desk.cards.length > 0) desk.closeAll();
                else if (location.hash.startsWith('#/wallboard')) location.hash = '#/';
                return;
            }
            if (!settings.shortcuts || isTyping(event.target)) return;
            const screen = screens[Number(event.key) - 1];
            if (screen) location.hash = addressOfScreen(screen);
            else if (event.key === '?') location.hash = addressOfScreen('help');
            else if (event.key === 't') change({theme: themes[(themes.indexOf(settings.theme) + 1) % themes.length]!});
            else if (event.key === '/') document.querySelector<HTMLElement>('main input[type="search"]')?.focus();
            else return;
            event.preventDefault();
        };
        addEventListener('keydown', pressed);
        return () => removeEventListener('keydown', pressed);
    }, [settings, desk]);
}
