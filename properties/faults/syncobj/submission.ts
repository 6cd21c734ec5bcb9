import type { Syncobj } from '../../../impl/drm/syncobj.ts';
import {
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
} from '../../../impl/drm/syncobj-uapi.ts';
import type { DrmFile } from '../../../impl/drm/drm-file.ts';
import type { SyncobjWaitEntry } from '../../../impl/drm/syncobj-wait-entry.ts';
import type { ArrayWait, ArrayWaited, Waiting } from '../../../impl/drm/syncobj-waits.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { TASK_INTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import { type Fault, fault } from '../fault.ts';

/** The objects of a wait with what it has of each. */
function pairs({ syncobjs, entries }: Waiting): readonly [Syncobj, SyncobjWaitEntry][] {
  return syncobjs.flatMap((syncobj, index): [Syncobj, SyncobjWaitEntry][] => {
    const entry = entries[index];
    return entry === undefined ? [] : [[syncobj, entry]];
  });
}

/** Mistakes about waits for a fence to be submitted. */
export const SUBMISSION_FAULTS: readonly Fault[] = [
  fault({
    id: 'syncobj-018-looks-again',
    mistake: 'a wait that wakes looks at what is in the object by then',
    breaks: ['SYNCOBJ-018'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *isDone(waiting: Waiting): KernelTask<boolean> {
          for (const [syncobj, entry] of pairs(waiting)) {
            const now = entry.point === 0n ? yield* syncobj.fenceGet() : null;
            const before = entry.fence.readStable();
            if (now === null || before === null) continue;
            const { callback } = entry;
            if (callback !== null) {
              yield* before.removeCallback(callback);
              this.stack.world.memory.free(callback);
            }
            entry.callback = null;
            entry.fence.writeStable(now);
            yield* before.put();
          }
          return yield* super.isDone(waiting);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-018-takes-any',
    mistake: 'who waits for a point takes whatever comes',
    breaks: ['SYNCOBJ-018'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *provide(): ReturnType<typeof types.Syncobj.prototype.fenceGet> {
          return yield* super.provide(0n);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-018-takes-the-newest',
    mistake: 'who has a fence hears of the next one, too',
    breaks: ['SYNCOBJ-018'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellWaiter(entry: SyncobjWaitEntry): KernelTask<void> {
          const fence = yield* this.provide(entry.point);
          if (fence === null) return;
          const before = entry.fence.readStable();
          yield* entry.fence.write(fence);
          yield* entry.sleeper.wakeUp();
          if (before !== null) yield* before.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-018-borrows',
    mistake: 'who waits has no reference on the fence that came',
    breaks: ['SYNCOBJ-018'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellWaiter(entry: SyncobjWaitEntry): KernelTask<void> {
          yield* super.tellWaiter(entry);
          const fence = entry.fence.readStable();
          if (fence !== null) yield* fence.put();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-019-no-second-look',
    mistake: 'who registers does not look again',
    breaks: ['SYNCOBJ-019'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        override *addWait(entry: SyncobjWaitEntry): KernelTask<void> {
          if (entry.fence.readStable() !== null) return;
          yield* this.lock.acquire();
          entry.hasJoined = true;
          this.waiters.push(entry);
          this.commit('wait.join', null, entry.point === 0n ? 0 : 1);
          this.lock.release();
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-019-wakes-first',
    mistake: 'who waits is woken before it can find its fence',
    breaks: ['SYNCOBJ-019'],
    install: (types) => ({
      Syncobj: class extends types.Syncobj {
        protected override *tellWaiter(entry: SyncobjWaitEntry): KernelTask<void> {
          const fence = yield* this.provide(entry.point);
          if (fence === null) return;
          yield* entry.sleeper.wakeUp();
          yield* entry.fence.write(fence);
          this.waiters.remove(entry);
          this.commit('wait.told', null, entry.point === 0n ? 0 : 1);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCOBJ-01',
    mistake: 'an empty object is accepted for waits for submission only',
    breaks: ['SYNCOBJ-020'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *scan(waiting: Waiting): KernelTask<number> {
          const flags = waiting.flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
          const narrow: Waiting = { ...waiting, flags };
          const ready = yield* super.scan(narrow);
          waiting.first = narrow.first;
          return ready;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-SYNCOBJ-05',
    mistake: 'who waits for availability alone is not registered',
    breaks: ['SYNCOBJ-020'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *sleep(waiting: Waiting): KernelTask<number> {
          const flags = waiting.flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
          const narrow: Waiting = { ...waiting, flags };
          const left = yield* super.sleep(narrow);
          waiting.first = narrow.first;
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-019-without-barrier',
    mistake: 'the state of a sleeper is stored without a barrier before the fences are looked at',
    breaks: ['SYNCOBJ-019'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *prepare(): KernelTask<void> {
          const { sleeper } = this.stack.world.current;
          yield* sleeper.setStateUnordered(TASK_INTERRUPTIBLE);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-019-stays-a-sleeper',
    mistake: 'who finds a fence goes on in the state of a sleeper',
    breaks: ['SYNCOBJ-019'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *sleep(waiting: Waiting): KernelTask<number> {
          const left = yield* super.sleep(waiting);
          if (left >= 0) yield* this.forgetsToRun();
          return left;
        }

        override *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
          const found = yield* super.waitForSubmit(syncobj, point);
          if (typeof found !== 'number') yield* this.forgetsToRun();
          return found;
        }

        private *forgetsToRun(): KernelTask<void> {
          const { sleeper } = this.stack.world.current;
          yield* sleeper.setStateUnordered(TASK_INTERRUPTIBLE);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-020-needs-the-end',
    mistake: 'availability is no more than submission: the fence must signal',
    breaks: ['SYNCOBJ-020'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        override *waitAll(wait: ArrayWait): KernelTask<ArrayWaited> {
          const isForAvailable = (wait.flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE) !== 0;
          const rest = wait.flags & ~DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE;
          const flags = isForAvailable ? rest | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT : rest;
          return yield* super.waitAll({ ...wait, flags });
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-020-undone-by-reset',
    mistake: 'who has captured a fence lets go of it when the object is reset',
    breaks: ['SYNCOBJ-020'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *isDone(waiting: Waiting): KernelTask<boolean> {
          for (const [syncobj, entry] of waiting.isForAvailable ? pairs(waiting) : []) {
            const now = yield* syncobj.fenceGet();
            const before = entry.fence.readStable();
            if (now === null && before !== null) {
              entry.fence.writeStable(null);
              yield* before.put();
            }
            if (now !== null) yield* now.put();
          }
          return yield* super.isDone(waiting);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-021-to-late-ones-too',
    mistake: 'the deadline goes to fences again whenever the wait looks',
    breaks: ['SYNCOBJ-021'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *isDone(waiting: Waiting): KernelTask<boolean> {
          if (waiting.deadline !== null) yield* this.forwardDeadline(waiting, waiting.deadline);
          return yield* super.isDone(waiting);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-021-before-the-scan',
    mistake: 'the deadline is forwarded before anything is known of the fences',
    breaks: ['SYNCOBJ-021'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *scan(waiting: Waiting): KernelTask<number> {
          const ready = yield* super.scan(waiting);
          if (waiting.deadline !== null) yield* this.forwardDeadline(waiting, waiting.deadline);
          return ready;
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-021-without-the-flag',
    mistake: 'the deadline is forwarded whether the flag is set or not',
    breaks: ['SYNCOBJ-021'],
    install: (types) => ({
      SyncobjIoctls: class extends types.SyncobjIoctls {
        override *wait(file: DrmFile, argument: UserPointer, allowed: number): KernelTask<number> {
          const flags = numberField(argument, 'flags');
          argument.fields['flags'] = flags | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE;
          return yield* super.wait(file, argument, allowed);
        }
      },
    }),
  }),
  fault({
    id: 'syncobj-021-first-only',
    mistake: 'only the first object of a wait hears of the deadline',
    breaks: ['SYNCOBJ-021'],
    install: (types) => ({
      SyncobjWaits: class extends types.SyncobjWaits {
        protected override *forwardDeadline(waiting: Waiting, deadline: bigint): KernelTask<void> {
          const entries = waiting.entries.slice(0, 1);
          yield* super.forwardDeadline({ ...waiting, entries }, deadline);
        }
      },
    }),
  }),
];
