import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { ENOENT } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainList } from '../../../impl/kernel/plain.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/**
 * The increment as 6.12 has it. A due point moves from the timeline's list to one of the caller's,
 * where it still is "linked", and leaves the tree; it is unlinked after the lock was dropped.
 */
function movingTypes(types: StackTypes): Partial<StackTypes> {
  class MovingTimeline extends types.SyncTimeline {
    /** Points that are linked on the list of some increment. */
    readonly moved: PlainList<SyncPoint> = new PlainList<SyncPoint>(this, 'moved');

    constructor(stack: Stack, name: string, context: number) {
      super(stack, name, context);
    }

    override *advance(increment: number): KernelTask<void> {
      const { world } = this;
      world.trace('sync_timeline', this);
      const due: SyncPoint[] = [];
      yield* this.lock.acquireIrq();
      yield* this.value.write((this.value.readStable() + increment) >>> 0);
      world.emit(this, 'advance', null, increment);
      for (const point of this.list.copy()) {
        if (!(yield* point.signaled())) break;
        yield* point.base.get();
        due.push(point);
        this.unlist(point);
        this.moved.push(point);
        world.emit(this, 'signalPoint', null, Number(point.base.seqno), point.base);
        yield* point.base.signalLocked();
      }
      this.lock.releaseIrq();
      for (const point of due) {
        yield* this.value.read(); // the unlinking, which others can see
        this.moved.remove(point);
        yield* point.base.put();
      }
    }

    override visitState(visit: StateVisitor): void {
      super.visitState(visit);
      visit('moved', this.moved.value);
    }
  }

  return {
    SyncTimeline: MovingTimeline,
    SyncPoint: class extends types.SyncPoint {
      override *release(): KernelTask<void> {
        const { timeline, world } = this;
        const flags = yield* timeline.lock.acquireIrqsave();
        const moved = timeline instanceof MovingTimeline ? timeline.moved : null;
        const isMoved = moved !== null && moved.includes(this);
        if (isMoved) moved.remove(this);
        if (isMoved || timeline.list.includes(this)) timeline.unlist(this);
        timeline.lock.releaseIrqrestore(flags);
        yield* timeline.put();
        world.rcu.free(this);
        this.base.free();
      }
    },
  };
}

/** What software timelines of Linux 6.12 do wrong. */
export const SW_SYNC_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-SWSYNC-01',
    mistake: 'closing a timeline signals its points without holding a reference on them',
    breaks: ['SWSYNC-013'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *close(): KernelTask<void> {
          const { world } = this;
          yield* this.lock.acquireIrq();
          this.isOpen.set(false);
          world.emit(this, 'close');
          for (const point of this.list.copy()) {
            world.emit(this, 'failPoint', null, Number(point.base.seqno), point.base);
            yield* point.base.setError(-ENOENT);
            yield* point.base.signalLocked();
          }
          this.lock.releaseIrq();
          yield* this.put();
        }
      },
    }),
  }),
  fault({
    id: 'KERN-SWSYNC-02',
    mistake: 'an increment takes a reference on a point whose count is 0, and unlinks it twice',
    breaks: ['SWSYNC-022'],
    install: movingTypes,
  }),
];
