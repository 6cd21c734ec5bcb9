import fc from 'fast-check';
import { expect, test } from 'vitest';

import { arbitraryTrace } from '../arbitrary-trace.ts';
import { parseTrace } from '../read.ts';
import type { Exported } from './format.ts';
import { OWN } from './own.ts';

test('what is exported and read again is the same trace', () => {
  const about = { group: '', title: '', details: '', source: null, place: null };
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const exported: Exported = { trace, file: 'x.json', places: new Map(), about };
      const text = OWN.write(exported);
      const again = parseTrace(text, 'x.json');
      expect(again).toEqual(trace);
      expect(OWN.write({ ...exported, trace: again })).toBe(text);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
