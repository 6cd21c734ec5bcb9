import { readFileSync, writeFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { TRACE_FORMAT, TRACE_VERSION, traceJsonSchema } from './trace.ts';

const published = new URL('trace.schema.json', import.meta.url);

test('the published schema is current (UPDATE_GOLDEN=1 writes it)', () => {
  const schema = traceJsonSchema();
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(published, schema);
  expect(readFileSync(published, 'utf8')).toBe(schema);
});

test('the published schema names the format and its version', () => {
  const schema: unknown = JSON.parse(traceJsonSchema());
  expect(schema).toMatchObject({
    $id: `urn:${TRACE_FORMAT}:${TRACE_VERSION}`,
    type: 'object',
    additionalProperties: false,
    properties: { format: { const: TRACE_FORMAT }, version: { const: TRACE_VERSION } },
  });
});
