import type { KernelTask } from '../../kernel/access.ts';
import type { Cell } from '../../kernel/cell.ts';
import { EINVAL, ENOMEM } from '../../kernel/errno.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';
import type { DrmSchedRq } from './run-queue.ts';
import type { DrmSchedEntity } from './sched-entity.ts';
import {
  DRM_SCHED_PRIORITY_COUNT,
  DRM_SCHED_PRIORITY_KERNEL,
  type SchedulerOptions,
} from './sched-ops.ts';

/** Whose jobs these are, and where they may run. */
export interface EntityOptions {
  readonly priority: number;
  readonly schedulers: readonly DrmGpuScheduler[];
  readonly guilty?: Cell | null;
}

/** Making schedulers and entities, and what is about several of them. */
export class DrmSched {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel drm_sched_init */
  *createScheduler(options: SchedulerOptions): KernelTask<DrmGpuScheduler | number> {
    if ((options.runQueues ?? 0) > DRM_SCHED_PRIORITY_COUNT) return -EINVAL;
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new this.stack.types.DrmGpuScheduler(this.stack, options);
  }

  /**
   * An entity without schedulers is made, and takes no jobs.
   *
   * @kernel drm_sched_entity_init
   * @rule SCHED-002
   */
  *createEntity({ priority, schedulers, guilty }: EntityOptions): KernelTask<DrmSchedEntity> {
    const [first] = schedulers;
    const rq = first === undefined ? null : this.firstQueue(first, priority);
    const fenceContext = yield* this.stack.fences.contextAlloc(2);
    const { DrmSchedEntity: Entity } = this.stack.types;
    return new Entity(this.stack, {
      priority: rq === null ? priority : this.clamp(priority, rq.sched.runQueues.length),
      schedulers,
      rq,
      fenceContext,
      guilty: guilty ?? null,
    });
  }

  protected firstQueue(sched: DrmGpuScheduler, priority: number): DrmSchedRq {
    return sched.runQueueOf(this.clamp(priority, sched.runQueues.length));
  }

  /** A scheduler may have fewer run queues than there are priorities. */
  protected clamp(priority: number, count: number): number {
    return priority < count ? priority : Math.max(count - 1, DRM_SCHED_PRIORITY_KERNEL);
  }

  /**
   * The one with the least to do, the first one among equals; null when none takes jobs. `count`: how
   * long the list is.
   *
   * @kernel drm_sched_pick_best
   * @rule SCHED-032
   */
  *pickBest(list: readonly DrmGpuScheduler[], count: number): KernelTask<DrmGpuScheduler | null> {
    let best: DrmGpuScheduler | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const sched of this.upTo(list, count)) {
      if (!sched.ready.get()) continue;
      const score = yield* sched.score.read();
      if (score >= least) continue;
      [best, least] = [sched, score];
    }
    return best;
  }

  /** What a list of that length has. */
  private upTo(list: readonly DrmGpuScheduler[], count: number): readonly DrmGpuScheduler[] {
    const wild = count > list.length;
    if (wild) this.stack.world.fault('bug', 'a list of schedulers is read behind its end');
    return list.slice(0, count);
  }
}
