import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { DmaFence } from './dma-fence.ts';
import { USER_BITS } from './fence-flags.ts';
import type { FenceOps } from './fence-ops.ts';
import type { SyncTimeline } from './sync-timeline.ts';

/** A deadline was set on this point; under the timeline's lock. @kernel SW_SYNC_HAS_DEADLINE_BIT */
export const HAS_DEADLINE: number = USER_BITS;

/**
 * A fence on a software timeline.
 *
 * @kernel struct sync_pt
 */
export class SyncPoint extends KernelObject implements FenceOps {
  readonly timeline: SyncTimeline;
  readonly base: DmaFence;
  /** The earliest hint; means something once HAS_DEADLINE is set. Under the timeline's lock. */
  readonly deadlineNs: PlainWord<bigint>;

  constructor(timeline: SyncTimeline, value: number) {
    super(timeline.world, 'point');
    this.deadlineNs = new PlainWord<bigint>(this, 'deadlineNs', 0n);
    this.timeline = timeline;
    const { stack, lock, context } = timeline;
    this.base = new stack.types.DmaFence(stack, this, lock, context, BigInt(value));
  }

  /** @kernel timeline_fence_get_driver_name @rule SWSYNC-019 */
  getDriverName(): string {
    return 'sw_sync';
  }

  /** @kernel timeline_fence_get_timeline_name */
  getTimelineName(): string {
    this.world.memory.reads(this.timeline, 'name');
    return this.timeline.name;
  }

  /** How far this point lies ahead of `other`, by the wrapping 32-bit rule. */
  distance(other: SyncPoint): number {
    return Number(BigInt.asIntN(32, this.base.seqno - other.base.seqno));
  }

  /** @kernel timeline_fence_enable_signaling @rule SWSYNC-015 */
  *enableSignaling(): KernelTask<boolean> {
    return true;
  }

  /** @kernel timeline_fence_signaled @rule SWSYNC-004 @rule SWSYNC-005 @rule SWSYNC-011 */
  *signaled(): KernelTask<boolean> {
    const value = yield* this.timeline.value.read();
    return Number(BigInt.asIntN(32, this.base.seqno - BigInt(value))) <= 0;
  }

  /** @kernel timeline_fence_release @rule SWSYNC-016 */
  *release(): KernelTask<void> {
    const { timeline, world } = this;
    const flags = yield* timeline.lock.acquireIrqsave();
    if (timeline.list.includes(this)) timeline.unlist(this);
    timeline.lock.releaseIrqrestore(flags);
    yield* timeline.put();
    world.rcu.free(this);
    this.base.free();
  }

  /** The point was made for nothing: an equal one is shared instead. @rule SWSYNC-006 */
  discard(): void {
    this.world.memory.free(this.base);
    this.world.memory.free(this);
  }

  /** @kernel timeline_fence_set_deadline @rule SWSYNC-017 */
  *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
    const { lock } = this.timeline;
    const flags = yield* lock.acquireIrqsave();
    const isSet = this.base.flags.testOwned(HAS_DEADLINE);
    this.deadlineNs.change((earliest) => (isSet && earliest <= deadlineNs ? earliest : deadlineNs));
    this.base.flags.setOwned(HAS_DEADLINE);
    lock.releaseIrqrestore(flags);
  }

  visitState(visit: StateVisitor): void {
    visit('deadlineNs', String(this.deadlineNs.value));
  }
}
