import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EALREADY, EDEADLK, EINTR } from '../../../impl/kernel/errno.ts';
import { TASK_INTERRUPTIBLE, type TaskState } from '../../../impl/kernel/task-state.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { WwWaiter } from '../../../impl/kernel/ww-queue.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of lock calls, whatever the class. */
export const LOCKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'ww-005-looks-then-takes',
    mistake: 'the owner word is read, and then written',
    breaks: ['WW-005'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *tryTake(
          context: WwAcquireContext | null,
          wantsHandOff = false,
        ): KernelTask<boolean> {
          if (yield* this.isLocked()) return yield* super.tryTake(context, wantsHandOff);
          yield* this.context.read();
          this.owner = null;
          return yield* super.tryTake(context, wantsHandOff);
        }
      },
    }),
  }),
  fault({
    id: 'ww-007-keeps-the-context',
    mistake: 'unlocking leaves the context in the mutex',
    breaks: ['WW-007'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *retract(context: WwAcquireContext): KernelTask<void> {
          context.drop();
        }
      },
    }),
  }),
  fault({
    id: 'ww-008-waits-for-itself',
    mistake: 'a context that holds the mutex already waits for it',
    breaks: ['WW-008'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override isHeldWith(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'ww-009-already',
    mistake: 'a task that holds the mutex without a context is told so',
    breaks: ['WW-009'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *acquire(
          context: WwAcquireContext | null,
          state: TaskState,
        ): KernelTask<number> {
          if (context === null && this.isHeld) return -EALREADY;
          return yield* super.acquire(context, state);
        }
      },
    }),
  }),
  fault({
    id: 'ww-010-kills-the-innocent',
    mistake: 'a context without mutexes must back off, too',
    breaks: ['WW-010'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          const holder = yield* this.context.read();
          if (!context.holdsLocks && holder !== null && context.isYoungerThan(holder)) return true;
          return yield* super.mustDie(waiter, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-011-stays-in-the-queue',
    mistake: 'a lock call that fails leaves its waiter in the queue',
    breaks: ['WW-011'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *dequeue(waiter: WwWaiter, error: number): KernelTask<void> {
          if (error === 0) yield* super.dequeue(waiter, error);
        }
      },
    }),
  }),
  fault({
    id: 'ww-012-dies-first',
    mistake: 'a waiter asks whether it must back off before it looks at its signals',
    breaks: ['WW-012'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *reasonToFail(waiter: WwWaiter, state: TaskState): KernelTask<number> {
          const { context } = waiter;
          if (context !== null && (yield* this.mustDie(waiter, context))) return -EDEADLK;
          return yield* super.reasonToFail(waiter, state);
        }
      },
    }),
  }),
  fault({
    id: 'ww-012-signal-before-try',
    mistake: 'a waiter that is woken looks at its signals before it tries',
    breaks: ['WW-012', 'WW-054'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *wait(waiter: WwWaiter, state: TaskState): KernelTask<number> {
          const { sleeper } = waiter.task;
          for (;;) {
            const error = yield* this.reasonToFail(waiter, state);
            if (error !== 0) return error;
            if (yield* this.tryTake(waiter.context)) return 0;
            this.waitLock.release();
            yield* sleeper.schedule();
            const isFirst = yield* this.isFirst(waiter);
            yield* sleeper.setState(state);
            yield* this.waitLock.acquire();
            const late = yield* this.reasonToFail(waiter, state);
            if (late !== 0) return late;
            if (yield* this.tryTake(waiter.context, isFirst)) return 0;
          }
        }
      },
    }),
  }),
  fault({
    id: 'ww-013-signal-at-entry',
    mistake: 'an interruptible lock fails with a signal, even if the mutex is free',
    breaks: ['WW-013'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lockInterruptible(context: WwAcquireContext | null = null): KernelTask<number> {
          if (yield* this.world.current.sleeper.isSignalPending()) return -EINTR;
          return yield* super.lockInterruptible(context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-013-always-interruptible',
    mistake: 'signals end the waits of plain lock calls',
    breaks: ['WW-013'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *acquire(context: WwAcquireContext | null): KernelTask<number> {
          return yield* super.acquire(context, TASK_INTERRUPTIBLE);
        }
      },
    }),
  }),
  fault({
    id: 'ww-014-contended',
    mistake: 'an interrupted call is taken for one that has to back off',
    breaks: ['WW-014'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lockInterruptible(context: WwAcquireContext | null = null): KernelTask<number> {
          const error = yield* super.lockInterruptible(context);
          if (error === -EINTR) context?.contending.set(this);
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'ww-053-woken-and-gone',
    mistake: 'a waiter takes every wake-up that brings no mutex for a signal',
    breaks: ['WW-053'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        private woken = new Set<WwWaiter>();
        protected override *reasonToFail(waiter: WwWaiter, state: TaskState): KernelTask<number> {
          if (this.woken.has(waiter)) return -EINTR;
          this.woken.add(waiter);
          return yield* super.reasonToFail(waiter, state);
        }
      },
    }),
  }),
];
