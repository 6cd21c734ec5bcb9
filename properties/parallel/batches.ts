import type { Fault } from '../faults/fault.ts';
import { type JobKind, type JobTypes, type PartKind, perform } from './jobs.ts';

/**
 * Work that is cut into numbered batches. A batch depends on nothing but its job, and results are
 * taken in the order of the numbers: so they are the same however many workers there are.
 */
export interface Batches<Kind extends JobKind> {
  readonly kind: Kind;
  readonly fault: Fault | null;
  /** What batch `number` does; null when it must wait for results before it, or does not exist. */
  job(number: number): JobTypes[Kind]['job'] | null;
  /** Takes the results in order; false: those behind are not wanted any more. */
  merge(result: JobTypes[Kind]['result'], number: number): boolean;
}

/** Does the batches one after the other, here. */
export function runBatches<Kind extends PartKind>(batches: Batches<Kind>): void {
  for (let number = 0; ; number += 1) {
    const job = batches.job(number);
    if (job === null) return;
    if (!batches.merge(perform(batches.kind, job, batches.fault), number)) return;
  }
}
