import type { KnownFences } from './known-fences.ts';
import { fenceLabel } from './log-fence.ts';
import { NOWHERE } from './log-object.ts';
import type { PendingFence } from './log-report.ts';

/** So many are named. */
const OLDEST_MAX = 10;

export interface Unsignaled {
  readonly pending: { readonly count: number; readonly oldest: readonly PendingFence[] };
  readonly releasedPending: number;
  readonly openWaits: number;
}

/** What is left of the fences of a log at its end; losses make it nobody's. */
export function unsignaled(
  known: KnownFences,
  { end, epoch }: { readonly end: number; readonly epoch: number },
): Unsignaled {
  let count = 0;
  let releasedPending = 0;
  let openWaits = 0;
  let oldest: PendingFence[] = [];
  for (const { fence, name } of known.remembered(epoch)) {
    openWaits += fence.waits.length;
    if (!fence.isWhole || fence.signaledLine !== NOWHERE) continue;
    if (fence.destroyLine !== NOWHERE) {
      releasedPending += 1;
      continue;
    }
    count += 1;
    const age = end - fence.bornTime;
    const youngest = oldest.at(-1);
    if (oldest.length === OLDEST_MAX && youngest !== undefined && age <= youngest.age) continue;
    oldest.push({ fence: fenceLabel(name), line: fence.initLine, age });
    oldest = oldest.toSorted((a, b) => b.age - a.age).slice(0, OLDEST_MAX);
  }
  return { pending: { count, oldest }, releasedPending, openWaits };
}
