// Builds fold.test.ts with the page's own packages, and runs it.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const {build} = createRequire(new URL('../../web/package.json', import.meta.url))('esbuild');
const out = mkdtempSync(join(tmpdir(), 'callboard-vectors-'));
try {
    const outfile = join(out, 'fold.test.mjs');
    await build({entryPoints: [join(here, 'fold.test.ts')], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node18', logLevel: 'warning'});
    process.exitCode = spawnSync(process.execPath, ['--test', outfile], {stdio: 'inherit'}).status ?? 1;
} finally {
    rmSync(out, {recursive: true, force: true});
}
