import type { Fault } from '../properties/faults/fault.ts';
import { FAULTS } from '../properties/faults/registry.ts';

/** The flaws that Linux 6.12 itself has. */
export const KERNEL_FAULTS: readonly Fault[] = FAULTS.filter(({ id }) => id.includes('KERN-'));
