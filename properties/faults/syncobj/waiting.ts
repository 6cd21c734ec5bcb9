import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import { NONE_SIGNALED, type ArrayWait, type Waiting } from '../../../impl/drm/syncobj-waits.ts';
import { DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE } from '../../../impl/drm/syncobj-uapi.ts';
import type { SyncobjWaitEntry } from '../../../impl/drm/syncobj-wait-entry.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { JIFFY_NS } from '../../../impl/kernel/clock.ts';
import { EFAULT, EINVAL, ERESTARTSYS, ETIME } from '../../../impl/kernel/errno.ts';
import { TASK_INTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { arrayField } from '../../../impl/uapi/user-array.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** A request to wait that is changed before or after. */
function waitIoctl(
  types: StackTypes,
  run: (
    wait: (allowed: number) => KernelTask<number>,
    argument: UserPointer,
    allowed: number,
  ) => KernelTask<number>,
): Partial<StackTypes> {
  return {
    SyncobjIoctls: class extends types.SyncobjIoctls {
      override *wait(file: DrmFile, argument: UserPointer, allowed: number): KernelTask<number> {
        return yield* run((flags) => super.wait(file, argument, flags), argument, allowed);
      }
    },
  };
}

/** Times that are converted in another way. */
function converting(
  types: StackTypes,
  convert: (absoluteNs: bigint, intact: (ns: bigint) => number) => number,
): Partial<StackTypes> {
  return {
    SyncobjWaits: class extends types.SyncobjWaits {
      override timeoutOf(absoluteNs: bigint): number {
        return convert(absoluteNs, (ns) => super.timeoutOf(ns));
      }
    },
  };
}

/** What a wait has captured of each object. */
function* captured({ entries }: Waiting): Generator<SyncobjWaitEntry> {
  for (const entry of entries) if (entry.fence.value !== null) yield entry;
}

/** Mistakes about the arguments of waits, and about what they return. */
export const WAIT_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-013-count-first',
    mistake: 'a wait for nothing is done, whatever its flags are',
    breaks: ['SYNCOBJ-013'],
    install: (types) =>
      waitIoctl(types, function* (wait, argument, allowed) {
        return numberField(argument, 'count_handles') === 0 ? 0 : yield* wait(allowed);
      }),
  }),
  fault({
    id: 'syncobj-013-available-in-both',
    mistake: 'the binary wait knows the flag of the timeline wait, too',
    breaks: ['SYNCOBJ-013'],
    install: (types) =>
      waitIoctl(types, (wait, _argument, allowed) =>
        wait(allowed | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE),
      ),
  }),
  fault({
    id: 'syncobj-013-points-first',
    mistake: 'points are read before handles are looked up',
    breaks: ['SYNCOBJ-013'],
    install: (types) =>
      waitIoctl(types, function* (wait, argument, allowed) {
        const points = arrayField(argument, 'points');
        const count = numberField(argument, 'count_handles');
        const isBad = points !== null && points.read(count) === null;
        return isBad && (numberField(argument, 'flags') & ~allowed) === 0
          ? -EFAULT
          : yield* wait(allowed);
      }),
  }),
  fault({
    id: 'syncobj-013-checks-pad',
    mistake: 'a wait refuses padding',
    breaks: ['SYNCOBJ-013'],
    install: (types) =>
      waitIoctl(types, function* (wait, argument, allowed) {
        return numberField(argument, 'pad') === 0 ? yield* wait(allowed) : -EINVAL;
      }),
  }),
  fault({
    id: 'syncobj-013-keeps-references',
    mistake: 'a wait keeps its references when its points cannot be read',
    breaks: ['SYNCOBJ-013'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(
          wait: ArrayWait,
        ): ReturnType<typeof types.SyncobjWaits.prototype.waitAll> {
          const waited = yield* super.waitAll(wait);
          if (waited.left === -EFAULT) for (const one of wait.syncobjs) yield* one.get();
          return waited;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-014-early',
    mistake: 'the tick that has begun counts as a whole one',
    breaks: ['SYNCOBJ-014'],
    install: (types) => converting(types, (ns, intact) => Math.max(intact(ns) - 1, 0)),
  }),
  fault({
    id: 'syncobj-014-unsigned',
    mistake: 'a negative time is a very late one',
    breaks: ['SYNCOBJ-014'],
    install: (types) => converting(types, (ns, intact) => intact(BigInt.asUintN(64, ns))),
  }),
  fault({
    id: 'syncobj-014-relative',
    mistake: 'a time counts from now',
    breaks: ['SYNCOBJ-014'],
    install: (types) =>
      converting(types, (ns) => (ns <= 0n ? 0 : Number(ns / BigInt(JIFFY_NS)) + 1)),
  }),
  fault({
    id: 'syncobj-014-late',
    mistake: 'a wait is rounded up three times',
    breaks: ['SYNCOBJ-014'],
    install: (types) => converting(types, (ns, intact) => (intact(ns) === 0 ? 0 : intact(ns) + 2)),
  }),
  fault({
    id: 'syncobj-015-signal-first',
    mistake: 'an interruption is noticed before the end of the time',
    breaks: ['SYNCOBJ-015'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *sleep(waiting: Waiting): KernelTask<number> {
          const { sleeper } = this.stack.world.current;
          if (this.isRegistering(waiting.flags)) return yield* super.sleep(waiting);
          let left = waiting.timeout;
          for (;;) {
            yield* sleeper.setState(TASK_INTERRUPTIBLE);
            if (yield* this.isDone(waiting)) break;
            if (yield* sleeper.isSignalPending()) left = -ERESTARTSYS;
            else if (left === 0) left = -ETIME;
            else left = yield* sleeper.scheduleTimeout(left);
            if (left < 0) break;
          }
          sleeper.setRunning();
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-015-interrupted-is-over',
    mistake: 'an interrupted wait says that its time is over',
    breaks: ['SYNCOBJ-015'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *sleep(waiting: Waiting): KernelTask<number> {
          const left = yield* super.sleep(waiting);
          return left === -ERESTARTSYS ? -ETIME : left;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-015-writes-first',
    mistake: 'a wait that fails tells that none was ready',
    breaks: ['SYNCOBJ-015'],
    install: (types) =>
      waitIoctl(types, function* (wait, argument, allowed) {
        const result = yield* wait(allowed);
        if (result === -ETIME) argument.fields['first_signaled'] = NONE_SIGNALED;
        return result;
      }),
  }),
  fault({
    id: 'syncobj-015-stays-registered',
    mistake: 'a wait that ends stays on the list of its object',
    breaks: ['SYNCOBJ-015'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *cleanUp(waiting: Waiting): KernelTask<void> {
          for (const entry of waiting.entries) yield* this.end(entry);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-016-early-exit',
    mistake: 'a wait for any looks no further than the first that is ready',
    breaks: ['SYNCOBJ-016'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *scan(waiting: Waiting): KernelTask<number> {
          if (waiting.isAll) return yield* super.scan(waiting);
          for (const [index, syncobj] of waiting.syncobjs.entries()) {
            const one = { ...waiting, syncobjs: [syncobj], entries: [waiting.entries[index]] };
            // The entries are those of the wait, one for each object.
            const ready = yield* super.scan(one as Waiting);
            if (ready < 0) return ready;
            if (ready > 0) waiting.first = index;
            if (ready > 0) return ready;
          }
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-016-time-first',
    mistake: 'a poll of an object without a fence says that the time is over',
    breaks: ['SYNCOBJ-016'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(
          wait: ArrayWait,
        ): ReturnType<typeof types.SyncobjWaits.prototype.waitAll> {
          const waited = yield* super.waitAll(wait);
          const isPoll = waited.left === -EINVAL && wait.timeout === 0;
          return isPoll ? { ...waited, left: -ETIME } : waited;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-016-waits-anyway',
    mistake: 'a wait goes on where there is no fence, whatever its flags are',
    breaks: ['SYNCOBJ-016'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override isRegistering(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-016-keeps-fences',
    mistake: 'a wait that finds an object without a fence keeps those of the others',
    breaks: ['SYNCOBJ-016'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *scan(waiting: Waiting): KernelTask<number> {
          const ready = yield* super.scan(waiting);
          if (ready >= 0) return ready;
          for (const entry of captured(waiting)) yield* this.stack.fences.get(entry.fence.value);
          return ready;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-017-last-ready',
    mistake: 'the first scan tells the last that is ready',
    breaks: ['SYNCOBJ-017'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *scan(waiting: Waiting): KernelTask<number> {
          const ready = yield* super.scan(waiting);
          if (ready <= 0) return ready;
          for (const [index, entry] of waiting.entries.entries()) {
            const fence = entry.fence.readStable();
            if (fence !== null && (yield* fence.isSignaled())) waiting.first = index;
          }
          return ready;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-017-all-from-the-end',
    mistake: 'a wait for all tells the first of the scan that ends it',
    breaks: ['SYNCOBJ-017'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *isDone(waiting: Waiting): KernelTask<boolean> {
          const isDone = yield* super.isDone(waiting);
          if (isDone && waiting.isAll) waiting.first = 0;
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-017-any-is-first',
    mistake: 'a wait that was woken tells its first object',
    breaks: ['SYNCOBJ-017'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *isDone(waiting: Waiting): KernelTask<boolean> {
          const isDone = yield* super.isDone(waiting);
          if (isDone && !waiting.isAll) waiting.first = 0;
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-017-one-is-all',
    mistake: 'one that is ready at the first scan is enough for all',
    breaks: ['SYNCOBJ-017'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override isEnough(_waiting: Waiting, ready: number): boolean {
          return ready > 0;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-022-tells-errors',
    mistake: 'a wait returns the error of the fence that was ready',
    breaks: ['SYNCOBJ-022'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(
          wait: ArrayWait,
        ): ReturnType<typeof types.SyncobjWaits.prototype.waitAll> {
          const waited = yield* super.waitAll(wait);
          const fence = yield* wait.syncobjs[waited.first]?.fenceGet() ?? nothing();
          if (fence === null) return waited;
          const status = yield* fence.getStatus();
          yield* fence.put();
          return waited.left >= 0 && status < 0 ? { ...waited, left: status } : waited;
        }
      },
    }),
  }),
];

function* nothing(): KernelTask<null> {
  return null;
}
