import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import type { CampaignFolder } from './folder.ts';
import type { CampaignJob, JobDone } from './job.ts';

export interface CampaignLimits {
  /** So many jobs in all, those of earlier processes included. */
  readonly jobsMax: number;
  /** Asked before each job is begun: whether enough of them were. */
  readonly isOver: () => boolean;
  /** Hears of each job that is done. */
  readonly progress: () => void;
}

/** The jobs of a campaign that are not done yet, in order. */
export class CampaignBatches implements Batches<'campaign'> {
  readonly kind = 'campaign';
  readonly fault: Fault | null;
  private readonly folder: CampaignFolder;
  private readonly limits: CampaignLimits;
  /** The jobs that were handed out, by the numbers of their batches. */
  private readonly jobs: number[] = [];

  constructor(folder: CampaignFolder, fault: Fault | null, limits: CampaignLimits) {
    this.folder = folder;
    this.fault = fault;
    this.limits = limits;
  }

  job(number: number): CampaignJob | null {
    const { campaign } = this.folder;
    let next = (this.jobs[number - 1] ?? -1) + 1;
    while (campaign.has(next)) next += 1;
    if (next >= this.limits.jobsMax || this.limits.isOver()) return null;
    this.jobs[number] = next;
    return { seed: campaign.identity.seed, number: next };
  }

  merge(done: JobDone, number: number): boolean {
    const job = this.jobs[number];
    if (job === undefined) throw new Error(`batch ${number} was never handed out`);
    this.folder.done(job, done);
    this.limits.progress();
    return true;
  }
}
