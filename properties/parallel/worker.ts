import '../programs/operations/index.ts';
import { type KeptJob, tryKept } from '../baseline/try-kept.ts';
import { type RowJob, tryRow } from '../baseline/try-row.ts';
import { ProgramError } from '../programs/operation.ts';
import { loadFault, type FaultName } from './fault-name.ts';
import { type JobKind, type JobTypes, perform } from './jobs.ts';

/** What a worker is asked. */
export interface Order {
  readonly kind: JobKind;
  readonly job: JobTypes[JobKind]['job'];
  readonly fault: FaultName | null;
}

/** What it answers. Errors lose their class on the way, and a wrong program is no defect. */
export type Answer =
  { readonly result: JobTypes[JobKind]['result'] } | { readonly wrongProgram: string };

/** Called in a thread of its own. @public by name, from the crew */
export async function work({ kind, job, fault }: Order): Promise<Answer> {
  try {
    // Who orders gives each kind its own job; the type has forgotten which belongs to which.
    if (kind === 'kept') return { result: tryKept(job as KeptJob) };
    if (kind === 'row') return { result: tryRow(job as RowJob) };
    const seeded = fault === null ? null : await loadFault(fault);
    return { result: perform(kind, job, seeded) };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return { wrongProgram: error.message };
  }
}
