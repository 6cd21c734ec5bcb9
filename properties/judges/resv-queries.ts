import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { RuleId } from '../../model/rules/catalogue.ts';
import type { ResvList } from '../../model/machines/resv-list.ts';

/** What a query of a reservation object got wrong. */
export interface WrongQuery {
  readonly rules: readonly RuleId[];
  readonly message: string;
  readonly expected: string;
}

/** What the judge knows of the fences of one reservation object. */
export interface ResvFences {
  /** The fence with this number. */
  fence(number: number): DmaFence | undefined;
  /** From which step on a walk up to `usage` finds something pending where this fence is now. */
  pendingSince(fence: DmaFence, usage: number): number;
  isPending(fence: DmaFence): boolean;
  /** The step at which the fence signaled; infinite while it is pending. */
  signaledAt(fence: DmaFence): number;
  /** Every fence that ever was in the object, with the usages it had there. */
  readonly all: ReadonlyMap<DmaFence, number>;
}

/**
 * Judges a walk without the lock by what it may have met: fences that were there and pending from
 * before the call until its end must have been seen; and somebody must have been pending at some
 * moment of a call that says so.
 */
export function judgeQuery(
  event: WorldEvent,
  list: ResvList,
  fences: ResvFences,
): WrongQuery | null {
  const { name, result, detail: usage, task } = event;
  const saysDone = (name === 'test' && result === 1) || name === 'wait.done';
  const saysPending = (name === 'test' && result === 0) || name === 'wait.timedOut';
  if (saysDone) {
    for (const slot of list.slots) {
      const fence = fences.fence(slot.fence);
      if (fence === undefined || slot.usage > usage || !fences.isPending(fence)) continue;
      if (fences.pendingSince(fence, usage) > task.callStart) continue;
      return {
        rules: name === 'test' ? ['RESV-009'] : ['RESV-053', 'RESV-009'],
        message: `${name} says that all is done while ${fence.label} is pending`,
        expected: `${fence.label}, in the object since before the call, to be found pending`,
      };
    }
    return null;
  }
  if (!saysPending) return null;
  for (const [fence, strongest] of fences.all) {
    if (strongest <= usage && fences.signaledAt(fence) > task.callStart) return null;
  }
  return {
    rules: name === 'test' ? ['RESV-009'] : ['RESV-055', 'RESV-053'],
    message: `${name} says that a fence is pending, and none was`,
    expected: 'all fences of that usage to be done since before the call',
  };
}
