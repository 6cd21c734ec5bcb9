import type { KernelObject } from './object.ts';
import type { Task } from './task.ts';

/** What the simulated kernel itself complains about, in any run, whoever judges. */
export type ViolationKind =
  | 'warn'
  | 'bug'
  | 'use-after-free'
  | 'double-free'
  | 'refcount'
  | 'lockdep'
  | 'lock-misuse'
  | 'sleep-in-atomic'
  | 'stack-overflow'
  /** Only where one task runs alone; elsewhere the quiescent run itself shows it. */
  | 'deadlock';

/** One complaint, with the place where it was raised. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
  readonly step: number;
  readonly task: Task;
  readonly object: KernelObject | null;
}

/** Thrown where the kernel would crash; the world ends the run, locks stay held. */
export class KernelCrash extends Error {
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(violation.message);
    this.name = 'KernelCrash';
    this.violation = violation;
  }
}
