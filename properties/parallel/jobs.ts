import { drawBatch, type DrawnBatch, type DrawnJob } from '../check/draw-batch.ts';
import { fuzzBatch, type FuzzBatch, type FuzzJob } from '../check/fuzz-batch.ts';
import { explorePart, type PartExplored, type PartJob } from '../check/explore-part.ts';
import { tryProperty, type PropertyJob, type PropertyTried } from '../check/try-property.ts';
import type { Fault } from '../faults/fault.ts';

/** What workers can do: jobs and results are data, and cross threads. */
export interface JobTypes {
  readonly drawn: { readonly job: DrawnJob; readonly result: DrawnBatch };
  readonly fuzz: { readonly job: FuzzJob; readonly result: FuzzBatch };
  readonly part: { readonly job: PartJob; readonly result: PartExplored };
  readonly property: { readonly job: PropertyJob; readonly result: PropertyTried };
}

export type JobKind = keyof JobTypes;

type Work<Kind extends JobKind> = (
  job: JobTypes[Kind]['job'],
  fault: Fault | null,
) => JobTypes[Kind]['result'];

const WORK: { readonly [Kind in JobKind]: Work<Kind> } = {
  drawn: drawBatch,
  fuzz: fuzzBatch,
  part: explorePart,
  property: tryProperty,
};

/** Does one job. */
export function perform<Kind extends JobKind>(
  kind: Kind,
  job: JobTypes[Kind]['job'],
  fault: Fault | null,
): JobTypes[Kind]['result'] {
  return WORK[kind](job, fault);
}
