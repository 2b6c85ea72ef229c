/** What vite puts in: where the built files lie. */
interface ImportMeta {
    readonly env: {readonly BASE_URL: string};
}
