import { ENABLE_SIGNAL } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about polling arrays. */
export const POLLING_FAULTS: readonly Fault[] = [
  fault({
    id: 'array-013-waits-for-the-work',
    mistake: 'an armed array polls done only after its work has run',
    breaks: ['ARRAY-013'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          if (yield* this.base.flags.test(ENABLE_SIGNAL)) return this.polled(false);
          return yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'array-013-polls-children',
    mistake: 'an armed array polls its children instead of the counter',
    breaks: ['ARRAY-013'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          let missing = this.isAny ? 1 : this.fences.length;
          for (const fence of this.fences) if (yield* fence.isSignaled()) missing -= 1;
          if (missing > 0) return this.polled(false);
          yield* this.clearPendingError();
          return this.polled(true);
        }
      },
    }),
  }),
  fault({
    id: 'array-013-flag-first',
    mistake: 'a poll reads the counter behind the flag, when the walk may have counted already',
    breaks: ['ARRAY-013'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          if (yield* this.base.flags.test(ENABLE_SIGNAL)) return yield* super.signaled();
          let left = yield* this.pending.read();
          for (const fence of this.fences) {
            if (!(yield* fence.isSignaled())) continue;
            left -= 1;
            if (left !== 0) continue;
            yield* this.clearPendingError();
            return this.polled(true);
          }
          return this.polled(false);
        }
      },
    }),
  }),
  fault({
    id: 'array-013-exactly-zero',
    mistake: 'an armed array whose counter is below zero polls pending',
    breaks: ['ARRAY-013'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          const left = yield* this.pending.read();
          return left < 0 ? this.polled(false) : yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'array-014-false-when-unarmed',
    mistake: 'an array that was never armed polls pending for ever, as before 6.13',
    breaks: ['ARRAY-014'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          const left = yield* this.pending.read();
          if (left > 0) return this.polled(false);
          yield* this.clearPendingError();
          return this.polled(true);
        }
      },
    }),
  }),
  fault({
    id: 'array-014-stops-at-a-pending-child',
    mistake: 'an unarmed all-mode poll ends at the first pending child',
    breaks: ['ARRAY-014'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          if (!this.isAny && !(yield* this.base.flags.test(ENABLE_SIGNAL))) {
            for (const fence of this.fences) {
              if (!(yield* fence.isSignaled())) return this.polled(false);
            }
          }
          return yield* super.signaled();
        }
      },
    }),
  }),
  fault({
    id: 'array-026-born-done',
    mistake: 'a childless all-mode array polls done before it is armed',
    breaks: ['ARRAY-026'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *signaled(): KernelTask<boolean> {
          const left = yield* this.pending.read();
          if (left > 0) return yield* super.signaled();
          yield* this.clearPendingError();
          return this.polled(true);
        }
      },
    }),
  }),
  fault({
    id: 'array-026-completes-when-armed',
    mistake: 'arming a childless array completes it',
    breaks: ['ARRAY-026'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override *enableSignaling(): KernelTask<boolean> {
          const isArmed = yield* super.enableSignaling();
          if (this.fences.length > 0) return isArmed;
          yield* this.clearPendingError();
          return false;
        }
      },
    }),
  }),
];
