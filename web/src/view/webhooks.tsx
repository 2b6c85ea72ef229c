import {useState} from 'preact/hooks';
import type {History as Api, Webhook} from '../api/history';
import {isAddress} from '../callback/address';
import {useAsked} from './ask';
import {useNowOnce, useWording} from './context';
import {Problem} from './history';
import {Check, Choice, Head, Heading} from './parts';

const events = [
    'start_ringing', 'end_ringing', 'start_calling', 'end_calling', 'start_hold', 'end_hold', 'member-queue-start', 'agent-offering',
    'bridge-agent-start', 'bridge-agent-end', 'bridge-agent-fail', 'member-queue-end',
] as const;

/** Addresses that the server itself calls for each event, and how that went. */
export function Webhooks({api, places}: {api: Api; places: readonly {number: string; description: string}[]}) {
    const {say} = useWording();
    const asked = useAsked('webhooks', signal => api.webhooks(signal));
    const [open, setOpen] = useState('');
    const [problem, setProblem] = useState('');
    const act = async (work: () => Promise<void>) => {
        try {
            await work();
            setProblem('');
            asked.again();
        } catch (error) {
            setProblem(error instanceof Error ? error.message : String(error));
        }
    };
    return (
        <div class="webhooks-screen">
            <div class="screen-top"><h2>{say('webhooks.title')}</h2></div>
            <p class="quiet">{say('webhooks.explain')}</p>
            {problem !== '' && <p class="problem" role="alert">{say('history.failed', {why: problem})}</p>}
            {asked.problem ? <Problem problem={asked.problem} again={asked.again} /> : <>
                {asked.value?.length === 0 && <p class="empty panel">{say('webhooks.none')}</p>}
                <div class="hook-cards">{(asked.value ?? []).map(hook => (
                    <Hook key={hook.id} hook={hook} api={api} act={act} open={open === hook.id} toggle={() => setOpen(open === hook.id ? '' : hook.id)} />
                ))}</div>
                {asked.value && <NewHook api={api} act={act} places={places} />}
            </>}
        </div>
    );
}

interface HookProps {
    hook: Webhook;
    api: Api;
    act(work: () => Promise<void>): Promise<void>;
    open: boolean;
    toggle(): void;
}

function Hook({hook, api, act, open, toggle}: HookProps) {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    const failing = hook.failing_since !== null;
    return (
        <article class="panel hook" data-hook={hook.name}>
            <div class="top"><h3>{hook.name}</h3>
                <span class={`outcome-mark ${failing || hook.state === 'stopped' ? 'bad' : hook.state === 'active' ? 'answered' : 'waiting'}`}>{say(failing && hook.state === 'active' ? 'webhooks.fails' : `webhooks.${hook.state}`)}</span></div>
            <p class="address"><code>{hook.method} {hook.url}</code></p>
            <p class="quiet small">{hook.events.map(name => wording.event(name)).join(', ')} · {hook.service ?? hook.account}
                {hook.waiting > 0 && <> · {say('webhooks.waiting', {n: hook.waiting})}</>}{hook.configured && <> · {say('webhooks.configured')}</>}</p>
            {failing && <p class="problem small">{say('webhooks.failing', {time: wording.time(hook.failing_since! / 1e6, now), why: hook.last_error ?? ''})}</p>}
            <div class="buttons">
                <button type="button" onClick={() => void act(() => api.tellWebhook(hook.id, 'test'))}>{say('webhooks.test')}</button>
                {hook.state !== 'active' && <button type="button" onClick={() => void act(() => api.tellWebhook(hook.id, 'resume'))}>{say('webhooks.resume')}</button>}
                <button type="button" aria-expanded={open} onClick={toggle}>{say('webhooks.deliveries')}</button>
                {!hook.configured && <button type="button" class="danger" onClick={() => void act(() => api.removeWebhook(hook.id))}>{say('webhooks.remove')}</button>}
            </div>
            {open && <Deliveries hook={hook} api={api} act={act} />}
        </article>
    );
}

function Deliveries({hook, api, act}: Pick<HookProps, 'hook' | 'api' | 'act'>) {
    const wording = useWording();
    const {say} = wording;
    const now = useNowOnce();
    const asked = useAsked(hook.id, signal => api.deliveries(hook.id, signal));
    if (asked.problem) return <Problem problem={asked.problem} again={asked.again} />;
    const columns = (['time', 'event', 'result', 'answer', 'duration', 'again'] as const).map(column => [column, say(`deliveries.${column}`)] as const);
    return (
        <div class="table of-deliveries" role="table" aria-label={say('webhooks.deliveries')}>
            <Head columns={columns} />
            <div role="rowgroup" class="body">
                {(asked.value ?? []).map(one => (
                    <div role="row" class="row" key={one.id}>
                        <span role="cell">{wording.time(one.at / 1e6, now)}</span>
                        <span role="cell">{wording.event(one.event)}</span>
                        <span role="cell"><span class={`outcome-mark ${one.result === 'delivered' ? 'answered' : one.result === 'retrying' ? 'waiting' : 'bad'}`}>{say(`deliveries.${one.result}`)}</span> {one.attempt > 1 && `× ${one.attempt}`}</span>
                        <span role="cell" title={one.request}>{one.status ?? ''} {one.error ?? one.answer}</span>
                        <span role="cell">{one.duration_ms} ms</span>
                        <span role="cell"><button type="button" onClick={() => void act(() => api.replay(hook.id, one.id)).then(asked.again)}>{say('deliveries.replay')}</button></span>
                    </div>
                ))}
            </div>
        </div>
    );
}

function NewHook({api, act, places}: {api: Api; act: HookProps['act']; places: readonly {number: string; description: string}[]}) {
    const wording = useWording();
    const {say} = wording;
    const [name, setName] = useState('');
    const [url, setUrl] = useState('');
    const [secret, setSecret] = useState('');
    const [method, setMethod] = useState('POST');
    const [place, setPlace] = useState(places[0]?.number ?? '');
    const [wanted, setWanted] = useState<readonly string[]>(['start_ringing', 'member-queue-start']);
    const [wrong, setWrong] = useState(false);
    const add = (event: Event) => {
        event.preventDefault();
        const right = name.trim() !== '' && isAddress(url) && wanted.length > 0;
        setWrong(!right);
        if (!right) return;
        void act(async () => {
            await api.addWebhook({name: name.trim(), service: place, events: wanted, url: url.trim(), method, ...(secret ? {secret} : {})});
            setName('');
            setUrl('');
            setSecret('');
        });
    };
    return (
        <form class="panel form" onSubmit={add} noValidate aria-labelledby="new-hook">
            <Heading id="new-hook" title={say('webhooks.new')} />
            {wrong && <p class="problem" role="alert">{say('webhooks.wrong')}</p>}
            <label class="choice"><span>{say('webhooks.name')}</span><input type="text" value={name} onInput={event => setName(event.currentTarget.value)} /></label>
            <label class="choice"><span>{say('webhooks.service')}</span>
                <select value={place} onChange={event => setPlace(event.currentTarget.value)}>
                    {places.map(one => <option key={one.number} value={one.number}>{one.description || one.number}</option>)}
                </select></label>
            <label class="choice wide"><span>{say('webhooks.url')}</span><input type="url" value={url} placeholder="https://…?from=*CALLING*" onInput={event => setUrl(event.currentTarget.value)} /></label>
            <Choice label={say('webhooks.method')} value={method} options={[['POST', 'POST'], ['GET', 'GET']]} change={setMethod} />
            <label class="choice"><span>{say('webhooks.secret')}</span><input type="password" autocomplete="off" value={secret} onInput={event => setSecret(event.currentTarget.value)} /></label>
            <fieldset class="wide"><legend>{say('webhooks.events')}</legend>
                <div class="checks">{events.map(one => <Check key={one} label={wording.event(one)} checked={wanted.includes(one)}
                    change={on => setWanted(on ? [...wanted, one] : wanted.filter(other => other !== one))} />)}</div></fieldset>
            <button type="submit" class="main">{say('webhooks.add')}</button>
        </form>
    );
}
