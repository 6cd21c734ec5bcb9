import type { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { type Fault, fault } from '../fault.ts';

/** Misuse that is not reported, and proper use that is. */
export const REPORT_FAULTS: readonly Fault[] = [
  fault({
    id: 'ww-029-takes-anything',
    mistake: 'after -EDEADLK nobody checks what is taken next',
    breaks: ['WW-029', 'WW-030'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkContending(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-030-fails-again',
    mistake: 'a second -EDEADLK before the contended mutex is taken goes unnoticed',
    breaks: ['WW-030'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkSettled(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-032-slow-for-nothing',
    mistake: 'nobody checks whether a slow lock is needed',
    breaks: ['WW-032'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkSlow(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-038-anybody-unlocks',
    mistake: 'nobody checks who unlocks',
    breaks: ['WW-038'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkOwner(): void {}

        protected override checkHeld(): void {
          const { held } = this.world.current;
          if (held.includes(this)) super.checkHeld();
        }
      },
    }),
  }),
  fault({
    id: 'ww-045-destroyed-in-use',
    mistake: 'a mutex may be destroyed while it is locked',
    breaks: ['WW-045'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkFree(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-047-any-class',
    mistake: 'mutex and context may be of two classes',
    breaks: ['WW-047'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkClass(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-048-unproven',
    mistake: 'lockdep does not hear of lock calls',
    breaks: ['WW-009', 'WW-048'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkOrder(): void {}
      },
    }),
  }),
  fault({
    id: 'ww-048-no-nesting',
    mistake: 'lockdep does not know that a context may take several mutexes',
    breaks: ['WW-048'],
    install: (types) => ({
      WwMutex: class extends types.WwMutex {
        protected override checkOrder(_context: WwAcquireContext | null): void {
          super.checkOrder(null);
        }
      },
    }),
  }),
];
