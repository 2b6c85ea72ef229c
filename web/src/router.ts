/** The screens, in the order of the menu. */
export const screens = ['overview', 'queues', 'wallboard', 'history', 'callbacks', 'webhooks', 'settings', 'help'] as const;
export type Screen = (typeof screens)[number];
/** Those that show what only a Callboard knows. */
export const ofCallboard: ReadonlySet<Screen> = new Set(['history', 'callbacks', 'webhooks']);

/** A place in the page: `#/queues?queue=0033…`. */
export interface Route {
    screen: Screen;
    parameters: URLSearchParams;
}

/** What an address's fragment names; whatever it is, it is a screen. */
export function routeOf(fragment: string): Route {
    const [path = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
    const screen = screens.find(one => path === `/${one}`) ?? 'overview';
    return {screen, parameters: new URLSearchParams(path.startsWith('/') ? query : '')};
}

export function addressOfScreen(screen: Screen, parameters: Record<string, string> = {}): string {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString();
    return `#/${screen === 'overview' ? '' : screen}${query ? `?${query}` : ''}`;
}
