import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import type { ResvUsage } from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import type { StateVisitor } from '../../kernel/object.ts';
import { PlainTable, PlainWord } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { DrmFile } from '../drm-file.ts';
import type { GemObject } from '../gem-object.ts';
import type { DrmSchedJob } from './sched-job.ts';

/** Points of timelines have 64 bits; the convenience call of 6.12 takes 32. */
const NARROW_POINT_BITS = 32;

/** What a job must wait for: at most one fence for each context. @kernel job->dependencies */
export class JobDependencies {
  protected readonly job: DrmSchedJob;
  /** By number; null where one was taken off. */
  protected readonly fences: PlainTable<DmaFence | null>;
  /** @kernel xa_lock */
  protected readonly lock: SpinLock;
  /** How many of them the entity has waited for, or does. @kernel last_dependency */
  protected readonly waited: PlainWord<number>;

  constructor(job: DrmSchedJob) {
    this.job = job;
    // Readers need no lock, and do not get the same as each other.
    this.fences = new PlainTable<DmaFence | null>(job, 'dependencies', 'once');
    this.lock = new SpinLock(job, 'dependencies.lock', '&xa->xa_lock');
    this.waited = new PlainWord<number>(job, 'lastDependency', 0);
  }

  /**
   * Takes over the caller's reference, whatever comes of it.
   *
   * @kernel drm_sched_job_add_dependency
   * @rule SCHED-005
   */
  *add(fence: DmaFence | null): KernelTask<number> {
    if (fence === null) return 0;
    this.job.commit('addDependency', null, 0, fence);
    for (const [number, known] of this.fences.entries()) {
      if (known === null || known.context !== fence.context) continue;
      yield* this.replace(number, known, fence);
      return 0;
    }
    if (yield* this.store(fence)) return 0;
    yield* fence.put();
    return -ENOMEM;
  }

  /** Of one context the later one is enough. */
  protected *replace(number: number, known: DmaFence, fence: DmaFence): KernelTask<void> {
    if (!this.job.stack.fences.isLater(fence, known)) {
      yield* fence.put();
      return;
    }
    yield* this.lock.acquire();
    this.fences.set(number, fence);
    this.lock.release();
    yield* known.put();
  }

  /** @kernel xa_alloc */
  protected *store(fence: DmaFence): KernelTask<boolean> {
    if (!(yield* this.job.world.memory.reserve('GFP_KERNEL'))) return false;
    yield* this.lock.acquire();
    this.fences.set(this.fences.entries().length, fence);
    this.lock.release();
    return true;
  }

  /**
   * All fences up to `usage`. Those that were added before a failure stay.
   *
   * @kernel drm_sched_job_add_resv_dependencies
   * @rule SCHED-005
   */
  *addResv(resv: DmaResv, usage: ResvUsage): KernelTask<number> {
    resv.assertHeld('drm_sched_job_add_resv_dependencies');
    const { resvWalk } = this.job.stack;
    const cursor = resvWalk.begin(resv, usage);
    for (let fence = resvWalk.firstLocked(cursor); fence !== null;) {
      const result = yield* this.addBorrowed(fence);
      if (result !== 0) return result;
      fence = resvWalk.nextLocked(cursor);
    }
    return 0;
  }

  /** The reservation keeps its own reference. */
  protected *addBorrowed(fence: DmaFence): KernelTask<number> {
    yield* fence.get();
    return yield* this.add(fence);
  }

  /** @kernel drm_sched_job_add_implicit_dependencies @rule SCHED-006 */
  *addImplicit(object: GemObject, isWrite: boolean): KernelTask<number> {
    return yield* this.addResv(object.resv, object.resv.usageRw(isWrite));
  }

  /** @kernel drm_sched_job_add_syncobj_dependency @rule SCHED-007 */
  *addSyncobj(file: DrmFile, handle: number, point: bigint): KernelTask<number> {
    const { stack } = this.job;
    const request = { handle, point: this.pointOf(point), flags: 0 };
    const fence = yield* stack.syncobjs.findFence(file, request);
    return typeof fence === 'number' ? fence : yield* this.add(fence);
  }

  /** As 6.12 declares the argument, higher points lose their upper half. */
  protected pointOf(point: bigint): bigint {
    const { schedulerQuirks } = this.job.world.build;
    return schedulerQuirks ? BigInt.asUintN(NARROW_POINT_BITS, point) : point;
  }

  /**
   * The next one to wait for, with a reference. It stays listed: should the job be killed, all
   * are waited for again.
   *
   * @rule SCHED-029
   */
  *nextToWaitFor(): KernelTask<DmaFence | null> {
    const number = this.waited.get();
    const fence = this.fences.get(number);
    if (fence === null) return null;
    this.waited.set(number + 1);
    return yield* fence.get();
  }

  /** Takes the first one off, with its reference, or null. @kernel xa_for_each, xa_erase */
  *takeFirst(): KernelTask<DmaFence | null> {
    yield* this.lock.acquire();
    const first = this.fences.entries().find(([, fence]) => fence !== null);
    if (first !== undefined) this.fences.set(first[0], null);
    this.lock.release();
    return first?.[1] ?? null;
  }

  /** @kernel xa_destroy */
  *drop(): KernelTask<void> {
    for (let fence = yield* this.takeFirst(); fence !== null; fence = yield* this.takeFirst()) {
      yield* fence.put();
    }
  }

  /** For judges: what is still listed, in order. */
  get listed(): readonly DmaFence[] {
    return this.fences.value.flatMap(([, fence]) => (fence === null ? [] : [fence]));
  }

  visitState(visit: StateVisitor): void {
    visit(
      'dependencies',
      this.fences.value.map(([number, fence]) => [number, fence]),
    );
    visit('dependencies.lock', this.lock.holder?.name ?? 'free');
    visit('lastDependency', this.waited.value);
  }
}
