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
  /** These only where one task runs alone; elsewhere the end of the run itself shows them. */
  | 'deadlock'
  | 'livelock';

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

/** What an observer threw: a defect of a judge, and nothing that the kernel did. */
export class ObserverError extends Error {
  constructor(cause: unknown) {
    super('an observer of the world failed', { cause });
  }
}

/**
 * What a bad pointer does to a kernel is a TypeError here, and endless recursion a RangeError. Null
 * for a crash that was complained about; what the kernel did not throw is thrown again.
 */
export function oopsOf(error: unknown): Pick<Violation, 'kind' | 'message'> | null {
  if (error instanceof KernelCrash) return null;
  if (error instanceof TypeError) return { kind: 'bug', message: `oops: ${error.message}` };
  if (error instanceof RangeError) return { kind: 'stack-overflow', message: error.message };
  throw error;
}
