import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { World } from '../../impl/kernel/world.ts';

/**
 * A moment of the past counts only by which calls, of those under way, have begun since. So two runs
 * that took their steps in another order can still be in the same state.
 */
export function visitMoment(key: StateKey, { tasks }: World, step: number): void {
  for (const { callStart, pending } of tasks) key.add(pending !== null && step > callStart);
}
