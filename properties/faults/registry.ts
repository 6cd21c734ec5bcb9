import type { Fault } from './fault.ts';
import { CALLBACK_FAULTS } from './fence/callbacks.ts';

/** Every seeded fault, historical ones and our own. */
export const FAULTS: readonly Fault[] = [...CALLBACK_FAULTS];

/** The fault with this id, or null. */
export function findFault(id: string): Fault | null {
  return FAULTS.find((candidate) => candidate.id === id) ?? null;
}
