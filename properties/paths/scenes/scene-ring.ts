import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { DrmGpuScheduler } from '../../../impl/drm/sched/gpu-scheduler.ts';
import type { DrmSchedJob } from '../../../impl/drm/sched/sched-job.ts';
import {
  DRM_GPU_SCHED_STAT_NOMINAL,
  type SchedBackendOps,
  type SchedStat,
} from '../../../impl/drm/sched/sched-ops.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Issuer } from './issuer.ts';

/** What is done when time is up: nothing, a stop and a start, or those with everything run again. */
export type SceneRecovery = 'nothing' | 'restart' | 'again';

/** What a ring is like. */
export interface SceneHardware {
  readonly recovery: SceneRecovery;
  readonly isInstant: boolean;
}

/** A ring that the path plays itself. */
export class SceneRing implements SchedBackendOps {
  sched: DrmGpuScheduler | null = null;
  readonly recovery: SceneRecovery;
  /** Its jobs have no fence of the hardware. */
  private readonly isInstant: boolean;
  /** Jobs that are not freed. */
  jobs = 0;
  private readonly issuer: Issuer;
  private seqno = 0;
  /** With a reference. */
  private hardware: DmaFence | null = null;

  constructor(stack: Stack, { recovery, isInstant }: SceneHardware) {
    this.recovery = recovery;
    this.isInstant = isInstant;
    this.issuer = new Issuer(stack, 'absent', false);
  }

  *runJob(): KernelTask<DmaFence | null> {
    if (this.isInstant) return null;
    this.seqno += 1;
    const fence = this.issuer.issue(77, this.seqno);
    yield* fence.get();
    this.hardware = fence;
    return fence;
  }

  /** The fence of the last job, while it is pending. */
  get pending(): DmaFence | null {
    const fence = this.hardware;
    return fence === null || (fence.flags.bits & SIGNALED) !== 0 ? null : fence;
  }

  *timedoutJob(job: DrmSchedJob): KernelTask<SchedStat> {
    const { sched, recovery } = this;
    if (sched === null || recovery === 'nothing') return DRM_GPU_SCHED_STAT_NOMINAL;
    yield* sched.stop(job);
    if (recovery === 'again') yield* sched.resubmitJobs();
    yield* sched.start();
    return DRM_GPU_SCHED_STAT_NOMINAL;
  }

  *freeJob(job: DrmSchedJob): KernelTask<void> {
    yield* job.cleanup();
    job.free();
    this.jobs -= 1;
  }
}
