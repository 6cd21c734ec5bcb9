import { describe, expect, test } from 'vitest';

import { checkFenceOps } from '../check-driver.ts';
import { REFERENCE_DRIVERS } from '../drivers.ts';
import { ARMING } from './arming.ts';
import { ASKING } from './asking.ts';
import { HANDLING } from './handling.ts';

// The battery against drivers of which one thing is wrong each, and against the one that is right.

/** Far less than users try: a mistake that needs more is hard to find for them, too. */
const LITTLE = { drawn: 5, runsMax: 40, shrinks: false };

describe.each([
  ['arming', ARMING],
  ['handling', HANDLING],
  ['asking', ASKING],
])('%s', (_part, mistakes) => {
  test.each(mistakes)('$rule: $what', ({ rule, driver, shownAs = 1 }) => {
    // The first thing that is said about it is the point, and the rest of the search is not.
    const { failures } = checkFenceOps(driver, { ...LITTLE, failuresMax: shownAs });
    expect(failures.flatMap(({ rules }) => rules)).toContain(rule);
  });
});

test.each([1, 2, 3])('nothing is wrong with the right one, seed %i', (seed) => {
  const report = checkFenceOps(REFERENCE_DRIVERS.FenceDriver, { seed, drawn: 20, runsMax: 20 });
  expect(report.failures.map(({ message }) => message)).toEqual([]);
  expect(report.programs).toBeGreaterThan(50);
});
