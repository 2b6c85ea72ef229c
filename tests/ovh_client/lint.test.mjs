// Both descriptions, held by those who keep the formats: Spectral's rules for OpenAPI, and AsyncAPI's own parser.
import {Parser} from '@asyncapi/parser';
import spectral from '@stoplight/spectral-core';
import parsers from '@stoplight/spectral-parsers';
import rulesets from '@stoplight/spectral-rulesets';
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';
import {sources} from './descriptions.mjs';

const {Document, Spectral} = spectral;

const told = problems => problems
    .map(({code, path, message}) => `${code} at /${path.join('/')}: ${message}`)
    .join('\n');

/** A handshake, and a call that is always refused. */
const unsuccessful = new Set(['/v2/session/{id}/events/websocket', '/auth/credential']);
async function openapiProblems(text) {
    const linter = new Spectral();
    linter.setRuleset({extends: [[rulesets.oas, 'all']], rules: {
        // A description that is served by whoever runs it has nobody's address.
        'contact-properties': 'off',
        'license-url': 'off', // OpenAPI 3.1 names a licence by its SPDX identifier
        'openapi-tags-alphabetical': 'off', // in the order of reading
    }});
    const problems = await linter.run(new Document(text, parsers.Json, sources.openapi));
    return problems.filter(({code, path}) => code !== 'operation-success-response' || !unsuccessful.has(path[1]));
}

// No address of a contact and a licence, as above; and 3.0 is what tools of today read.
const unheeded = new Set(['asyncapi-info-contact-properties', 'asyncapi-info-license-url', 'asyncapi-latest-version']);
async function asyncapiProblems(text) {
    const {diagnostics} = await new Parser().parse(text, {source: sources.asyncapi});
    return diagnostics.filter(({code}) => !unheeded.has(code));
}

test('openapi.json has no fault', async () => {
    assert.equal(told(await openapiProblems(await readFile(sources.openapi, 'utf8'))), '');
});

test('asyncapi.json has no fault', async () => {
    assert.equal(told(await asyncapiProblems(await readFile(sources.asyncapi, 'utf8'))), '');
});

test('the linters find faults', async () => {
    const openapi = JSON.parse(await readFile(sources.openapi, 'utf8'));
    openapi.paths['/telephony'].get.responses = {};
    openapi.paths['/healthz'].get.operationId = openapi.paths['/metrics'].get.operationId;
    const codes = (await openapiProblems(JSON.stringify(openapi))).map(({code}) => code);
    assert.ok(codes.includes('operation-operationId-unique'), codes.join());
    assert.ok(codes.some(code => code === 'oas3-schema' || code === 'operation-success-response'), codes.join());

    const asyncapi = JSON.parse(await readFile(sources.asyncapi, 'utf8'));
    asyncapi.operations.readPoll.channel.$ref = '#/channels/none';
    asyncapi.components.messages.Gap.payload = {type: 'wrong'};
    assert.notEqual(told(await asyncapiProblems(JSON.stringify(asyncapi))), '');
});
