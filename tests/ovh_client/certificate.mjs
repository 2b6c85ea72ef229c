// Clients of OVH's API call https alone.
import {execFile} from 'node:child_process';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

/** A certificate of one's own for 127.0.0.1: {folder, key, cert} as files. */
export async function makeCertificate() {
    const folder = await mkdtemp(join(tmpdir(), 'callboard-tls-'));
    const key = join(folder, 'key.pem'), cert = join(folder, 'cert.pem');
    await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]);
    return {folder, key, cert};
}
