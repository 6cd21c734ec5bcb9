import type { Fault } from '../properties/faults/fault.ts';
import { KERNEL_FAULTS } from '../properties/faults/kernel-6.12/index.ts';
import { FAULTS } from '../properties/faults/registry.ts';

/** Every fault that can be named: the seeded ones, and the flaws that Linux 6.12 itself has. */
export const KNOWN_FAULTS: readonly Fault[] = [...new Set([...FAULTS, ...KERNEL_FAULTS])];

/** The fault with this id, or null. */
export function knownFault(id: string): Fault | null {
  return KNOWN_FAULTS.find((candidate) => candidate.id === id) ?? null;
}
