import type {Screen} from '../router';

/** Drawn with lines of one width, in the colour of the text beside. */
const paths: Readonly<Record<Screen | 'out' | 'close' | 'leave', string>> = {
    overview: 'M3 3h6v7H3zM11 3h6v4h-6zM11 9h6v8h-6zM3 12h6v5H3z',
    queues: 'M6 6.5a2.2 2.2 0 1 0 .01 0M2.5 16c0-2.6 1.6-4.2 3.5-4.2S9.500 13.400 9.500 16M14 5.500h4M14 10h4M14 14.500h4M11.500 10h0',
    wallboard: 'M2.500 3.500h15v10h-15zM7 17h6M10 13.500V17',
    history: 'M10 3a7 7 0 1 1-6.700 5M3 3.500V8h4.500M10 6.500V10l2.500 2',
    callbacks: 'M5.200 3h2.300l1.200 3.300-1.500 1.200a9 9 0 0 0 4.300 4.300l1.200-1.500L16 11.500v2.300c0 1-.8 1.700-1.700 1.600C8.900 14.800 5.200 11 3.600 5c-.1-1 .6-2 1.600-2zM12.500 3v4.500H17M17 3l-4.500 4.500',
    webhooks: 'M7.500 8a3 3 0 1 1 4-1L14 11.500M6.500 11a3 3 0 1 0 2.700 4.300h5M10.500 6l-3.800 6.500M13 10.800a3 3 0 1 1-.2 5.200',
    settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M10 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0M6 14a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
    help: 'M10 2.500a7.500 7.500 0 1 1-.01 0M7.800 7.800c.2-1.300 1.100-2 2.300-2s2.200.8 2.200 2c0 1.600-2.200 1.700-2.200 3.400M10.100 14.200v.1',
    out: 'M8 3H4v14h4M12 6l4 4-4 4M7.500 10H16',
    close: 'M5 5l10 10M15 5L5 15',
    leave: 'M12 3h5v5M17 3l-6 6M8 17H3v-5M3 17l6-6',
};

export function Icon({name}: {name: keyof typeof paths}) {
    return (
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6"
            stroke-linecap="round" stroke-linejoin="round"><path d={paths[name]} /></svg>
    );
}
