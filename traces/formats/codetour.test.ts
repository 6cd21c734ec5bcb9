import Ajv from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { CODETOUR } from './codetour.ts';
import { exportedOf, keptOf } from './exported.ts';
import type { Exported } from './format.ts';

const text = { type: 'string', minLength: 1 };

/** The published fields of a tour that are used here; no other may be there. */
const SCHEMA = {
  type: 'object',
  required: ['title', 'steps'],
  additionalProperties: false,
  properties: {
    $schema: text,
    title: text,
    description: text,
    steps: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['description'],
        additionalProperties: false,
        dependencies: { file: ['line'], line: ['file'] },
        properties: {
          title: text,
          description: text,
          file: text,
          line: { type: 'integer', minimum: 1 },
        },
      },
    },
  },
};

interface Tour {
  readonly title: string;
  readonly steps: readonly {
    readonly title: string;
    readonly description: string;
    readonly file?: string;
    readonly line?: number;
  }[];
}

const ajv = new Ajv();
const validate = ajv.compile(SCHEMA);

function read(exported: Exported): Tour {
  const tour: unknown = JSON.parse(CODETOUR.write(exported));
  expect(validate(tour), ajv.errorsText(validate.errors)).toBe(true);
  return tour as Tour; // the schema says so
}

const decoded = (description: string): string =>
  description.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

test('nothing that a trace says is more than text', () => {
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      for (const { description } of read(exportedOf(trace)).steps) {
        const marks = description.replaceAll(/&#\d+;/g, '');
        expect(marks).not.toMatch(/[<>[\]{}`*_~!#&|\\$@^"'+:./-]/);
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('walks from call to call, and stops where it is decided', () => {
  const { title, steps } = read(keptOf('golden/race'));
  expect(title).toBe('FENCE-046: an accepted callback is never called');
  expect(steps.map((step) => step.title)).toEqual([
    'What is wrong',
    'A call begins',
    'Somebody else goes on',
    'A call begins',
    'Step 2: the deciding choice',
    'Step 7: model and implementation part',
    'How it ends',
  ]);
  const files = steps.map(({ file, line }) => (file === undefined ? null : `${file}:${line}`));
  const known = 'impl/dma-buf/fence-signal.ts:97';
  expect(files).toEqual([null, known, known, null, null, known, null]);
  expect(decoded(steps[4]?.description ?? '')).toBe(
    'B: spin_lock f1.issuer.lock\n\nf1.lock: free → B',
  );
});
