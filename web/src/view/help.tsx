import type {LineState} from '../api/contract';
import {screens} from '../router';
import type {Key} from '../text/en';
import {useWording} from './context';
import {State} from './parts';

export const lineStates: readonly LineState[] = ['free', 'ringing', 'calling', 'held', 'unknown'];

const fields: readonly (readonly [Key, readonly (readonly [Key, Key])[]])[] = [
    ['help.overview', [['figures.inProgress', 'help.inProgress'], ['figures.ringing', 'help.ringing'], ['figures.waiting', 'help.waiting'],
        ['figures.longest', 'help.longest'], ['figures.answered', 'help.answered'], ['figures.lost', 'help.lost'], ['help.useName', 'help.use'],
        ['calls.wait', 'help.wait'], ['calls.talk', 'help.talk'], ['calls.parties', 'help.parties']]],
    ['journal.title', [['journal.time', 'help.time'], ['journal.event', 'help.event'], ['journal.direction', 'help.direction'], ['journal.protocol', 'help.protocol'],
        ['journal.latency', 'help.latency'], ['journal.remark', 'help.remark']]],
    ['queues.title', [['queues.all', 'help.all'], ['queues.percent', 'help.percent'], ['queues.averageWait', 'help.average'], ['queues.longestWait', 'help.longestToday'],
        ['queues.serviceLevel', 'help.level'], ['queues.agents', 'help.agents'], ['queueJournal.outcome', 'help.outcome']]],
    ['wall.title', [['wall.rotate', 'help.rotate'], ['wall.figures', 'help.thresholds'], ['wall.address', 'help.wallAddress']]],
    ['nav.history', [['history.number', 'help.number'], ['history.statistics', 'help.statistics'], ['history.csv', 'help.csv'], ['nav.callbacks', 'help.callbacks'], ['nav.webhooks', 'help.webhooks']]],
    ['settings.title', [['settings.token', 'help.token'], ['login.keep', 'help.keep'], ['settings.onlyBusy', 'help.onlyBusy'], ['settings.resetAtMidnight', 'help.resetAtMidnight'],
        ['settings.resetNow', 'help.resetNow'], ['settings.palette', 'help.palette'], ['settings.endpoint', 'help.endpoint']]],
    ['callback.title', [['callback.moment', 'help.moment'], ['callback.silent', 'help.silent'], ['callback.popup', 'help.popup'], ['callback.embedded', 'help.embedded'],
        ['callback.tab', 'help.tab'], ['callback.url', 'help.placeholders']]],
];

/** The signs and what they mean. */
export function Legend() {
    const {say} = useWording();
    return (
        <ul class="legend" aria-label={say('help.legend')}>
            {lineStates.map(state => <li key={state}><State state={state} /> <span class="quiet">{say(`legend.${state}`)}</span></li>)}
        </ul>
    );
}

/** What each thing on the screens means, and how the keyboard works. */
export function Help() {
    const {say} = useWording();
    return (
        <div class="help-screen">
            <div class="screen-top"><h2>{say('help.title')}</h2></div>
            <section class="panel" aria-labelledby="legend"><h3 id="legend">{say('help.legend')}</h3><Legend /></section>
            <section class="panel" aria-labelledby="keys"><h3 id="keys">{say('help.keys')}</h3>
                <dl class="keys">
                    {screens.map((screen, i) => <div key={screen}><dt><kbd>{i + 1}</kbd></dt><dd>{say(`nav.${screen}`)}</dd></div>)}
                    <div><dt><kbd>/</kbd></dt><dd>{say('help.keySearch')}</dd></div>
                    <div><dt><kbd>?</kbd></dt><dd>{say('nav.help')}</dd></div>
                    <div><dt><kbd>t</kbd></dt><dd>{say('help.keyTheme')}</dd></div>
                    <div><dt><kbd>Esc</kbd></dt><dd>{say('help.keyEscape')}</dd></div>
                </dl></section>
            <div class="help-columns">{fields.map(([title, entries]) => (
                <section key={title} class="panel" aria-label={say(title)}><h3>{say(title)}</h3>
                    <dl class="explained">{entries.map(([name, text]) => <div key={text}><dt>{say(name)}</dt><dd>{say(text)}</dd></div>)}</dl></section>
            ))}</div>
        </div>
    );
}
