import { describe, expect, test } from 'vitest';

import { checkFenceOps } from '../check-driver.ts';
import { REFERENCE_DRIVERS } from '../drivers.ts';
import { ARMING } from './arming.ts';
import { ASKING } from './asking.ts';
import { HANDLING } from './handling.ts';
import { RECOVERING } from './recovering.ts';
import { OwnWait, WAITING } from './waiting.ts';
import { EagerDriver } from '../reference/eager-driver.ts';
import { RecoveringDriver } from '../reference/recovering-driver.ts';
import { TickingDriver } from '../reference/ticking-driver.ts';

// The battery against drivers of which one thing is wrong each, and against the one that is right.

/** Far less than users try: a mistake that needs more is hard to find for them, too. */
const LITTLE = { drawn: 5, runsMax: 40, shrinks: false };

describe.each([
  ['arming', ARMING],
  ['handling', HANDLING],
  ['asking', ASKING],
  ['recovering', RECOVERING],
  ['waiting', WAITING],
])('%s', (_part, mistakes) => {
  test.each(mistakes)('$rule: $what', ({ rule, driver, shownAs = 1 }) => {
    // The first thing that is said about it is the point, and the rest of the search is not.
    const { failures } = checkFenceOps(driver, { ...LITTLE, failuresMax: shownAs });
    expect(failures.flatMap(({ rules }) => rules)).toContain(rule);
  });
});

// Right, and unlike the reference: the battery must not take one way of doing it for the only one.
test.each([
  ['jobs may hang', RecoveringDriver],
  ['everything is armed from the beginning, and a worker signals', EagerDriver],
  ['a timer looks, and every fence has a lock of its own', TickingDriver],
  ['waits are its own', OwnWait],
])('nothing is wrong where %s', (_what, driver) => {
  const report = checkFenceOps(driver, { drawn: 5, runsMax: 20 });
  expect(report.failures.map(({ message }) => message)).toEqual([]);
  expect(report.programs).toBeGreaterThan(40);
});

test('what was not tried is said', () => {
  const options = { drawn: 0, runsMax: 1 };
  expect(checkFenceOps(RecoveringDriver, options).leftOut).toEqual([
    'ops that the class does not have: wait',
  ]);
  expect(checkFenceOps(EagerDriver, options).leftOut).toEqual([
    'ops that the class does not have: enableSignaling, release, setDeadline, wait',
    'jobs that hang: the class has no `timedOut`',
  ]);
});

test.each([1, 2, 3])('nothing is wrong with the right one, seed %i', (seed) => {
  const report = checkFenceOps(REFERENCE_DRIVERS.FenceDriver, { seed, drawn: 20, runsMax: 20 });
  expect(report.failures.map(({ message }) => message)).toEqual([]);
  expect(report.programs).toBeGreaterThan(50);
});
