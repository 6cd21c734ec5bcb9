import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { parseTrace } from '../read.ts';
import { exportedOf } from './exported.ts';
import { OWN } from './own.ts';

test('what is exported and read again is the same trace', () => {
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const text = OWN.write(exportedOf(trace));
      const again = parseTrace(text, 'x.json');
      expect(again).toEqual(trace);
      expect(OWN.write(exportedOf(again))).toBe(text);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
