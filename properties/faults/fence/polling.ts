import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about the two polls. */
export const POLLING_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-053-poll-only-reports',
    mistake: 'a poll passes on what the issuer says, and leaves the fence pending',
    breaks: ['FENCE-053', 'FENCE-055'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          const isSet = yield* this.flags.test(SIGNALED);
          if (isSet || this.ops.signaled === undefined) return isSet;
          return yield* this.ops.signaled(this);
        }
      },
    }),
  }),
  fault({
    id: 'fence-053-asks-when-signaled',
    mistake: 'a poll asks the issuer even when the fence is signaled',
    breaks: ['FENCE-053'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          if (this.ops.signaled !== undefined) yield* this.ops.signaled(this);
          return yield* super.isSignaled();
        }
      },
    }),
  }),
  fault({
    id: 'fence-054-poll-arms',
    mistake: 'a poll of a pending fence arms its issuer',
    breaks: ['FENCE-054'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          yield* this.enableSwSignaling();
          return yield* super.isSignaled();
        }
      },
    }),
  }),
  fault({
    id: 'fence-090-status-polls-first',
    mistake: 'a status query makes the plain poll before it takes the lock',
    breaks: ['FENCE-090', 'FENCE-057'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *getStatus(): KernelTask<number> {
          yield* this.isSignaled();
          return yield* super.getStatus();
        }
      },
    }),
  }),
  fault({
    id: 'fence-090-plain-poll-without-section',
    mistake: 'the plain poll takes the lock itself and signals outside any section',
    breaks: ['FENCE-090'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *isSignaled(): KernelTask<boolean> {
          const flags = yield* this.lock.acquireIrqsave();
          const isSignaled = yield* this.isSignaledLocked();
          this.lock.releaseIrqrestore(flags);
          return isSignaled;
        }
      },
    }),
  }),
];
