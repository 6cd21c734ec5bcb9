import type { KeptJob, KeptTried } from '../baseline/try-kept.ts';
import type { RowJob, TimedRow } from '../baseline/try-row.ts';
import { campaignJob, type CampaignJob, type JobDone } from '../campaign/job.ts';
import { drawBatch, type DrawnBatch, type DrawnJob } from '../check/draw-batch.ts';
import { fuzzBatch, type FuzzBatch, type FuzzJob } from '../check/fuzz-batch.ts';
import { explorePart, type PartExplored, type PartJob } from '../check/explore-part.ts';
import { tryLitmus, type LitmusJob, type LitmusTried } from '../check/try-litmus.ts';
import { tryScenario, type ScenarioJob, type ScenarioTried } from '../check/try-scenario.ts';
import { tryProperty, type PropertyJob, type PropertyTried } from '../check/try-property.ts';
import { tryPaths } from '../check/stage-paths.ts';
import { tryRecording } from '../check/stage-recordings.ts';
import { trySystem } from '../check/stage-systems.ts';
import type { ConformReport } from '../conform/conform.ts';
import type { SystemReport } from '../../model/systems/check-systems.ts';
import type { MachineWalk } from '../paths/check-paths.ts';
import type { Fault } from '../faults/fault.ts';

/** What workers can do: jobs and results are data, and cross threads. */
export interface JobTypes {
  readonly kept: { readonly job: KeptJob; readonly result: KeptTried };
  readonly row: { readonly job: RowJob; readonly result: TimedRow };
  readonly campaign: { readonly job: CampaignJob; readonly result: JobDone };
  readonly drawn: { readonly job: DrawnJob; readonly result: DrawnBatch };
  readonly fuzz: { readonly job: FuzzJob; readonly result: FuzzBatch };
  readonly litmus: { readonly job: LitmusJob; readonly result: LitmusTried };
  readonly part: { readonly job: PartJob; readonly result: PartExplored };
  /** A machine, by its number. */
  readonly paths: { readonly job: number; readonly result: MachineWalk };
  readonly property: { readonly job: PropertyJob; readonly result: PropertyTried };
  /** A file. */
  readonly recording: { readonly job: string; readonly result: ConformReport };
  readonly scenario: { readonly job: ScenarioJob; readonly result: ScenarioTried };
  /** A required system, by its number. */
  readonly system: { readonly job: number; readonly result: SystemReport };
}

export type JobKind = keyof JobTypes;

/** Jobs that are part of a check. The others run checks of their own. */
export type PartKind = Exclude<JobKind, 'kept' | 'row'>;

type Work<Kind extends PartKind> = (
  job: JobTypes[Kind]['job'],
  fault: Fault | null,
) => JobTypes[Kind]['result'];

const WORK: { readonly [Kind in PartKind]: Work<Kind> } = {
  campaign: campaignJob,
  drawn: drawBatch,
  fuzz: fuzzBatch,
  litmus: tryLitmus,
  part: explorePart,
  paths: tryPaths,
  property: tryProperty,
  recording: tryRecording,
  scenario: tryScenario,
  system: trySystem,
};

/** Does one job of a check. */
export function perform<Kind extends PartKind>(
  kind: Kind,
  job: JobTypes[Kind]['job'],
  fault: Fault | null,
): JobTypes[Kind]['result'] {
  return WORK[kind](job, fault);
}
