import {useState} from 'preact/hooks';
import {type CallbackSettings, modes, moments} from '../callback/settings';
import {addressOf, isAddress} from '../callback/address';
import type {Session, Shown} from '../session';
import {type Palette, type Theme, endpointOf, palettes, themes} from '../settings';
import type {Key} from '../text/en';
import {type Language, languages} from '../text/language';
import {type WallFigure, addressOfWall, wallFigures} from '../wall/wall';
import {useSurroundings} from './context';
import {Check, Choice, Heading} from './parts';

export interface SettingsProps {
    shown: Shown;
    session: Session;
    /** Whether the token stays on this computer. */
    kept: boolean;
    keep(on: boolean): void;
    change(token: string): void;
}

/** Everything that a reader can choose; all of it is kept on this computer, and in force at once. */
export function SettingsScreen(props: SettingsProps) {
    const {wording: {say}} = useSurroundings();
    return (
        <div class="settings-screen">
            <div class="screen-top"><h2>{say('settings.title')}</h2></div>
            <div class="setting-columns">
                <Display session={props.session} />
                <Token {...props} />
                <Callback shown={props.shown} />
                <WallSettings shown={props.shown} />
            </div>
        </div>
    );
}

function Display({session}: {session: Session}) {
    const {wording: {say}, settings, change} = useSurroundings();
    const [done, setDone] = useState(false);
    const language = Object.entries(languages).map(([tag, {name}]) => [tag as Language | 'browser', name] as const);
    return (
        <section class="panel form" aria-labelledby="display">
            <Heading id="display" title={say('settings.display')} />
            <Choice label={say('settings.language')} value={settings.language ?? 'browser'} options={[['browser', say('settings.browser')], ...language]}
                change={value => change({language: value === 'browser' ? null : value})} />
            <Choice<Theme> label={say('settings.theme')} value={settings.theme} options={themes.map(one => [one, say(`theme.${one}`)] as const)} change={theme => change({theme})} />
            <Choice<Palette> label={say('settings.palette')} value={settings.palette} options={palettes.map(one => [one, say(`palette.${one}`)] as const)} change={palette => change({palette})} />
            <Check label={say('settings.onlyBusy')} checked={settings.onlyBusy} change={onlyBusy => change({onlyBusy})} />
            <Check label={say('settings.resetAtMidnight')} checked={settings.resetAtMidnight} change={resetAtMidnight => change({resetAtMidnight})} />
            <Check label={say('settings.shortcuts')} checked={settings.shortcuts} change={shortcuts => change({shortcuts})} />
            <div class="buttons">
                <button type="button" class="danger" onClick={() => {
                    session.reset();
                    setDone(true);
                }}>{say('settings.resetNow')}</button>
                <span role="status">{done && say('settings.resetDone')}</span>
            </div>
            <p class="quiet small">{say('settings.resetMeans')}</p>
        </section>
    );
}

function Token({kept, keep, change}: SettingsProps) {
    const {wording: {say}, settings, change: put} = useSurroundings();
    const [token, setToken] = useState('');
    const [endpoint, setEndpoint] = useState(settings.endpoint);
    const wrong = endpoint.trim() !== '' && endpointOf(endpoint) === '';
    return (
        <section class="panel form" aria-labelledby="token-settings">
            <Heading id="token-settings" title={say('settings.token')} />
            <form onSubmit={event => {
                event.preventDefault();
                if (token.trim()) change(token.trim());
            }}>
                <label class="choice"><span>{say('settings.newToken')}</span>
                    <input type="password" value={token} autocomplete="off" onInput={event => setToken(event.currentTarget.value)} /></label>
                <div class="buttons"><button type="submit">{say('settings.useToken')}</button></div>
            </form>
            <Check label={say('login.keep')} checked={kept} change={keep} />
            <form onSubmit={event => {
                event.preventDefault();
                if (!wrong) put({endpoint: endpointOf(endpoint)});
            }}>
                <label class="choice"><span>{say('settings.endpoint')}</span>
                    <input type="url" value={endpoint} placeholder={location.origin} aria-invalid={wrong} aria-describedby="endpoint-means"
                        onInput={event => setEndpoint(event.currentTarget.value)} /></label>
                <p id="endpoint-means" class={wrong ? 'problem small' : 'quiet small'}>{say(wrong ? 'settings.endpointWrong' : 'settings.endpointMeans')}</p>
                <div class="buttons"><button type="submit">{say('settings.useEndpoint')}</button></div>
            </form>
        </section>
    );
}

function Callback({shown}: {shown: Shown}) {
    const {wording: {say}, settings: {callback}, change: put} = useSurroundings();
    const change = (part: Partial<CallbackSettings>) => put({callback: {...callback, ...part}});
    const [url, setUrl] = useState(callback.url);
    const wrong = url.trim() !== '' && !isAddress(url);
    const example = addressOf(url, {CALLING: '0033612345678', CALLED: '0033972000001', DIALED: '0033972000001', EVENT: 'start_ringing'});
    const places = [...shown.board.queues, ...shown.board.lines.values()];
    return (
        <section class="panel form" aria-labelledby="callback">
            <Heading id="callback" title={say('callback.title')} />
            <p class="quiet small">{say('callback.explain')}</p>
            <Choice label={say('callback.moment')} value={callback.moment} options={moments.map(one => [one, say(`callback.${one}`)] as const)} change={moment => change({moment})} />
            <Choice label={say('callback.mode')} value={callback.mode} options={modes.map(one => [one, say(`callback.${one}`)] as const)} change={mode => change({mode})} />
            <label class="choice"><span>{say('callback.url')}</span>
                <input type="url" value={url} placeholder="https://…?number=*CALLING*" aria-invalid={wrong} aria-describedby="callback-url"
                    onInput={event => {
                        const text = event.currentTarget.value;
                        setUrl(text);
                        if (text.trim() === '' || isAddress(text)) change({url: text.trim()});
                    }} /></label>
            <p id="callback-url" class={wrong ? 'problem small' : 'quiet small'}>{wrong ? say('callback.urlWrong') : url.trim() ? <code class="example">{example}</code> : say('callback.placeholders')}</p>
            <fieldset><legend>{say('callback.for')}</legend><div class="checks">
                <Check label={say('callback.incoming')} checked={callback.incoming} change={incoming => change({incoming})} />
                <Check label={say('callback.outgoing')} checked={callback.outgoing} change={outgoing => change({outgoing})} />
                <Check label={say('callback.queues')} checked={callback.queues} change={queues => change({queues})} />
            </div></fieldset>
            <details><summary>{callback.lines.length === 0 ? say('callback.allLines') : say('callback.someLines', {n: callback.lines.length})}</summary>
                <div class="checks tall" role="group" aria-label={say('callback.lines')}>{places.slice(0, 500).map(place => (
                    <Check key={place.number} label={place.description || place.number} checked={callback.lines.includes(place.number)}
                        change={on => change({lines: on ? [...callback.lines, place.number] : callback.lines.filter(one => one !== place.number)})} />
                ))}</div></details>
        </section>
    );
}

function WallSettings({shown}: {shown: Shown}) {
    const {wording: {say}, settings: {wall}, change} = useSurroundings();
    const limit = (figure: WallFigure, which: 'amber' | 'red', text: string) => {
        const before = wall.thresholds[figure];
        const value = Number(text);
        if (before && text !== '' && Number.isFinite(value)) change({wall: {...wall, thresholds: {...wall.thresholds, [figure]: {...before, [which]: value}}}});
    };
    const unit = (figure: WallFigure): Key => (figure === 'longest' ? 'unit.seconds' : figure === 'level' || figure === 'lost' ? 'unit.percent' : 'unit.number');
    return (
        <section class="panel form" aria-labelledby="wall-settings">
            <Heading id="wall-settings" title={say('wall.title')} />
            <label class="choice"><span>{say('wall.rotate')}</span>
                <input type="number" min="0" max="600" value={wall.rotate} onChange={event => change({wall: {...wall, rotate: Number(event.currentTarget.value) || 0}})} /></label>
            <fieldset><legend>{say('wall.figures')}</legend>
                <div class="limits">{wallFigures.map(figure => {
                    const threshold = wall.thresholds[figure];
                    const on = wall.figures.includes(figure);
                    const figures = wallFigures.filter(one => (one === figure ? !on : wall.figures.includes(one)));
                    return (
                        <div class="limit" key={figure}>
                            <Check label={say(`wall.${figure}`)} checked={on} change={() => figures.length >= 3 && change({wall: {...wall, figures}})} />
                            {threshold && (['amber', 'red'] as const).map(which => (
                                <label key={which} class={`alarm-limit ${which}`}><span>{say(`wall.${which}`)}</span>
                                    <input type="number" value={threshold[which]} onChange={event => limit(figure, which, event.currentTarget.value)} />
                                    <span class="quiet small">{say(unit(figure))}</span></label>
                            ))}
                        </div>
                    );
                })}</div></fieldset>
            {shown.queues.length > 1 && (
                <fieldset><legend>{say('wall.queues')}</legend><div class="checks">{shown.queues.map(queue => (
                    <Check key={queue.number} label={queue.description || queue.number} checked={wall.queues.includes(queue.number)}
                        change={on => change({wall: {...wall, queues: on ? [...wall.queues, queue.number] : wall.queues.filter(one => one !== queue.number)}})} />
                ))}</div></fieldset>
            )}
            <p class="quiet small">{say('wall.address')} <code class="example">{`${location.origin}${location.pathname}${addressOfWall(wall)}&token=…`}</code></p>
        </section>
    );
}
