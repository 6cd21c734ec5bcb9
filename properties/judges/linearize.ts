import type { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { EventName } from '../../model/events.ts';
import { tableOf } from './monitors.ts';

/** An answer that needs a moment at which it was right. */
export interface Answer {
  /** Everything that happened in the run, in order. */
  readonly events: readonly WorldEvent[];
  readonly object: KernelObject;
  /** The event that stands for the call. */
  readonly event: EventName;
  readonly returned: number;
  /** The call's first access, and the step after which it had returned. */
  readonly begin: number;
  readonly end: number | null;
}

/**
 * Looks for a moment within a call at which the machine gives the answer that the call gave. The
 * order of the changes is the order of their commits, so only the reader has to be placed.
 */
export function isExplained(answer: Answer): boolean {
  const { object, returned } = answer;
  const table = tableOf(object.kind, object.world.lockProving);
  if (table === null) return false;
  let state: number = table.initial;
  const question = table.event(answer.event);
  for (const event of answer.events) {
    if (event.object !== object) continue;
    if (event.step > (answer.end ?? Number.POSITIVE_INFINITY)) break;
    if (event.step >= answer.begin && table.next(state, question)?.returns === returned)
      return true;
    const taken = table.lifecycle.take(event);
    if (taken === null) continue;
    state = table.next(state, table.eventOf(taken))?.state ?? state;
  }
  return table.next(state, question)?.returns === returned;
}
