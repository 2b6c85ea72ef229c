// Runs every *.test.ts under src/ with node's own test runner: esbuild, which comes with vite, turns each into one
// module first.
import {build} from 'esbuild';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function testsIn(folder) {
    return readdirSync(folder, {withFileTypes: true}).flatMap(entry => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return testsIn(path);
        return entry.name.endsWith('.test.ts') ? [path] : [];
    });
}

const out = mkdtempSync(join(tmpdir(), 'callboard-page-'));
let status = 1;
try {
    await build({
        entryPoints: testsIn(join(here, 'src')),
        outdir: out,
        outExtension: {'.js': '.mjs'},
        bundle: true,
        platform: 'node',
        format: 'esm',
        target: 'node18',
        sourcemap: 'inline',
        jsx: 'automatic',
        jsxImportSource: 'preact',
        logLevel: 'warning',
    });
    const files = readdirSync(out, {recursive: true, withFileTypes: false});
    const tests = files.filter(name => name.endsWith('.test.mjs')).map(name => join(out, name));
    status = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...tests], {
        stdio: 'inherit',
        env: {...process.env, CALLBOARD_PAGE: here},
    }).status ?? 1;
} finally {
    rmSync(out, {recursive: true, force: true});
}
process.exitCode = status;
