import type { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { EventName } from '../../model/events.ts';
import type { Returned } from '../../model/returns.ts';
import { tableOf } from './monitors.ts';

/** A question about an object, asked during a call. */
export interface Question {
  /** Everything that has happened to objects of its kind, in order. */
  readonly events: readonly WorldEvent[];
  readonly object: KernelObject;
  /** The event that stands for the call. */
  readonly event: EventName;
  /** The call's first access, and the step after which it had returned. */
  readonly begin: number;
  readonly end: number | null;
}

/**
 * What the machine would have answered at the moments of a call, in the order of these moments.
 * The order of the changes is the order of their commits, so only the reader has to be placed.
 */
export function explained(asked: Question): ReadonlySet<Returned> {
  const { object } = asked;
  const answers = new Set<Returned>();
  const table = tableOf(object.kind, object.world.build.lockProving);
  if (table === null) return answers;
  let state: number = table.initial;
  const question = table.event(asked.event);
  const ask = (): void => {
    const answer = table.next(state, question)?.returns;
    if (answer !== undefined && answer !== null) answers.add(answer);
  };
  for (const event of asked.events) {
    if (event.object !== object) continue;
    if (event.step > (asked.end ?? Number.POSITIVE_INFINITY)) break;
    if (event.step >= asked.begin) ask();
    const taken = table.lifecycle.take(event);
    if (taken === null) continue;
    state = table.next(state, table.eventOf(taken))?.state ?? state;
  }
  ask();
  return answers;
}
