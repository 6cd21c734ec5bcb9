import { DrmGpuScheduler } from './gpu-scheduler.ts';
import { DrmSched } from './drm-sched.ts';
import { DrmSchedKill } from './entity-kill.ts';
import { JobDependencies } from './job-dependencies.ts';
import { DrmSchedRq } from './run-queue.ts';
import { DrmSchedEntity } from './sched-entity.ts';
import { DrmSchedFence } from './sched-fence.ts';
import { DrmSchedJob } from './sched-job.ts';
import { SpscQueue } from './spsc-queue.ts';

/** The classes of the GPU scheduler; part of the types of a stack. */
export interface SchedTypes {
  readonly DrmGpuScheduler: typeof DrmGpuScheduler;
  readonly DrmSched: typeof DrmSched;
  readonly DrmSchedEntity: typeof DrmSchedEntity;
  readonly DrmSchedFence: typeof DrmSchedFence;
  readonly DrmSchedJob: typeof DrmSchedJob;
  readonly DrmSchedKill: typeof DrmSchedKill;
  readonly DrmSchedRq: typeof DrmSchedRq;
  readonly JobDependencies: typeof JobDependencies;
  readonly SpscQueue: typeof SpscQueue;
}

/** The scheduler as it should be. */
export const SCHED_TYPES: SchedTypes = {
  DrmGpuScheduler,
  DrmSched,
  DrmSchedEntity,
  DrmSchedFence,
  DrmSchedJob,
  DrmSchedKill,
  DrmSchedRq,
  JobDependencies,
  SpscQueue,
};
