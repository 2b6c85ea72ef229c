import type {History as Api} from '../api/history';
import {type Route, type Screen, ofCallboard} from '../router';
import type {Session, Shown} from '../session';
import {Callbacks} from './callbacks';
import {useWording} from './context';
import {Help} from './help';
import {History} from './history';
import {Overview} from './overview';
import {Queues} from './queues';
import {SettingsScreen} from './settings';
import {Webhooks} from './webhooks';

export interface ScreensProps {
    route: Route;
    shown: Shown;
    session: Session;
    api: Api;
    kept: boolean;
    keep(on: boolean): void;
    change(token: string): void;
}

/** Says why there is nothing here. */
function OnlyOfCallboard({screen}: {screen: Screen}) {
    const {say} = useWording();
    return <section class="panel"><h2>{say(`nav.${screen}`)}</h2><p class="empty">{say('service.eventsOnly')}</p></section>;
}

/** The screen that the address names. The wallboard has no frame and is not among them. */
export function Screens({route, shown, session, api, kept, keep, change}: ScreensProps) {
    if (shown.eventsOnly && ofCallboard.has(route.screen)) return <OnlyOfCallboard screen={route.screen} />;
    switch (route.screen) {
        case 'queues': return <Queues shown={shown} session={session} wanted={route.parameters.get('queue') ?? ''} />;
        case 'history': return <History api={api} shown={shown} />;
        case 'callbacks': return <Callbacks api={api} />;
        case 'webhooks': return <Webhooks api={api} places={[...shown.board.queues, ...shown.board.lines.values()]} />;
        case 'settings': return <SettingsScreen shown={shown} session={session} kept={kept} keep={keep} change={change} />;
        case 'help': return <Help />;
        default: return <Overview shown={shown} />;
    }
}
