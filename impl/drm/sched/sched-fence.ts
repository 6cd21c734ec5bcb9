import type { AbstractState } from '../../../model/events.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import { SIGNALED, USER_BITS } from '../../dma-buf/fence-flags.ts';
import type { FenceOps } from '../../dma-buf/fence-ops.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import { Pointer } from '../../kernel/pointer.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import type { Stack } from '../../stack.ts';
import type { DrmGpuScheduler } from './gpu-scheduler.ts';

/** Who depends on this fence waits for the hardware, also on the same ring. @kernel DRM_SCHED_FENCE_DONT_PIPELINE */
export const DRM_SCHED_FENCE_DONT_PIPELINE: number = USER_BITS;
/** @kernel DRM_SCHED_FENCE_FLAG_HAS_DEADLINE_BIT */
export const DRM_SCHED_FENCE_FLAG_HAS_DEADLINE: number = USER_BITS << 1;

/** Where a face of a scheduler's fence stands for. */
export type SchedFace = 'scheduled' | 'finished';

/** The operations of one of the two faces. */
export class SchedFenceFace implements FenceOps {
  readonly owner: DrmSchedFence;
  readonly face: SchedFace;
  readonly setDeadline?: (fence: DmaFence, deadlineNs: bigint) => KernelTask<void>;

  constructor(owner: DrmSchedFence, face: SchedFace) {
    this.owner = owner;
    this.face = face;
    if (face === 'finished') this.setDeadline = (_fence, ns) => owner.setDeadlineFinished(ns);
  }

  /** @kernel drm_sched_fence_get_driver_name */
  getDriverName(): string {
    return 'drm_sched';
  }

  /** @kernel drm_sched_fence_get_timeline_name */
  getTimelineName(): string {
    return this.owner.sched.name;
  }

  /** The finished face keeps the scheduled one, and that all of the memory. */
  *release(): KernelTask<void> {
    if (this.face === 'scheduled') yield* this.owner.releaseScheduled();
    else yield* this.owner.scheduled.put();
  }
}

/** The scheduler's fence that `fence` is a face of, or null. @kernel to_drm_sched_fence */
export function toDrmSchedFence(fence: DmaFence): DrmSchedFence | null {
  return fence.ops instanceof SchedFenceFace ? fence.ops.owner : null;
}

/** What a job's fence is made of, before the job is armed. */
export class SchedFenceMemory extends KernelObject {
  constructor(stack: Stack) {
    super(stack.world, 'schedFenceMemory');
  }

  visitState(): void {}
}

/**
 * What others know of a job: a fence that says that it was given to the hardware, and one that says
 * that it is done. @kernel struct drm_sched_fence
 */
export class DrmSchedFence extends KernelObject {
  readonly lock: SpinLock;
  readonly sched: DrmGpuScheduler;
  readonly scheduled: DmaFence;
  readonly finished: DmaFence;
  /** The hardware's fence. */
  readonly parent: Pointer<DmaFence>;
  /** The earliest one; under `lock`. Unit: nanoseconds. */
  protected readonly deadline: PlainWord<bigint>;

  /** Takes over `memory`. @kernel drm_sched_fence_init @rule SCHED-003 */
  constructor(
    memory: SchedFenceMemory,
    sched: DrmGpuScheduler,
    { context, seqno }: { readonly context: number; readonly seqno: bigint },
  ) {
    super(sched.world, 'schedFence');
    const { stack } = sched;
    this.sched = sched;
    this.lock = new SpinLock(this, 'lock', 'drm_sched &fence->lock');
    const { DmaFence: Fence } = stack.types;
    const faces = [new SchedFenceFace(this, 'scheduled'), new SchedFenceFace(this, 'finished')];
    const [scheduled, finished] = faces.map(
      (ops, face) => new Fence(stack, ops, this.lock, context + face, seqno),
    );
    if (scheduled === undefined || finished === undefined) throw new Error('two faces');
    this.scheduled = scheduled;
    this.finished = finished;
    this.parent = new Pointer<DmaFence>(this, 'parent');
    this.deadline = new PlainWord<bigint>(this, 'deadline', 0n);
    this.world.memory.free(memory);
    this.commit('init');
  }

  /**
   * The job is with the hardware. Who hears of that may rely on the hardware's fence being there.
   *
   * @kernel drm_sched_fence_scheduled
   * @rule SCHED-016
   */
  *signalScheduled(parent: DmaFence | null): KernelTask<void> {
    if (parent !== null) yield* this.setParent(parent);
    yield* this.scheduled.signal();
  }

  /** @kernel drm_sched_fence_finished @rule SCHED-018 @rule SCHED-019 */
  *signalFinished(result: number): KernelTask<void> {
    if (result !== 0) yield* this.finished.setError(result);
    yield* this.finished.signal();
  }

  /**
   * The parent is there before the look for a deadline, and who brings a deadline stores that first. The
   * store has a full barrier: that of 6.12 releases only, and so may come behind the look.
   *
   * @kernel drm_sched_fence_set_parent
   * @rule SCHED-021
   */
  *setParent(parent: DmaFence): KernelTask<void> {
    yield* parent.get();
    yield* this.storeParent(parent);
    this.commit('setParent');
    yield* this.forwardDeadline(parent);
  }

  protected *storeParent(parent: DmaFence): KernelTask<void> {
    yield* this.parent.exchange(parent);
  }

  protected *forwardDeadline(parent: DmaFence): KernelTask<void> {
    if (!(yield* this.finished.flags.test(DRM_SCHED_FENCE_FLAG_HAS_DEADLINE))) return;
    const flags = yield* this.lock.acquireIrqsave();
    const deadline = this.deadline.get();
    this.lock.releaseIrqrestore(flags);
    yield* parent.setDeadline(deadline);
  }

  /** The job is not with the hardware any more. */
  *clearParent(parent: DmaFence): KernelTask<void> {
    yield* this.parent.write(null);
    this.commit('clearParent');
    yield* parent.put();
  }

  /**
   * The earliest deadline counts. The parent may be taken away by a recovery at this moment, so it is
   * looked at as those do who have no reference.
   *
   * @kernel drm_sched_fence_set_deadline_finished
   * @rule SCHED-021
   */
  *setDeadlineFinished(deadlineNs: bigint): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const isSet = this.finished.flags.testOwned(DRM_SCHED_FENCE_FLAG_HAS_DEADLINE);
    if (isSet && this.isKept(deadlineNs)) {
      this.lock.releaseIrqrestore(flags);
      return;
    }
    this.deadline.set(deadlineNs);
    yield* this.finished.flags.set(DRM_SCHED_FENCE_FLAG_HAS_DEADLINE);
    this.commit('setDeadline');
    this.lock.releaseIrqrestore(flags);

    const { rcu } = this.world;
    rcu.readLock();
    const parent = yield* this.parent.read();
    const isThere = parent !== null && (yield* parent.getRcu());
    rcu.readUnlock();
    if (parent === null || !isThere) return;
    yield* parent.setDeadline(deadlineNs);
    yield* parent.put();
  }

  /** What is set is earlier. */
  protected isKept(deadlineNs: bigint): boolean {
    return this.deadline.ask((deadline) => deadline < deadlineNs);
  }

  /** Both faces are gone. @kernel drm_sched_fence_release_scheduled */
  *releaseScheduled(): KernelTask<void> {
    const parent = this.parent.readOwned();
    if (parent !== null) yield* parent.put();
    this.commit('free');
    this.finished.free();
    this.scheduled.free();
    this.world.rcu.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lock', this.lock.holder?.name ?? 'free');
    visit('scheduled', this.scheduled);
    visit('finished', this.finished);
    visit('parent', this.parent.value);
    visit('deadline', this.deadline.value);
  }

  override abstract(): AbstractState {
    const isFinished = (this.finished.flags.bits & SIGNALED) !== 0;
    const isScheduled = (this.scheduled.flags.bits & SIGNALED) !== 0;
    return {
      state: isFinished ? 'finished' : isScheduled ? 'scheduled' : 'pending',
      context: { hasParent: this.parent.value !== null },
    };
  }
}
