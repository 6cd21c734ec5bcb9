import { expect, test } from 'vitest';
import { firstFailure, type Body } from './fast-check.ts';
import { w2Size } from './w2/size.ts';
import { scheduled as scheduledW2 } from './w2/scheduled.ts';
import { w3Size } from './w3/size.ts';
import { scheduled as scheduledW3 } from './w3/scheduled.ts';

// Peers must run the workload, or else their speed says nothing.

const VARIANTS: readonly (readonly [string, (isBroken: boolean) => Body])[] = [
  ['w2 with 2 adders and a waiter', (isBroken) => scheduledW2(w2Size(2, true, isBroken))],
  ['w2 with 3 adders', (isBroken) => scheduledW2(w2Size(3, false, isBroken))],
  ['w3 with 2 tasks and 2 locks', (isBroken) => scheduledW3(w3Size(2, 2, isBroken))],
  ['w3 with 3 tasks and 3 locks', (isBroken) => scheduledW3(w3Size(3, 3, isBroken))],
];

test.each(VARIANTS)('%s under the scheduler of fast-check', async (_name, bodyOf) => {
  expect(await firstFailure(bodyOf(false), 1, 300)).toBeNull();
  expect(await firstFailure(bodyOf(true), 1, 300)).not.toBeNull();
});
