import type { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent } from '../../impl/kernel/world.ts';
import type { AbstractState } from '../../model/events.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';

/** What the model says about an object that an event refers to. */
export type StateOf = (object: KernelObject) => AbstractState | null;

/**
 * The machine's event where it depends on other objects. Null when the machine takes no notice
 * of this event.
 */
export function payloadOf(_event: WorldEvent, _stateOf: StateOf): ModelEvent | null {
  return null;
}
