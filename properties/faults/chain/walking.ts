import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about walking along a chain. */
export const WALKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'chain-007-keeps-the-reference',
    mistake: 'a walk keeps the reference that it was given',
    breaks: ['CHAIN-007'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *walk(fence: DmaFence | null): KernelTask<DmaFence | null> {
          yield* this.stack.fences.get(this.chainOf(fence)?.base ?? null);
          return yield* super.walk(fence);
        }
      },
    }),
  }),
  fault({
    id: 'chain-007-plain-stays',
    mistake: 'a walk from a plain fence keeps the reference on it',
    breaks: ['CHAIN-007', 'CHAIN-029'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *walk(fence: DmaFence | null): KernelTask<DmaFence | null> {
          return this.chainOf(fence) === null ? null : yield* super.walk(fence);
        }
      },
    }),
  }),
  fault({
    id: 'chain-008-only-whole-nodes',
    mistake: 'a predecessor is taken off when the node is done, and not already with its fence',
    breaks: ['CHAIN-008'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *isCollectable(prev: DmaFence): KernelTask<boolean> {
          return yield* prev.isSignaled();
        }
      },
    }),
  }),
  fault({
    id: 'chain-008-keeps-plain-fences',
    mistake: 'a plain fence at the end is never taken off',
    breaks: ['CHAIN-008'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *isCollectable(prev: DmaFence): KernelTask<boolean> {
          return this.chainOf(prev) !== null && (yield* super.isCollectable(prev));
        }
      },
    }),
  }),
  fault({
    id: 'chain-009-forgets-what-is-behind',
    mistake: 'a predecessor is taken off with all that is behind it',
    breaks: ['CHAIN-009'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *collect(chain: DmaFenceChain, prev: DmaFence): KernelTask<void> {
          if (yield* chain.prev.compareExchange(prev, null)) yield* prev.put();
          yield* prev.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-010-winner-keeps',
    mistake: 'who takes a predecessor off keeps the reference that the link had',
    breaks: ['CHAIN-010'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *collect(chain: DmaFenceChain, prev: DmaFence): KernelTask<void> {
          const before = this.chainOf(prev);
          const replacement = before === null ? null : yield* this.getPrev(before);
          if (!(yield* chain.prev.compareExchange(prev, replacement))) {
            yield* this.stack.fences.put(replacement);
          }
          yield* prev.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-010-loser-keeps',
    mistake: 'who comes late keeps the reference on the replacement',
    breaks: ['CHAIN-010'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *collect(chain: DmaFenceChain, prev: DmaFence): KernelTask<void> {
          const before = this.chainOf(prev);
          const replacement = before === null ? null : yield* this.getPrev(before);
          if (yield* chain.prev.compareExchange(prev, replacement)) yield* prev.put();
          yield* prev.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-010-plain-store',
    mistake: 'the link is stored without looking whether somebody was faster',
    breaks: ['CHAIN-010'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *collect(chain: DmaFenceChain, prev: DmaFence): KernelTask<void> {
          const before = this.chainOf(prev);
          const replacement = before === null ? null : yield* this.getPrev(before);
          yield* chain.prev.write(replacement);
          yield* prev.put();
          yield* prev.put();
        }
      },
    }),
  }),
  fault({
    id: 'chain-011-flag-only',
    mistake: 'a walk looks at the flag of contained fences and does not poll them',
    breaks: ['CHAIN-011'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *isCollectable(prev: DmaFence): KernelTask<boolean> {
          return yield* this.contained(prev).flags.test(SIGNALED);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-CHAIN-01',
    mistake: 'the release drops its predecessor, which drops its own, as deep as the chain is long',
    breaks: ['CHAIN-023'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *release(): KernelTask<void> {
          yield* this.stack.fences.put(this.prev.readStable());
          yield* this.fence.put();
          this.free();
        }
      },
    }),
  }),
  fault({
    id: 'chain-023-own-first',
    mistake: 'the release drops the contained fence of the node before those of its predecessors',
    breaks: ['CHAIN-023'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override *release(): KernelTask<void> {
          yield* this.fence.put();
          yield* this.fence.get();
          yield* super.release();
        }
      },
    }),
  }),
  fault({
    id: 'chain-023-takes-what-others-have',
    mistake: 'the release takes predecessors apart that somebody else has',
    breaks: ['CHAIN-023'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override *isOwn(prev: DmaFence): KernelTask<boolean> {
          return (yield* prev.references.read()) > 0;
        }
      },
    }),
  }),
  fault({
    id: 'chain-028-opens-everything',
    mistake: 'a node inside a node is opened, too',
    breaks: ['CHAIN-028'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override contained(fence: DmaFence): DmaFence;
        override contained(fence: DmaFence | null): DmaFence | null;
        override contained(fence: DmaFence | null): DmaFence | null {
          const inner = super.contained(fence);
          return inner === fence ? fence : this.contained(inner);
        }
      },
    }),
  }),
  fault({
    id: 'chain-028-plain-has-none',
    mistake: 'an array is opened as if it were a node',
    breaks: ['CHAIN-028'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override contained(fence: DmaFence): DmaFence;
        override contained(fence: DmaFence | null): DmaFence | null;
        override contained(fence: DmaFence | null): DmaFence | null {
          const [first] = this.stack.arrays.arrayOf(fence)?.fences ?? [];
          return first ?? super.contained(fence);
        }
      },
    }),
  }),
  fault({
    id: 'chain-029-ends-at-chains',
    mistake: 'a walk ends at the last node, and forgets the plain fence behind it',
    breaks: ['CHAIN-029'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *walk(fence: DmaFence | null): KernelTask<DmaFence | null> {
          const next = yield* super.walk(fence);
          if (this.chainOf(next) !== null) return next;
          yield* this.stack.fences.put(next);
          return null;
        }
      },
    }),
  }),
];
