import type { AccessOrder } from '../../impl/kernel/access.ts';

/** What is said against two accesses that race. */
export const RACE_EXPECTED = 'an order between them: a lock, or marked accesses on both sides';

/**
 * What counts as a data race between two accesses of one field that nothing orders: one of them
 * writes, and one of them is plain, so that the compiler and the machine owe them nothing. The
 * kernel tolerates plain writes of words beside marked reads in some configurations
 * (`CONFIG_KCSAN_ASSUME_PLAIN_WRITES_ATOMIC`); here they count.
 */
export function areRacing(
  oneWrites: boolean,
  one: AccessOrder,
  otherWrites: boolean,
  other: AccessOrder,
): boolean {
  return (oneWrites || otherWrites) && (one === 'plain' || other === 'plain');
}
