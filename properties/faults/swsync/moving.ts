import { EINVAL } from '../../../impl/kernel/errno.ts';
import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** Replaces one step of an increment. */
function advancing(
  advance: (
    timeline: SyncTimeline,
    increment: number,
    right: () => KernelTask<void>,
  ) => KernelTask<void>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncTimeline: class extends types.SyncTimeline {
      override *advance(increment: number): KernelTask<void> {
        yield* advance(this, increment, () => super.advance(increment));
      }
    },
  });
}

/** Replaces a whole increment. */
function incrementing(
  apply: (timeline: SyncTimeline, value: number) => KernelTask<number>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SwSync: class extends types.SwSync {
      override *increment(timeline: SyncTimeline, argument: UserPointer): KernelTask<number> {
        if (!argument.isReadable) return yield* super.increment(timeline, argument);
        return yield* apply(timeline, numberField(argument, 'value') >>> 0);
      }
    },
  });
}

function emit(timeline: SyncTimeline, point: SyncPoint): void {
  timeline.world.emit(timeline, 'signalPoint', null, Number(point.base.seqno), point.base);
}

/** Moves the value under the lock, and tells judges. */
function* move(timeline: SyncTimeline, increment: number): KernelTask<void> {
  yield* timeline.value.write((timeline.value.readStable() + increment) >>> 0);
  timeline.world.emit(timeline, 'advance', null, increment);
}

/** Signals one due point and takes it off the list, keeping it alive meanwhile. */
function* take(timeline: SyncTimeline, point: SyncPoint, due: SyncPoint[]): KernelTask<void> {
  const isAlive = yield* point.base.getRcu();
  timeline.unlist(point);
  if (!isAlive) return;
  due.push(point);
  emit(timeline, point);
  yield* point.base.signalLocked();
}

/** Mistakes about INC, and about points that it must leave alone. */
export const MOVING_FAULTS: readonly Fault[] = [
  fault({
    id: 'swsync-008-backwards',
    mistake: 'due points are signaled from the last to the first',
    breaks: ['SWSYNC-008'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      for (const point of timeline.list.copy().toReversed()) {
        if (yield* point.signaled()) yield* take(timeline, point, due);
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'swsync-008-leaves-the-dead',
    mistake: 'a dead point that is due stays on the list, where it will look as if it were ahead',
    breaks: ['SWSYNC-008'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        if ((yield* point.base.references.read()) > 0) yield* take(timeline, point, due);
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'swsync-008-only-one',
    mistake: 'an increment signals one point only',
    breaks: ['SWSYNC-008'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      const first = timeline.list.at(0);
      if (first !== null && (yield* first.signaled())) yield* take(timeline, first, due);
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'swsync-008-refuses-zero',
    mistake: 'an increment of nothing is refused',
    breaks: ['SWSYNC-008'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *increment(timeline: SyncTimeline, argument: UserPointer): KernelTask<number> {
          const isNothing = argument.isReadable && numberField(argument, 'value') === 0;
          return isNothing ? -EINVAL : yield* super.increment(timeline, argument);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-008-traced-behind',
    mistake: 'the trace event comes when the value has moved',
    breaks: ['SWSYNC-008'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      timeline.world.trace('sync_timeline', timeline);
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        yield* take(timeline, point, due);
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'BUG-SWSYNC-03',
    mistake: 'an increment is one addition, however large',
    breaks: ['SWSYNC-009'],
    install: incrementing(function* (timeline, value) {
      yield* timeline.advance(value);
      return 0;
    }),
  }),
  fault({
    id: 'swsync-009-cut',
    mistake: 'an increment is cut to what one step may add',
    breaks: ['SWSYNC-009'],
    install: incrementing(function* (timeline, value) {
      yield* timeline.advance(Math.min(value, 0x7fffffff));
      return 0;
    }),
  }),
  fault({
    id: 'swsync-009-larger-steps',
    mistake: 'a step may add half of the range',
    breaks: ['SWSYNC-009'],
    install: incrementing(function* (timeline, value) {
      let left = value;
      while (left > 0x80000000) {
        yield* timeline.advance(0x80000000);
        left -= 0x80000000;
      }
      yield* timeline.advance(left);
      return 0;
    }),
  }),
  fault({
    id: 'BUG-SWSYNC-02',
    mistake: 'points are signaled under the lock without a reference that keeps them',
    breaks: ['SWSYNC-010'],
    install: advancing(function* (timeline, increment) {
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        timeline.unlist(point);
        emit(timeline, point);
        yield* point.base.signalLocked();
      }
      timeline.lock.releaseIrq();
    }),
  }),
  fault({
    id: 'BUG-SWSYNC-05',
    mistake: 'a release looks without the lock whether the point is linked, and frees it at once',
    breaks: ['SWSYNC-010'],
    install: (types) => ({
      ...advancing(function* (timeline, increment) {
        timeline.world.trace('sync_timeline', timeline);
        yield* timeline.lock.acquireIrq();
        yield* move(timeline, increment);
        for (const point of timeline.list.copy()) {
          if (!(yield* point.signaled())) break;
          timeline.unlist(point);
          emit(timeline, point);
          yield* point.base.signalLocked();
        }
        timeline.lock.releaseIrq();
      })(types),
      SyncPoint: class extends types.SyncPoint {
        override *release(): KernelTask<void> {
          const { timeline, world } = this;
          yield* timeline.value.read(); // the look at the links, of its own
          if (timeline.list.includes(this)) {
            const flags = yield* timeline.lock.acquireIrqsave();
            if (timeline.list.includes(this)) timeline.unlist(this);
            timeline.lock.releaseIrqrestore(flags);
          }
          yield* timeline.put();
          world.rcu.free(this);
          this.base.free();
        }
      },
    }),
  }),
  fault({
    id: 'swsync-010-two-holds',
    mistake: 'the value moves in one hold of the lock, and points are signaled in the next',
    breaks: ['SWSYNC-010'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      timeline.lock.releaseIrq();
      yield* timeline.lock.acquireIrq();
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        yield* take(timeline, point, due);
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'swsync-010-signals-listed-points',
    mistake: 'a point is signaled while it is on the list, and taken off behind that',
    breaks: ['SWSYNC-010'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        if (!(yield* point.base.getRcu())) continue;
        due.push(point);
        emit(timeline, point);
        yield* point.base.signalLocked();
        timeline.unlist(point);
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
  fault({
    id: 'swsync-011-looks-at-flags',
    mistake: 'the issuer leaves it to INC to know what is done',
    breaks: ['SWSYNC-011'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *signaled(): KernelTask<boolean> {
          // INC and creation hold the lock, and still have to know.
          if (this.timeline.lock.isHeld) return yield* super.signaled();
          return yield* this.base.flags.test(SIGNALED);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-016-stays-listed',
    mistake: 'the release of a point leaves it on the list',
    breaks: ['SWSYNC-016'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *release(): KernelTask<void> {
          yield* this.timeline.put();
          this.world.rcu.free(this);
          this.base.free();
        }
      },
    }),
  }),
  fault({
    id: 'swsync-016-signals',
    mistake: 'the release of a pending point signals it first',
    breaks: ['SWSYNC-016'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *release(): KernelTask<void> {
          const flags = yield* this.timeline.lock.acquireIrqsave();
          yield* this.base.signalLocked();
          this.timeline.lock.releaseIrqrestore(flags);
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'swsync-016-keeps-the-timeline',
    mistake: 'a released point does not give its timeline back',
    breaks: ['SWSYNC-016'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *release(): KernelTask<void> {
          yield* this.timeline.get();
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'swsync-022-looks-then-takes',
    mistake: 'INC reads the count of a point, and takes its reference in a second step',
    breaks: ['SWSYNC-022'],
    install: advancing(function* (timeline, increment) {
      const due: SyncPoint[] = [];
      timeline.world.trace('sync_timeline', timeline);
      yield* timeline.lock.acquireIrq();
      yield* move(timeline, increment);
      for (const point of timeline.list.copy()) {
        if (!(yield* point.signaled())) break;
        if ((yield* point.base.references.read()) === 0) continue;
        yield* point.base.get();
        due.push(point);
        timeline.unlist(point);
        emit(timeline, point);
        yield* point.base.signalLocked();
      }
      timeline.lock.releaseIrq();
      for (const point of due) yield* point.base.put();
    }),
  }),
];
