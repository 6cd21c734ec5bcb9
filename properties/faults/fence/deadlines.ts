import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { HAS_DEADLINE } from '../../../impl/dma-buf/sync-point.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about deadline hints. */
export const DEADLINE_FAULTS: readonly Fault[] = [
  fault({
    id: 'fence-087-always-forwards',
    mistake: 'a hint reaches the issuer of a fence that is done',
    breaks: ['FENCE-087'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setDeadline(deadlineNs: bigint): KernelTask<void> {
          yield* this.ops.setDeadline?.(this, deadlineNs) ?? nothing();
        }
      },
    }),
  }),
  fault({
    id: 'fence-087-polls-without-op',
    mistake: 'a hint polls before it looks for the op',
    breaks: ['FENCE-087'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setDeadline(deadlineNs: bigint): KernelTask<void> {
          if (!(yield* this.isSignaled())) yield* super.setDeadline(deadlineNs);
        }
      },
    }),
  }),
  fault({
    id: 'fence-087-flag-only',
    mistake: 'a hint looks at the flag and does not poll',
    breaks: ['FENCE-087'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setDeadline(deadlineNs: bigint): KernelTask<void> {
          if (yield* this.flags.test(SIGNALED)) return;
          yield* this.ops.setDeadline?.(this, deadlineNs) ?? nothing();
        }
      },
    }),
  }),
  fault({
    id: 'fence-088-op-under-lock',
    mistake: 'the deadline op is called with the lock of the fence held',
    breaks: ['FENCE-088'],
    install: (types) => ({
      DmaFence: class extends types.DmaFence {
        override *setDeadline(deadlineNs: bigint): KernelTask<void> {
          if (this.ops.setDeadline === undefined) return;
          const flags = yield* this.lock.acquireIrqsave();
          if (!(yield* this.isSignaledLocked())) yield* this.ops.setDeadline(this, deadlineNs);
          this.lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
  fault({
    id: 'fence-088-point-keeps-last',
    mistake: 'a later hint replaces an earlier deadline',
    breaks: ['FENCE-088'],
    install: (types) => ({
      SyncPoint: class extends types.SyncPoint {
        override *setDeadline(_base: DmaFence, deadlineNs: bigint): KernelTask<void> {
          const { lock } = this.timeline;
          const flags = yield* lock.acquireIrqsave();
          yield* this.base.flags.set(HAS_DEADLINE);
          this.deadlineNs.set(deadlineNs);
          lock.releaseIrqrestore(flags);
        }
      },
    }),
  }),
];

/** An issuer without the op takes no hints. */
function* nothing(): KernelTask<void> {}
