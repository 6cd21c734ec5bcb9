import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import type { WwClass } from '../../../impl/kernel/ww-class.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about contexts: their stamps, what they count, and when they are reported. */
export const CONTEXT_FAULTS: readonly Fault[] = [
  fault({
    id: 'ww-001-always-wait-die',
    mistake: 'a context does as if its class were wait-die',
    breaks: ['WW-001'],
    install: (types) => ({
      WwClass: class extends types.WwClass {
        constructor(...args: ConstructorParameters<typeof WwClass>) {
          super(args[0], args[1], 'wait-die');
        }
      },
    }),
  }),
  fault({
    id: 'ww-002-read-then-write',
    mistake: 'the counter of stamps is read, and then written',
    breaks: ['WW-002'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        protected override *nextStamp(): KernelTask<number> {
          const { stamps } = this.wwClass;
          const next = (yield* stamps.read()) + 1;
          yield* stamps.write(next);
          return next;
        }
      },
    }),
  }),
  fault({
    id: 'ww-003-compares-plainly',
    mistake: 'stamps are compared as numbers, which they are not any more when the counter wraps',
    breaks: ['WW-003'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override isYoungerThan(other: WwAcquireContext): boolean {
          super.isYoungerThan(other);
          return this.stamp > other.stamp;
        }
      },
    }),
  }),
  fault({
    id: 'ww-004-stamped-anew',
    mistake: 'a context that has to back off gets a new stamp',
    breaks: ['WW-004'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override fail(): void {
          super.fail();
          const { stamps } = this.wwClass;
          this.number = stamps.readStable() + 1;
          stamps.initialize(this.number);
        }
      },
    }),
  }),
  fault({
    id: 'ww-006-uncounted',
    mistake: 'a mutex that was taken is not counted',
    breaks: ['WW-006'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override add(): void {
          this.commit('acquire');
        }
      },
    }),
  }),
  fault({
    id: 'ww-028-never-cleared',
    mistake: 'who was wounded once stays so',
    breaks: ['WW-028'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override beginAttempt(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-028-cleared-by-unlock',
    mistake: 'with its last mutex a context gives back its wound',
    breaks: ['WW-028'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override drop(): void {
          super.drop();
          this.beginAttempt();
        }
      },
    }),
  }),
  fault({
    id: 'ww-033-doubles',
    mistake: 'the interval between injected failures only doubles',
    breaks: ['WW-033'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        protected override nextInterval(): number {
          return this.interval.get() * 2;
        }
      },
    }),
  }),
  fault({
    id: 'ww-043-goes-on',
    mistake: 'nobody asks whether a context is done',
    breaks: ['WW-043'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        override get isDone(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'ww-044-left-behind',
    mistake: 'a context may end with mutexes',
    breaks: ['WW-044'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        protected override checkEmpty(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-046-unproven',
    mistake: 'lockdep does not hear of new contexts',
    breaks: ['WW-046', 'WW-049'],
    install: (types) => ({
      WwAcquireContext: class extends types.WwAcquireContext {
        protected override checkOrder(): void {}
      },
    }),
  }),
];
