import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import type { ResvUsage } from '../../../impl/dma-buf/resv-usage.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the lock of reservations, and about who needs it. */
export const LOCK_FAULTS: readonly Fault[] = [
  fault({
    id: 'resv-003-forgets-the-context',
    mistake: 'an interruptible lock call does not hand its context on',
    breaks: ['RESV-003'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *acquireInterruptible(): KernelTask<number> {
          return yield* super.acquireInterruptible(null);
        }
      },
    }),
  }),
  fault({
    id: 'resv-003-slow-is-deaf',
    mistake: 'the interruptible slow lock cannot be interrupted',
    breaks: ['RESV-003'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *lockSlowInterruptible(context: WwAcquireContext): KernelTask<number> {
          yield* this.lockSlow(context);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'resv-004-takes-the-context',
    mistake: 'a trylock takes the context that its task has begun',
    breaks: ['RESV-004'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *tryAcquire(): KernelTask<boolean> {
          const { held } = this.world.current;
          const context = held.find((lock) => lock instanceof WwAcquireContext);
          return yield* this.lock.trylock(context ?? null);
        }
      },
    }),
  }),
  fault({
    id: 'resv-005-asks-for-its-own',
    mistake: 'an object is said to be locked only to who has locked it',
    breaks: ['RESV-005'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *isLocked(): KernelTask<boolean> {
          return (yield* super.isLocked()) && this.lock.isHeld;
        }
      },
    }),
  }),
  fault({
    id: 'resv-005-remembers',
    mistake: 'the context that took the lock last is still there when somebody else has it',
    breaks: ['RESV-005'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        protected readonly last = new PlainWord<WwAcquireContext | null>(this, 'last', null);

        override *lockingContext(): KernelTask<WwAcquireContext | null> {
          const context = yield* super.lockingContext();
          if (context !== null) this.last.set(context);
          return this.last.get();
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('last', this.last.value);
        }
      },
    }),
  }),
  fault({
    id: 'resv-007-asks-for-the-lock',
    mistake: 'who asks for the fences has to hold the lock',
    breaks: ['RESV-007'],
    install: (types) => ({
      ResvQueries: class extends types.ResvQueries {
        override *getFences(resv: DmaResv, usage: ResvUsage): KernelTask<DmaFence[] | number> {
          resv.assertHeld('dma_resv_get_fences');
          return yield* super.getFences(resv, usage);
        }
      },
    }),
  }),
  fault({
    id: 'resv-007-takes-the-lock',
    mistake: 'a test takes the lock',
    breaks: ['RESV-007'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override *testSignaled(usage: ResvUsage): KernelTask<boolean> {
          yield* this.acquire();
          const isDone = yield* super.testSignaled(usage);
          yield* this.release();
          return isDone;
        }
      },
    }),
  }),
  fault({
    id: 'resv-008-always-takes-back',
    mistake: 'unused promises are taken back at unlock by any kernel',
    breaks: ['RESV-008'],
    install: (types) => ({
      DmaResv: class extends types.DmaResv {
        override lockReleasing(): void {
          this.resetMaxFences();
        }
      },
    }),
  }),
];
