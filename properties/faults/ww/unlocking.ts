import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINTR } from '../../../impl/kernel/errno.ts';
import { TASK_UNINTERRUPTIBLE, type TaskState } from '../../../impl/kernel/task-state.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { HANDOFF } from '../../../impl/kernel/ww-owner.ts';
import type { WwWaiter } from '../../../impl/kernel/ww-queue.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes of slow locks, trylocks, unlocking, and about the order of waiters. */
export const UNLOCKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'BUG-WW-03',
    mistake: 'the slow path takes the mutex without saying for which context',
    breaks: ['WW-031'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lockSlow(context: WwAcquireContext): KernelTask<void> {
          this.checkSlow(context);
          context.contending.set(null);
          yield* this.acquire(null, TASK_UNINTERRUPTIBLE);
        }
      },
    }),
  }),
  fault({
    id: 'ww-031-does-not-wait',
    mistake: 'an interruptible slow lock only tries',
    breaks: ['WW-031'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lockSlowInterruptible(context: WwAcquireContext): KernelTask<number> {
          return (yield* this.trylock(context)) ? 0 : -EINTR;
        }
      },
    }),
  }),
  fault({
    id: 'ww-034-waits',
    mistake: 'a trylock of a mutex that somebody holds waits for it',
    breaks: ['WW-034'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *trylock(context: WwAcquireContext | null = null): KernelTask<boolean> {
          if (yield* super.trylock(context)) return true;
          return (yield* this.acquire(context, TASK_UNINTERRUPTIBLE)) === 0;
        }
      },
    }),
  }),
  fault({
    id: 'ww-035-own',
    mistake: 'a trylock of what the context holds already says that it has it',
    breaks: ['WW-035'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *trylock(context: WwAcquireContext | null = null): KernelTask<boolean> {
          const isMine = this.isHeld;
          return (yield* super.trylock(context)) || isMine;
        }
      },
    }),
  }),
  fault({
    id: 'ww-037-too-late',
    mistake: 'the context is taken out of the mutex when others can have it already',
    breaks: ['WW-037'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        private leaving: WwAcquireContext | null = null;
        protected override *retract(context: WwAcquireContext): KernelTask<void> {
          this.leaving = context;
        }

        protected override *giveUp(): KernelTask<'nothing' | 'wake' | 'hand on'> {
          const context = this.leaving;
          this.leaving = null;
          const left = yield* super.giveUp();
          if (context !== null) yield* super.retract(context);
          return left;
        }
      },
    }),
  }),
  fault({
    id: 'ww-039-last-come',
    mistake: 'every waiter joins at the end',
    breaks: ['WW-039'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *insert(waiter: WwWaiter): KernelTask<void> {
          yield* super.insert(waiter, null);
        }
      },
    }),
  }),
  fault({
    id: 'ww-040-wakes-all',
    mistake: 'unlocking wakes every waiter, the last one first',
    breaks: ['WW-040'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *passOn(isHandOff: boolean): KernelTask<void> {
          for (const { task } of this.waiters.value.toReversed()) yield* task.sleeper.wakeUp();
          yield* super.passOn(isHandOff);
        }
      },
    }),
  }),
  fault({
    id: 'ww-041-hands-on',
    mistake: 'unlocking always hands the mutex to the first waiter',
    breaks: ['WW-041'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *giveUp(): KernelTask<'nothing' | 'wake' | 'hand on'> {
          if (this.waiters.value.length > 0) this.flags |= HANDOFF;
          return yield* super.giveUp();
        }
      },
    }),
  }),
  fault({
    id: 'ww-042-never-asks',
    mistake: 'no waiter asks for the mutex to be handed to it',
    breaks: ['WW-042'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override wantsHandOff(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'BUG-WW-04',
    mistake: 'whether a waiter is the first is asked once, when it begins to wait',
    breaks: ['WW-042'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        private readonly first = new Set<WwWaiter>();
        protected override *wait(waiter: WwWaiter, state: TaskState): KernelTask<number> {
          if (this.waiters.isFirst(waiter)) this.first.add(waiter);
          return yield* super.wait(waiter, state);
        }

        protected override *isFirst(waiter: WwWaiter): KernelTask<boolean> {
          yield* super.isFirst(waiter);
          return this.first.has(waiter);
        }
      },
    }),
  }),
  fault({
    id: 'ww-054-flags-stay',
    mistake: 'the last waiter leaves its wish behind',
    breaks: ['WW-054'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *clearFlags(): KernelTask<void> {
          const wish = this.flags & HANDOFF;
          yield* super.clearFlags();
          this.flags |= wish;
        }
      },
    }),
  }),
  fault({
    id: 'ww-054-takes-its-wish-along',
    mistake: 'a waiter that leaves takes back the wish that is not its own',
    breaks: ['WW-054'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *dequeue(waiter: WwWaiter, error: number): KernelTask<void> {
          yield* super.dequeue(waiter, error);
          if (error !== 0) this.flags &= ~HANDOFF;
        }
      },
    }),
  }),
  fault({
    id: 'ww-055-looks-at-the-context',
    mistake: 'a mutex counts as locked when a context is in it',
    breaks: ['WW-055'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *isLocked(): KernelTask<boolean> {
          return (yield* this.context.read()) !== null;
        }
      },
    }),
  }),
];
