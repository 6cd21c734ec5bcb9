import Ajv from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import type { Trace } from '../trace.ts';
import { exportedOf, keptOf } from './exported.ts';
import { ITF } from './itf.ts';

/** What the description of the format says. Quint reads it as well: `readers.system.test.ts`. */
const SCHEMA = {
  type: 'object',
  required: ['vars', 'states'],
  additionalProperties: false,
  properties: {
    '#meta': { type: 'object' },
    params: { $ref: '#/definitions/names' },
    vars: { $ref: '#/definitions/names' },
    loop: { type: 'integer', minimum: 0 },
    states: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { '#meta': { type: 'object' } },
        additionalProperties: { $ref: '#/definitions/value' },
      },
    },
  },
  definitions: {
    names: { type: 'array', uniqueItems: true, items: { type: 'string' } },
    values: { type: 'array', items: { $ref: '#/definitions/value' } },
    value: {
      oneOf: [
        { type: 'boolean' },
        { type: 'string' },
        { $ref: '#/definitions/values' },
        one('#bigint', { type: 'string', pattern: '^-?[0-9]+$' }),
        one('#unserializable', { type: 'string' }),
        one('#tup', { $ref: '#/definitions/values' }),
        one('#set', { $ref: '#/definitions/values' }),
        one('#map', {
          type: 'array',
          items: {
            type: 'array',
            items: { $ref: '#/definitions/value' },
            minItems: 2,
            maxItems: 2,
          },
        }),
        {
          type: 'object',
          patternProperties: { '^[^#]': { $ref: '#/definitions/value' } },
          additionalProperties: false,
        },
      ],
    },
  },
};

function one(name: string, value: object): object {
  return {
    type: 'object',
    required: [name],
    additionalProperties: false,
    properties: { [name]: value },
  };
}

const ajv = new Ajv();
const validate = ajv.compile(SCHEMA);
const problemsOf = (document: unknown): string =>
  validate(document) === true ? '' : ajv.errorsText(validate.errors);

type State = Readonly<Record<string, unknown>>;

interface Document {
  readonly '#meta': { readonly varTypes: object };
  readonly vars: readonly string[];
  readonly states: readonly State[];
}

function read(trace: Trace): Document {
  const document: unknown = JSON.parse(ITF.write(exportedOf(trace)));
  expect(problemsOf(document)).toBe('');
  return document as Document; // the schema says so
}

test('the schema takes no number, no null and no unknown form', () => {
  for (const value of [1, null, { '#bigint': '1.5' }, { '#map': [['a']] }, { '#other': 'a' }]) {
    expect(problemsOf({ vars: ['a'], states: [{ a: value }] })).not.toBe('');
  }
});

test('every state gives every variable a value', () => {
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const { '#meta': meta, vars, states } = read(trace);
      expect(Object.keys(meta.varTypes)).toEqual(vars);
      expect(states).toHaveLength(trace.steps.length + 1);
      for (const [index, state] of states.entries()) {
        expect(Object.keys(state)).toEqual(['#meta', ...vars]);
        expect(state['#meta']).toEqual({ index });
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('fields have the values that the steps gave them', () => {
  const { states } = read(keptOf('golden/race').trace);
  const flags = states.map(({ fields }) => {
    const entries = (fields as { '#map': [string, string][] })['#map'];
    return entries.find(([field]) => field === 'f1.flags')?.[1];
  });
  const both = 'SIGNALED|TIMESTAMP';
  expect(flags).toEqual([
    ...['0', '0', '0', 'SIGNALED', 'SIGNALED', both, both],
    `${both}|ENABLE_SIGNAL`,
  ]);
  expect(states[3]?.['calls']).toEqual({
    '#map': [
      ['A', { '#tup': [{ '#bigint': '1' }, 'fence.addCallback(f1, cb1)'] }],
      ['B', { '#tup': [{ '#bigint': '1' }, 'fence.signal(f1)'] }],
    ],
  });
});
