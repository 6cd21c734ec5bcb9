import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOENT } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Replaces the signalling of everything that waits when the file is closed. */
function closing(
  fail: (timeline: SyncTimeline, failed: SyncPoint[]) => KernelTask<void>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncTimeline: class extends types.SyncTimeline {
      override *close(): KernelTask<void> {
        const failed: SyncPoint[] = [];
        yield* this.lock.acquireIrq();
        this.isOpen.set(false);
        this.world.emit(this, 'close');
        yield* fail(this, failed);
        this.lock.releaseIrq();
        for (const point of failed) yield* point.base.put();
        yield* this.put();
      }
    },
  });
}

/** Fails one waiting point. */
function* failPoint(timeline: SyncTimeline, point: SyncPoint, error: number): KernelTask<void> {
  timeline.world.emit(timeline, 'failPoint', null, Number(point.base.seqno), point.base);
  if (error !== 0) yield* point.base.setError(error);
  yield* point.base.signalLocked();
}

/** Mistakes about closing a timeline. */
export const CLOSING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-SWSYNC-01',
    mistake: 'closing a timeline just drops the reference of its file',
    breaks: ['SWSYNC-012'],
    install: closing(function* () {}),
  }),
  fault({
    id: 'swsync-012-without-error',
    mistake: 'closing a timeline completes what waits, as if it were done',
    breaks: ['SWSYNC-012'],
    install: closing(function* (timeline, failed) {
      for (const point of timeline.list.copy()) {
        if (!(yield* point.base.getRcu())) continue;
        failed.push(point);
        yield* failPoint(timeline, point, 0);
      }
    }),
  }),
  fault({
    id: 'swsync-012-other-error',
    mistake: 'what waited for a closed timeline failed with -EINVAL',
    breaks: ['SWSYNC-012'],
    install: closing(function* (timeline, failed) {
      for (const point of timeline.list.copy()) {
        if (!(yield* point.base.getRcu())) continue;
        failed.push(point);
        yield* failPoint(timeline, point, -EINVAL);
      }
    }),
  }),
  fault({
    id: 'swsync-012-off-the-list',
    mistake: 'failed points are taken off the list at once',
    breaks: ['SWSYNC-012'],
    install: closing(function* (timeline, failed) {
      for (const point of timeline.list.copy()) {
        if (!(yield* point.base.getRcu())) continue;
        failed.push(point);
        yield* failPoint(timeline, point, -ENOENT);
        timeline.unlist(point);
      }
    }),
  }),
  fault({
    id: 'swsync-012-backwards',
    mistake: 'points fail from the last to the first',
    breaks: ['SWSYNC-012'],
    install: closing(function* (timeline, failed) {
      for (const point of timeline.list.copy().toReversed()) {
        if (!(yield* point.base.getRcu())) continue;
        failed.push(point);
        yield* failPoint(timeline, point, -ENOENT);
      }
    }),
  }),
  fault({
    id: 'swsync-013-drops-under-the-lock',
    mistake: 'closing keeps each point alive while it is signaled, and drops it under the lock',
    breaks: ['SWSYNC-013'],
    install: closing(function* (timeline) {
      for (const point of timeline.list.copy()) {
        if (!(yield* point.base.getRcu())) continue;
        yield* failPoint(timeline, point, -ENOENT);
        yield* point.base.put();
      }
    }),
  }),
  fault({
    id: 'swsync-014-ends-with-its-file',
    mistake: 'points do not keep their timeline alive',
    breaks: ['SWSYNC-014'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *get(): KernelTask<void> {}

        override *put(): KernelTask<void> {
          if (!this.isOpen.get() && this.freedBy === null) yield* this.free();
        }
      },
    }),
  }),
];
