// The two descriptions of the API, and checks of values against the schemas in them.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const sources = {openapi: join(root, 'src/api/openapi.json'), asyncapi: join(root, 'src/api/asyncapi.json')};

/** A check of one description: `check(pointer, value)` throws what is wrong with a value. */
export function schemasOf(document, name) {
    // Members that only a description has (`examples`, `discriminator`) mean nothing to a schema.
    const ajv = new Ajv({strict: false, allErrors: true});
    addFormats(ajv);
    const {components, paths} = document;
    ajv.addSchema({components, paths}, name);
    return (pointer, value) => {
        const validate = ajv.getSchema(`${name}#${pointer}`);
        if (!validate) throw new Error(`${name} has nothing at ${pointer}`);
        if (!validate(value)) throw new Error(`${name}#${pointer}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 1).slice(0, 2000)}`);
    };
}

const escaped = part => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Checks answers against an OpenAPI description: status, content type and body of a path's operation. */
export class Contract {
    constructor(openapi) {
        this.openapi = openapi;
        this.check = schemasOf(openapi, 'openapi');
        this.seen = new Set();
    }

    static async read() {
        return new Contract(JSON.parse(await readFile(sources.openapi, 'utf8')));
    }

    /** `path` as it is described; `headers` of fetch(). */
    answer(method, path, status, headers, text) {
        const operation = this.openapi.paths[path]?.[method.toLowerCase()];
        if (!operation) throw new Error(`${method} ${path} is not described`);
        const response = operation.responses[status];
        if (!response) throw new Error(`${method} ${path} does not describe status ${status}: ${text}`);
        const type = (headers.get('content-type') ?? '').split(';')[0];
        const content = response.content?.[type];
        if (response.content && !content) throw new Error(`${method} ${path} ${status} does not describe ${type}`);
        this.seen.add(`${method} ${path} ${status}`);
        if (!content) return;
        this.check(`/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}/content/${escaped(type)}/schema`,
            type === 'application/json' ? JSON.parse(text) : text);
    }
}
