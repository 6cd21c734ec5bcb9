import { SIGNALED } from '../../impl/dma-buf/fence-flags.ts';
import type { DrmSchedJob } from '../../impl/drm/sched/sched-job.ts';
import {
  DRM_GPU_SCHED_STAT_ENODEV,
  DRM_GPU_SCHED_STAT_NOMINAL,
  type SchedStat,
} from '../../impl/drm/sched/sched-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { ECANCELED, ENODEV, ETIME } from '../../impl/kernel/errno.ts';
import type { Ring } from './ring.ts';

/**
 * What a driver does about a time-out. `nothing`: it takes every one for spurious. `looks`: it does nothing if
 * the job is done, else as `reset`. `reset`: stop, karma, start. `resubmit`: and everything that was
 * pending runs again. `force`: the hardware's fences end with errors, and nothing is stopped. `marked`: they do so after
 * a stop, and the guilty job was marked before. `gone`: the device is, and all fences end.
 * `abandoned`: it is, and they do not. `finished`: the job is done while the driver looks, then as `reset`.
 */
export type Recovery =
  | 'nothing'
  | 'looks'
  | 'reset'
  | 'resubmit'
  | 'force'
  | 'marked'
  | 'gone'
  | 'abandoned'
  | 'finished';

export const RECOVERIES: readonly Recovery[] = [
  'nothing',
  'looks',
  'reset',
  'resubmit',
  'force',
  'marked',
  'gone',
  'abandoned',
  'finished',
];

/** Ends all fences of the hardware: that of the guilty job by its own error. */
function* forceAll(
  ring: Ring,
  guilty: DrmSchedJob,
  error: number,
  others: number,
): KernelTask<void> {
  for (const known of ring.jobs) {
    yield* known.finish(known.job === guilty ? error : others);
  }
}

function* nothing(): KernelTask<void> {}

/** Handles a time-out of `job`. */
export function* recover(ring: Ring, job: DrmSchedJob, how: Recovery): KernelTask<SchedStat> {
  const { sched } = ring;
  if (sched === null || how === 'nothing') return DRM_GPU_SCHED_STAT_NOMINAL;
  switch (how) {
    case 'looks': {
      const parent = ring.jobs.find((known) => known.job === job)?.hardware ?? null;
      if (parent !== null && (yield* parent.flags.test(SIGNALED)))
        return DRM_GPU_SCHED_STAT_NOMINAL;
      return yield* recover(ring, job, 'reset');
    }
    case 'finished':
      yield* ring.jobs.find((known) => known.job === job)?.finish(0) ?? nothing();
      return yield* recover(ring, job, 'reset');
    case 'reset':
    case 'resubmit':
      yield* sched.stop(job);
      yield* sched.increaseKarma(job);
      if (how === 'resubmit') yield* sched.resubmitJobs();
      yield* sched.start();
      return DRM_GPU_SCHED_STAT_NOMINAL;
    case 'force':
      yield* sched.increaseKarma(job);
      yield* forceAll(ring, job, -ETIME, -ECANCELED);
      return DRM_GPU_SCHED_STAT_NOMINAL;
    case 'marked':
      yield* job.fence.finished.setError(-ETIME);
      yield* sched.stop(job);
      yield* sched.increaseKarma(job);
      yield* forceAll(ring, job, -ETIME, -ECANCELED);
      yield* sched.start();
      return DRM_GPU_SCHED_STAT_NOMINAL;
    case 'gone':
      yield* forceAll(ring, job, -ENODEV, -ENODEV);
      return DRM_GPU_SCHED_STAT_ENODEV;
    case 'abandoned':
      return DRM_GPU_SCHED_STAT_ENODEV;
  }
}
