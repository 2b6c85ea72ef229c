import {useEffect} from 'preact/hooks';
import type {Card, Desk} from '../callback/desk';
import {useNow, useSurroundings} from './context';
import {Icon} from './icons';
import {Named, Phone, Running} from './parts';

/** The calls that are told to a system of the reader's: the newest on top, at most five. */
export function Pops({desk}: {desk: Desk}) {
    const {wording: {say}} = useSurroundings();
    const now = useNow();
    useEffect(() => desk.tidy(now), [Math.floor(now / 500)]);
    if (desk.cards.length === 0) return null;
    return (
        <aside class="pops" aria-label={say('pop.title')}>
            {desk.cards.length > 1 && <button type="button" class="close-all" onClick={() => desk.closeAll()}>{say('pop.closeAll')}</button>}
            {desk.cards.map((card, i) => <OnePop key={card.pop.key} card={card} desk={desk} newest={i === 0} />)}
        </aside>
    );
}

function OnePop({card, desk, newest}: {card: Card; desk: Desk; newest: boolean}) {
    const {wording: {say}} = useSurroundings();
    const {pop, state, url} = card;
    const key = pop.key;
    return (
        <article class={`pop ${newest ? 'newest' : ''} ${state}`} data-pop={key} data-state={state} aria-live={newest ? 'polite' : undefined}>
            <div class="pop-top">
                <strong><Phone number={pop.values.CALLING} /></strong> <span class="arrow">→</span> <Named number={pop.line} />
                <button type="button" class="plain" aria-label={say('pop.close')} onClick={() => desk.close(key)}><Icon name="close" /></button>
            </div>
            <p class="small">
                {pop.answeredBy !== null ? <>{say('pop.answeredBy')} <Named number={pop.answeredBy} /></>
                    : pop.over !== null ? say('pop.over') : <>{say('pop.rings')} <Running since={pop.began} /></>}
            </p>
            {state === 'blocked' && <p class="problem small">{say('pop.blocked')}</p>}
            {state === 'failed' && <p class="problem small">{say('pop.failed')}</p>}
            {state !== 'done' && <button type="button" class="main" onClick={() => desk.open(key)}>{say(state === 'failed' ? 'pop.retry' : 'pop.open')}</button>}
            {state === 'done' && card.mode === 'embedded' && newest &&
                <iframe src={url} title={say('pop.frame', {number: pop.values.CALLING})} referrerpolicy="no-referrer" sandbox="allow-scripts allow-forms allow-same-origin allow-popups" />}
            {state === 'done' && card.mode === 'embedded' && !newest &&
                <a href={url} target="_blank" rel="noopener noreferrer" class="small">{say('pop.open')}</a>}
        </article>
    );
}
