import type { Fault } from '../fault.ts';
import { CALL_FAULTS } from './calls.ts';
import { DUTY_FAULTS } from './duties.ts';
import { LOCK_FAULTS } from './locks.ts';

/** Mistakes about who holds the lock, and what is owed. */
export const LOCKING_FAULTS: readonly Fault[] = [...LOCK_FAULTS, ...CALL_FAULTS, ...DUTY_FAULTS];
