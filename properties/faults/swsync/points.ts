import { ENABLE_SIGNAL, SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { SyncPoint } from '../../../impl/dma-buf/sync-point.ts';
import type { SyncTimeline } from '../../../impl/dma-buf/sync-timeline.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EFAULT } from '../../../impl/kernel/errno.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { numberField, textField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** A point that the issuer thinks done by another comparison. */
function due(
  isDue: (seqno: bigint, value: number) => boolean,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncPoint: class extends types.SyncPoint {
      override *signaled(): KernelTask<boolean> {
        return isDue(this.base.seqno, yield* this.timeline.value.read());
      }
    },
  });
}

/** Another way to look for a live point of the same value. */
function sharing(
  find: (
    timeline: SyncTimeline,
    point: SyncPoint,
    right: () => KernelTask<SyncPoint | null>,
  ) => KernelTask<SyncPoint | null>,
): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncTimeline: class extends types.SyncTimeline {
      protected override *findTwin(point: SyncPoint): KernelTask<SyncPoint | null> {
        return yield* find(this, point, () => super.findTwin(point));
      }
    },
  });
}

/** Looks at a new point before anybody else can. */
function born(change: (point: SyncPoint) => void): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SyncPoint: class extends types.SyncPoint {
      constructor(timeline: SyncTimeline, value: number) {
        super(timeline, value);
        change(this);
      }
    },
  });
}

const equals = (point: SyncPoint, other: SyncPoint): boolean =>
  other.base.seqno === point.base.seqno;

/** Unit: jiffies. */
const PATIENCE = 20_000;

function isPast({ base, timeline }: SyncPoint): boolean {
  return BigInt.asIntN(32, base.seqno - BigInt(timeline.value.readStable())) <= 0n;
}

/** Mistakes about points. */
export const POINT_FAULTS: readonly Fault[] = [
  fault({
    id: 'swsync-003-takes-the-name',
    mistake: 'the name in a request becomes that of the file',
    breaks: ['SWSYNC-003'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        protected override *createInto(
          fd: number,
          timeline: SyncTimeline,
          argument: UserPointer,
        ): KernelTask<number> {
          const result = yield* super.createInto(fd, timeline, argument);
          const made = result < 0 ? null : yield* this.stack.syncFiles.fdget(fd);
          if (made === null) return result;
          made.userName.set(textField(argument, 'name', 32));
          yield* made.file.put();
          return result;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-003-keeps-a-reference',
    mistake: 'the request keeps its own reference on the point',
    breaks: ['SWSYNC-003'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *createPoint(value: number): KernelTask<SyncPoint | null> {
          const point = yield* super.createPoint(value);
          if (point !== null) yield* point.base.get();
          return point;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-003-number-last',
    mistake: 'the argument is read before a number is reserved',
    breaks: ['SWSYNC-003'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        override *createFence(timeline: SyncTimeline, argument: UserPointer): KernelTask<number> {
          if (!argument.isReadable) return -EFAULT;
          return yield* super.createFence(timeline, argument);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-003-leaks-untold',
    mistake: 'a point of which nobody could be told stays behind',
    breaks: ['SWSYNC-003'],
    install: (types) => ({
      SwSync: class extends types.SwSync {
        protected override *createInto(
          fd: number,
          timeline: SyncTimeline,
          argument: UserPointer,
        ): KernelTask<number> {
          if (!argument.isReadable || argument.isWritable) {
            return yield* super.createInto(fd, timeline, argument);
          }
          yield* timeline.createPoint(numberField(argument, 'value'));
          return -EFAULT;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-004-equal-is-ahead',
    mistake: 'a point whose value the timeline has reached is still to come',
    breaks: ['SWSYNC-004'],
    install: due((seqno, value) => BigInt.asIntN(32, seqno - BigInt(value)) < 0n),
  }),
  fault({
    id: 'swsync-004-always-pending',
    mistake: 'creation does not look whether a point is due',
    breaks: ['SWSYNC-004'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *createPoint(value: number): KernelTask<SyncPoint | null> {
          yield* this.get();
          const point = new this.stack.types.SyncPoint(this, value >>> 0);
          yield* this.lock.acquireIrq();
          this.insert(point);
          this.world.emit(this, 'create.pending', null, value >>> 0, point.base);
          this.lock.releaseIrq();
          return point;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-005-unsigned',
    mistake: 'values are compared without regard to the end of the range',
    breaks: ['SWSYNC-005'],
    install: due((seqno, value) => seqno <= BigInt(value)),
  }),
  fault({
    id: 'swsync-005-no-wrap',
    mistake: 'values are compared as signed numbers',
    breaks: ['SWSYNC-005'],
    install: due((seqno, value) => Number(BigInt.asIntN(32, seqno)) <= (value | 0)),
  }),
  fault({
    id: 'swsync-006-never-shares',
    mistake: 'every request makes a point of its own',
    breaks: ['SWSYNC-006'],
    install: sharing(function* () {
      return null;
    }),
  }),
  fault({
    id: 'swsync-006-shares-without-reference',
    mistake: 'a shared point is handed out without a reference',
    breaks: ['SWSYNC-006'],
    install: sharing(function* (timeline, point) {
      return timeline.tree.find((other) => equals(point, other));
    }),
  }),
  fault({
    id: 'swsync-007-revives',
    mistake: 'a point is shared whatever its count',
    breaks: ['SWSYNC-007'],
    install: sharing(function* (timeline, point) {
      const twin = timeline.tree.find((other) => equals(point, other));
      if (twin !== null) yield* twin.base.get();
      return twin;
    }),
  }),
  fault({
    id: 'swsync-007-gives-up',
    mistake: 'next to a dying point of the same value a new one is not put on the list',
    breaks: ['SWSYNC-007'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        protected override insert(point: SyncPoint): void {
          if (this.tree.find((other) => equals(point, other)) !== null) return;
          super.insert(point);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-015-refuses',
    mistake: 'arming a point is refused, as if it were done',
    breaks: ['SWSYNC-015'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *enableSignaling(): KernelTask<boolean> {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-020-runs-out',
    mistake: 'a point that is waited for signals by itself after a while',
    breaks: ['SWSYNC-020'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *enableSignaling(): KernelTask<boolean> {
          const { clock } = this.world;
          yield* this.base.get();
          const { base } = this;
          clock.arm({
            label: base.label,
            expires: clock.now + PATIENCE,
            *run() {
              yield* base.signal();
              yield* base.put();
            },
          });
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-020-no-origin',
    mistake: 'points bear the name of a real driver',
    breaks: ['SWSYNC-020'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override getDriverName(): string {
          return this.timeline.name;
        }
      },
    }),
  }),
  fault({
    id: 'swsync-021-in-order-of-creation',
    mistake: 'new points go to the end of the list',
    breaks: ['SWSYNC-021'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        protected override insert(point: SyncPoint): void {
          this.list.push(point);
          this.tree.push(point);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-021-unsigned-order',
    mistake: 'the list ascends by plain values, not by the wrapping rule',
    breaks: ['SWSYNC-021'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override distance(other: SyncPoint): number {
          return Number(this.base.seqno - other.base.seqno);
        }
      },
    }),
  }),
  fault({
    id: 'swsync-024-enabled',
    mistake: 'a point that is born signaled counts as enabled',
    breaks: ['SWSYNC-024'],
    install: born((point) => {
      if (isPast(point)) point.base.flags.initialize(ENABLE_SIGNAL);
    }),
  }),
  fault({
    id: 'swsync-024-not-stamped',
    mistake: 'a point that is born signaled has no time',
    breaks: ['SWSYNC-024'],
    install: born((point) => {
      if (isPast(point)) point.base.flags.initialize(SIGNALED);
    }),
  }),
  fault({
    id: 'swsync-024-listed',
    mistake: 'a point that is born signaled goes onto the list',
    breaks: ['SWSYNC-024'],
    install: (types) => ({
      SyncTimeline: class extends types.SyncTimeline {
        override *createPoint(value: number): KernelTask<SyncPoint | null> {
          const point = yield* super.createPoint(value);
          if (point === null || this.list.includes(point)) return point;
          const flags = yield* this.lock.acquireIrqsave();
          this.insert(point);
          this.lock.releaseIrqrestore(flags);
          return point;
        }
      },
    }),
  }),
];
