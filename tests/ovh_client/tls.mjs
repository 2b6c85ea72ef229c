// TLS in front of a server that speaks plain HTTP: clients of OVH's API call https alone.
import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer} from 'node:tls';
import {promisify} from 'node:util';

/** A certificate of one's own for 127.0.0.1: {folder, key, cert} as files. */
export async function makeCertificate() {
    const folder = await mkdtemp(join(tmpdir(), 'callboard-tls-'));
    const key = join(folder, 'key.pem'), cert = join(folder, 'cert.pem');
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]);
    return {folder, key, cert};
}

/** Ends TLS and hands the bytes to `port` of 127.0.0.1, as they are. */
export class TlsFront {
    static async begin(port) {
        const front = new TlsFront();
        front.certificate = await makeCertificate();
        front.ca = await readFile(front.certificate.cert);
        front.sockets = new Set();
        front.server = createServer({key: await readFile(front.certificate.key), cert: front.ca}, outer => {
            const inner = connect(port, '127.0.0.1');
            for (const [one, other] of [[outer, inner], [inner, outer]]) {
                front.sockets.add(one);
                one.on('error', () => other.destroy()).on('close', () => { front.sockets.delete(one); other.destroy(); });
                one.pipe(other);
            }
        });
        await new Promise(resolve => front.server.listen(0, '127.0.0.1', resolve));
        front.port = front.server.address().port;
        return front;
    }

    async end() {
        for (const socket of this.sockets) socket.destroy();
        await new Promise(resolve => this.server.close(resolve));
        await rm(this.certificate.folder, {recursive: true, force: true});
    }
}
