// A `callboard serve` of one's own: in a new directory, on free ports, with an account, a token and an ingest key.
import {execFile, spawn} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {mkdtemp, open, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const callboard = process.env.CALLBOARD ?? join(root, 'build/dev/src/app/callboard');
const run = promisify(execFile);

export const account = 'ba-browser';
export const lines = {
    reception: '0033123456101', alice: '0033123456102', bruno: '0033123456103', farid: '0033123456201',
};
export const queue = '0033123456300';
const ingestKey = 'KEY-OF-THE-BROWSER-TESTS';

/** Below the range that the kernel gives to clients, which may take a port between the look and the use. */
async function freePort(kind) {
    for (let tries = 0; tries < 100; ++tries) {
        const port = 10_000 + Math.floor(Math.random() * 22_000);
        const server = kind === 'udp' ? createSocket('udp4') : createServer();
        const free = await new Promise(resolve => {
            server.once('error', () => resolve(false));
            if (kind === 'udp') server.bind(port, '127.0.0.1', () => resolve(true));
            else server.listen(port, '127.0.0.1', () => resolve(true));
        });
        if (!free) continue;
        await new Promise(resolve => server.close(resolve));
        return port;
    }
    throw new Error('no free port');
}

/** A line or queue, as a configuration says it. */
export function serviceOf(number, description, type, alias = '') {
    return `
  [[account.service]]
  number = "${number}"
  description = "${description}"
  type = "${type}"
  simultaneous_lines = 2
  ${alias ? `aliases = ["${alias}"]` : ''}`;
}

/** Asks again until `ready` gives something; at most `ms`. */
export async function until(ready, what, ms = 30_000) {
    const end = Date.now() + ms;
    for (;;) {
        let found;
        try {
            found = await ready();
        } catch (error) {
            if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}: ${error.message}`);
        }
        if (found) return found;
        if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}

export class Server {
    /** `more`: further TOML at the end of its configuration. `certificate`: {key, cert} as files, for https, which fetch() here then has
     *  to trust. `zone`: its time zone; `environment`: further variables of it. */
    static async begin(more = '', certificate = null, {zone = null, environment = {}} = {}) {
        const server = new Server();
        server.environment = {...process.env, ...environment};
        server.folder = await mkdtemp(join(tmpdir(), 'callboard-browser-'));
        server.config = join(server.folder, 'callboard.toml');
        server.hep = await freePort('udp');
        const http = await freePort('tcp');
        server.port = http;
        server.url = `${certificate ? 'https' : 'http'}://127.0.0.1:${http}`;
        await writeFile(server.config, `
data_dir = "${server.folder}/data"
${zone ? `time_zone = "${zone}"` : ''}
[http]
listen = ["127.0.0.1:${http}"]
public_url = "${server.url}"
${certificate ? `tls_certificate = "${certificate.cert}"\ntls_key = "${certificate.key}"` : ''}
[[account]]
id = "${account}"
${serviceOf(lines.reception, 'Reception', 'sipCirpack', '101')}
${serviceOf(lines.alice, 'Alice Martin', 'sipCirpack', '102')}
${serviceOf(lines.bruno, 'Bruno Petit', 'sipCirpack', '103')}
${serviceOf(lines.farid, 'Support Farid', 'sipCirpack', '201')}
${serviceOf(queue, 'Support', 'easyHunting')}
[[source]]
name = "proxy"
kind = "hep"
listen = "udp:127.0.0.1:${server.hep}"
[[api.key]]
name = "tests"
key = "${ingestKey}"
allow = ["POST /api/ingest"]
${more}`);
        server.token = await server.makeToken();
        await server.start();
        return server;
    }

    async makeToken(of = []) {
        const {stdout} = await run(callboard, ['token', 'create', '--config', this.config, '--account', account, ...of]);
        return stdout.trim().split(/\s+/).at(-1);
    }

    /** Rows of number and name, while the server runs or not. */
    async importContacts(...contacts) {
        const file = join(this.folder, 'contacts.csv');
        await writeFile(file, ['number,name', ...contacts.map(([number, name]) => `${number},${name}`)].join('\n'));
        await run(callboard, ['contacts', 'import', '--config', this.config, file]);
    }

    async revoke(token) {
        await run(callboard, ['token', 'revoke', '--config', this.config, token]);
    }

    async start() {
        const log = await open(join(this.folder, 'callboard.log'), 'a');
        this.process = spawn(callboard, ['serve', '--config', this.config], {stdio: ['ignore', log.fd, log.fd], env: this.environment});
        this.ended = new Promise(resolve => this.process.once('exit', resolve));
        await log.close();
        try {
            await until(async () => (await fetch(`${this.url}/readyz`)).ok, 'the server');
        } catch (error) {
            throw new Error(`${error.message}\n${await readFile(join(this.folder, 'callboard.log'), 'utf8')}`);
        }
    }

    async stop(signal = 'SIGTERM') {
        this.process.kill(signal);
        await this.ended;
    }

    async end() {
        if (this.process.exitCode === null && this.process.signalCode === null) await this.stop('SIGKILL');
        await rm(this.folder, {recursive: true, force: true});
    }

    /** Plays a recording of tests/traces with its own timing; resolves when it is over. */
    replay(name, speed = 1) {
        return run(callboard, ['replay', join(root, 'tests/traces', `${name}.hep`), '--to', `udp:127.0.0.1:${this.hep}`, '--speed', String(speed)]);
    }

    async ingest(...events) {
        const answer = await fetch(`${this.url}/api/ingest`, {
            method: 'POST', headers: {Authorization: `Bearer ${ingestKey}`}, body: JSON.stringify(events)});
        if (!answer.ok) throw new Error(`ingest: ${answer.status} ${await answer.text()}`);
    }

    async snapshot() {
        return (await fetch(`${this.url}/api/snapshot`, {headers: {Authorization: `Bearer ${this.token}`}})).json();
    }
}

/** An event of `line`, as a system of one's own posts it. */
export function event(name, line, call, parties = {}) {
    const {calling = '0033612345678', called = line, dialed = called} = parties;
    return {event: name, service: 'sip', ressource: line, data: {
        CallId: call, Calling: calling, Called: called, Dialed: dialed, Cseq: '1 INVITE', Body: 'SIP/2.0 180 Ringing', RelevantInfo: ''}};
}

/** An event of a queue. */
export function queueEventOf(number, name, members) {
    return {event: name, service: 'queues', ressource: number, data: {Action: name, Queue: number, Protocol: 'sip', ...members}};
}

/** An event of the queue that every server here has. */
export function queueEvent(name, members) {
    return queueEventOf(queue, name, members);
}
