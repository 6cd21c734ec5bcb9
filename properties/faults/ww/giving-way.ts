import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EDEADLK } from '../../../impl/kernel/errno.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { WwWaiter } from '../../../impl/kernel/ww-queue.ts';
import { type Fault, fault } from '../fault.ts';

const withContext = ({ context }: WwWaiter): boolean => context !== null;

/** Mistakes about who has to give way, in wait-die and in wound-wait. */
export const GIVING_WAY_FAULTS: readonly Fault[] = [
  fault({
    id: 'ww-015-waits-for-elders',
    mistake: 'wait-die: nobody looks at the holder before waiting for it',
    breaks: ['WW-015'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          if (!context.isWaitDie) return yield* super.mustDie(waiter, context);
          return this.waiters.hasBefore(waiter, withContext) && this.kill(context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-016-dies-for-anybody',
    mistake: 'wait-die: whoever holds mutexes backs off, older or not',
    breaks: ['WW-016', 'WW-051'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          if (context.isWaitDie && context.holdsLocks) {
            const holder = yield* this.context.read();
            if (holder !== null) return this.kill(context);
          }
          return yield* super.mustDie(waiter, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-017-dies-for-nobody',
    mistake: 'a holder without a context counts as the oldest',
    breaks: ['WW-017'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          if (context.holdsLocks && (yield* this.context.read()) === null) {
            return this.kill(context);
          }
          return yield* super.mustDie(waiter, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-018-queues-behind-elders',
    mistake: 'wait-die: only the holder counts, and not who waits already',
    breaks: ['WW-018'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *placeFor(
          context: WwAcquireContext,
        ): KernelTask<WwWaiter | 'nowhere' | null> {
          let place: WwWaiter | null = null;
          for (const other of this.waiters.filter(withContext).toReversed()) {
            if (other.context === null || context.isYoungerThan(other.context)) break;
            place = other;
            yield* this.die(other, context);
          }
          return place;
        }

        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          if (!context.isWaitDie || !context.holdsLocks) {
            return yield* super.mustDie(waiter, context);
          }
          const holder = yield* this.context.read();
          return holder !== null && context.isYoungerThan(holder) && this.kill(context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-019-lets-them-sleep',
    mistake: 'wait-die: younger waiters are not woken when an older one comes',
    breaks: ['WW-019', 'WW-021', 'WW-050'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        private isPlacing = false;
        protected override *placeFor(
          context: WwAcquireContext,
        ): KernelTask<WwWaiter | 'nowhere' | null> {
          this.isPlacing = true;
          const place = yield* super.placeFor(context);
          this.isPlacing = false;
          return place;
        }

        protected override *die(waiter: WwWaiter, context: WwAcquireContext): KernelTask<boolean> {
          return this.isPlacing ? context.isWaitDie : yield* super.die(waiter, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-020-unchecked',
    mistake: 'who takes a mutex without waiting does not look who waits for it',
    breaks: ['WW-020', 'WW-027', 'WW-036', 'WW-050'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *publish(context: WwAcquireContext): KernelTask<void> {
          yield* this.setContext(context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-050-without-barrier',
    mistake: 'nothing orders the context that was written before the look at the waiters',
    breaks: ['WW-050'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override orderPublication(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-022-no-wound',
    mistake: 'wound-wait: who comes to wait wounds nobody',
    breaks: ['WW-022', 'WW-050', 'WW-052'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *woundHolder(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'ww-023-wounds-for-nothing',
    mistake: 'wound-wait: a context without mutexes wounds the holder',
    breaks: ['WW-023'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override mayWound(): boolean {
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'ww-024-dies-unwounded',
    mistake: 'wound-wait: a younger one backs off before an older holder',
    breaks: ['WW-024'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          if (!context.isWaitDie && context.holdsLocks) {
            const holder = yield* this.context.read();
            if (holder !== null && context.isYoungerThan(holder)) return this.kill(context);
          }
          return yield* super.mustDie(waiter, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-025-eager',
    mistake: 'wound-wait: a wounded context fails at the next lock call, contended or not',
    breaks: ['WW-025'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        override *lock(context: WwAcquireContext | null = null): KernelTask<number> {
          if (context?.holdsLocks === true && (yield* context.wounded.read()) === 1) {
            this.kill(context);
            return -EDEADLK;
          }
          return yield* super.lock(context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-026-no-wake',
    mistake: 'wound-wait: who is wounded in its sleep sleeps on',
    breaks: ['WW-026', 'WW-050'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *wound(
          by: WwAcquireContext,
          holder: WwAcquireContext,
        ): KernelTask<boolean> {
          const owner = yield* this.readOwner();
          if (owner === null || !this.mayWound(by) || !holder.isYoungerThan(by)) return false;
          yield* holder.wound();
          return true;
        }
      },
    }),
  }),
  fault({
    id: 'ww-027-steals-unseen',
    mistake: 'wound-wait: a waiter that overtakes others does not look at them',
    breaks: ['WW-027', 'WW-056'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *checkStolen(): KernelTask<void> {}
      },
    }),
  }),
  fault({
    id: 'ww-027-first-only',
    mistake: 'wound-wait: who takes a mutex looks at the first waiter, and at no other',
    breaks: ['WW-027'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *checkWaiters(context: WwAcquireContext): KernelTask<void> {
          const first = this.waiters.find((waiter) => waiter.context !== null)?.context ?? null;
          if (context.isWaitDie || first === null) yield* super.checkWaiters(context);
          else yield* this.wound(first, context);
        }
      },
    }),
  }),
  fault({
    id: 'ww-027-wounds-who-gives-up',
    mistake: 'wound-wait: a waiter that leaves without the mutex is wounded by older ones, too',
    breaks: ['WW-027'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *dequeue(waiter: WwWaiter, error: number): KernelTask<void> {
          if (error !== 0) yield* this.checkStolen(waiter);
          yield* super.dequeue(waiter, error);
        }
      },
    }),
  }),
  fault({
    id: 'ww-056-forgets-the-winner',
    mistake: 'wait-die: a waiter that has won the mutex counts no more before it has left',
    breaks: ['WW-056'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override *placeFor(
          context: WwAcquireContext,
        ): KernelTask<WwWaiter | 'nowhere' | null> {
          const [owner] = this.word;
          const isWinner = this.waiters.value.some(({ task }) => task === owner);
          return context.isWaitDie && isWinner ? null : yield* super.placeFor(context);
        }

        protected override *mustDie(
          waiter: WwWaiter,
          context: WwAcquireContext,
        ): KernelTask<boolean> {
          const [owner] = this.word;
          const isWinner = this.waiters.value.some(({ task }) => task === owner);
          return !(context.isWaitDie && isWinner) && (yield* super.mustDie(waiter, context));
        }
      },
    }),
  }),
];
