import { expect, test } from 'vitest';
import '../programs/operations/index.ts';
import { fuzz } from './fuzz.ts';

/** Pairs that so many programs reach, mutated or not. */
function pairsOf(isBlind: boolean): number {
  let pairs = 0;
  const { coverage } = fuzz({ runs: 6000, seed: 1, fault: null, isBlind });
  for (const { reached } of coverage.machines) pairs += reached;
  return pairs;
}

test('mutated programs reach more pairs than as many that are only drawn', () => {
  // 549 and 503 when this was written.
  expect(pairsOf(false)).toBeGreaterThan(pairsOf(true) + 20);
});
