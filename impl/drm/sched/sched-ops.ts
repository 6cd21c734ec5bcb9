import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { KernelTask } from '../../kernel/access.ts';
import type { DrmSchedEntity } from './sched-entity.ts';
import type { DrmSchedJob } from './sched-job.ts';

/** Run queues of a scheduler, the first one first. @kernel enum drm_sched_priority */
export const DRM_SCHED_PRIORITY_KERNEL = 0;
export const DRM_SCHED_PRIORITY_HIGH = 1;
export const DRM_SCHED_PRIORITY_NORMAL = 2;
const DRM_SCHED_PRIORITY_LOW = 3;
export const DRM_SCHED_PRIORITY_COUNT: number = DRM_SCHED_PRIORITY_LOW + 1;

/** What a handler of time-outs found. @kernel enum drm_gpu_sched_stat */
export const DRM_GPU_SCHED_STAT_NOMINAL = 1;
/** The device is gone. */
export const DRM_GPU_SCHED_STAT_ENODEV = 2;
export type SchedStat = 1 | 2;

/** How long a destroy waits for the queue of a task that ends. Unit: jiffies. @kernel MAX_WAIT_SCHED_ENTITY_Q_EMPTY */
export const MAX_WAIT_SCHED_ENTITY_Q_EMPTY = 1000;

/**
 * The hardware behind a scheduler: all that it knows of it. Running and handling time-outs are part
 * of signalling sections: no allocation that may reclaim, no lock under which others wait for fences.
 *
 * @kernel struct drm_sched_backend_ops
 */
export interface SchedBackendOps {
  /** One more dependency of a job whose others are met, with a reference; null: none. */
  prepareJob?(job: DrmSchedJob, entity: DrmSchedEntity): KernelTask<DmaFence | null>;
  /** Gives the job to the hardware: its fence with a reference, null when it is done, or an error. */
  runJob(job: DrmSchedJob): KernelTask<DmaFence | number | null>;
  /** The job did not finish in time. */
  timedoutJob(job: DrmSchedJob): KernelTask<SchedStat>;
  /** Cleans the job up, and frees it. */
  freeJob(job: DrmSchedJob): KernelTask<void>;
}

/** Which entity of a run queue comes next. @kernel drm_sched_policy */
export type SchedPolicy = 'fifo' | 'roundRobin';

/** What a driver says of a ring. */
export interface SchedulerOptions {
  readonly name: string;
  readonly ops: SchedBackendOps;
  /** Default: all. */
  readonly runQueues?: number;
  /** Unit: credits. */
  readonly creditLimit: number;
  /** Hangs that a job may cause, and still run again. Default: 0. */
  readonly hangLimit?: number;
  /** Unit: jiffies. Default: none. */
  readonly timeout?: number;
  /** Default: FIFO. */
  readonly policy?: SchedPolicy;
}
