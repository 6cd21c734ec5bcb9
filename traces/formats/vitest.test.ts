import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { parseTrace } from '../read.ts';
import { exportedOf, keptOf } from './exported.ts';
import { VITEST } from './vitest.ts';

// Whether the test fails when it should is tried in cli/exported-test.system.test.ts.

const statements = (source: string): string[] => parseAst(source).body.map(({ type }) => type);
const usual = statements(VITEST.write(keptOf('golden/race')));

test('the test of any trace is a module with the same statements, and holds that trace', () => {
  expect(usual).toHaveLength(9);
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const source = VITEST.write(exportedOf(trace));
      expect(statements(source)).toEqual(usual);
      const lines = [...source.matchAll(/^ {4}(".*"),$/gm)].map(([, line = '']) => line);
      const text = lines.map((line) => String(JSON.parse(line))).join('\n');
      expect(parseTrace(text, 'x.json')).toEqual(trace);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('refuses what was found in a driver, since the module of that is not in the trace', () => {
  const { trace } = keptOf('golden/race');
  expect(VITEST.refuses?.(trace)).toBeNull();
  expect(VITEST.refuses?.({ ...trace, fault: 'driver Mine' })).toContain('found in a driver');
});
