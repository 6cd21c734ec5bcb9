import { expect, test } from 'vitest';
import { ENABLE_SIGNAL, flagNames, SIGNALED, TIMESTAMP, USER_BITS } from './fence-flags.ts';

test('flags are told by their names, in their order', () => {
  expect(flagNames(0)).toBe('0');
  expect([SIGNALED, TIMESTAMP, ENABLE_SIGNAL, USER_BITS].map(flagNames)).toEqual([
    'SIGNALED',
    'TIMESTAMP',
    'ENABLE_SIGNAL',
    'USER:1',
  ]);
  expect(flagNames(SIGNALED | ENABLE_SIGNAL | (USER_BITS << 1))).toBe(
    'SIGNALED|ENABLE_SIGNAL|USER:2',
  );
});
