import {defineConfig} from 'vite';

// `npm run dev` shows the page from its sources, with the data of a server on this machine.
const server = process.env.CALLBOARD_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
    esbuild: {jsx: 'automatic', jsxImportSource: 'preact'},
    build: {
        outDir: process.env.CALLBOARD_DIST ?? 'dist',
        emptyOutDir: true,
        target: 'es2021',
        modulePreload: {polyfill: false},
        reportCompressedSize: false,
        assetsInlineLimit: 0,
    },
    server: {proxy: {'/api': server}},
});
