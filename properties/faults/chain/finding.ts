import type { FoundPoint } from '../../../impl/dma-buf/fence-chains.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL } from '../../../impl/kernel/errno.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about looking up a point. */
export const FINDING_FAULTS: readonly Fault[] = [
  fault({
    id: 'chain-012-walks',
    mistake: 'a lookup of point 0 walks to the oldest element',
    breaks: ['CHAIN-012', 'CHAIN-030'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          if (seqno !== 0n) return yield* super.findSeqno(fence, seqno);
          return { result: 0, fence: yield* this.walk(fence) };
        }
      },
    }),
  }),
  fault({
    id: 'chain-012-needs-a-chain',
    mistake: 'a lookup of point 0 is refused on anything but a chain',
    breaks: ['CHAIN-012'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          if (this.chainOf(fence) === null) return { result: -EINVAL, fence };
          return yield* super.findSeqno(fence, seqno);
        }
      },
    }),
  }),
  fault({
    id: 'chain-013-head-for-anything',
    mistake: 'a lookup beyond the head gives the head',
    breaks: ['CHAIN-013'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          const head = this.chainOf(fence)?.base;
          if (head !== undefined && head.seqno < seqno) return { result: 0, fence };
          return yield* super.findSeqno(fence, seqno);
        }
      },
    }),
  }),
  fault({
    id: 'chain-013-plain-stands-for-all',
    mistake: 'a plain fence stands for every point up to its number',
    breaks: ['CHAIN-013'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          const isPlain = fence !== null && this.chainOf(fence) === null;
          if (isPlain && fence.seqno >= seqno) return { result: 0, fence };
          return yield* super.findSeqno(fence, seqno);
        }
      },
    }),
  }),
  fault({
    id: 'BUG-CHAIN-02',
    mistake: 'a point whose own fence is done is said to be done, with older ones pending',
    breaks: ['CHAIN-014', 'CHAIN-015'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          const point = yield* super.findSeqno(fence, seqno);
          const chain = this.chainOf(point.fence);
          if (seqno === 0n || point.result !== 0 || chain === null) return point;
          if (!(yield* chain.fence.isSignaled())) return point;
          yield* chain.base.put();
          return { result: 0, fence: null };
        }
      },
    }),
  }),
  fault({
    id: 'chain-014-one-too-far',
    mistake: 'a node whose predecessor has just the number below counts as too new',
    breaks: ['CHAIN-014'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override standsFor(fence: DmaFence, seqno: bigint, head: DmaFence): boolean {
          return super.standsFor(fence, seqno - 1n, head);
        }
      },
    }),
  }),
  fault({
    id: 'chain-014-crosses-timelines',
    mistake: 'a lookup goes on into an older timeline',
    breaks: ['CHAIN-014'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override standsFor(fence: DmaFence, seqno: bigint): boolean {
          const chain = this.chainOf(fence);
          if (chain === null) return true;
          const isJoined = chain.prevSeqno > 0n || chain.base.seqno <= seqno;
          return isJoined && chain.prevSeqno < seqno;
        }
      },
    }),
  }),
  fault({
    id: 'chain-015-refuses-what-is-done',
    mistake: 'a lookup that runs off the end is refused',
    breaks: ['CHAIN-015'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          const point = yield* super.findSeqno(fence, seqno);
          const isOff = fence !== null && point.fence === null;
          return isOff ? { ...point, result: -EINVAL } : point;
        }
      },
    }),
  }),
  fault({
    id: 'chain-016-done-with-its-own',
    mistake: 'a point whose node is gone is said to be done, with an older one pending',
    breaks: ['CHAIN-016'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *findSeqno(fence: DmaFence | null, seqno: bigint): KernelTask<FoundPoint> {
          const point = yield* super.findSeqno(fence, seqno);
          const chain = this.chainOf(point.fence);
          if (seqno === 0n || chain === null || chain.base.seqno >= seqno) return point;
          yield* chain.base.put();
          return { result: 0, fence: null };
        }
      },
    }),
  }),
  fault({
    id: 'chain-017-follows-the-link',
    mistake: 'a lookup asks the predecessor that is linked now for its number',
    breaks: ['CHAIN-017'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override standsFor(fence: DmaFence, seqno: bigint, head: DmaFence): boolean {
          if (fence.context !== head.context) return true;
          const prev = this.chainOf(fence)?.prev.readStable() ?? null;
          return prev === null || prev.seqno < seqno;
        }
      },
    }),
  }),
];
