import type { ChainPlace } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { ChainMemory } from '../../../impl/dma-buf/fence-chains.ts';
import type { DmaFenceChain } from '../../../impl/dma-buf/dma-fence-chain.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Stack, StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** Which point a node becomes, in the way of a mistake. */
type Place = (stack: Stack, prev: DmaFence | null, seqno: bigint) => KernelTask<ChainPlace>;

function placedBy(place: Place): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    FenceChains: class extends types.FenceChains {
      override *init(
        memory: ChainMemory,
        prev: DmaFence | null,
        fence: DmaFence,
        seqno: bigint,
      ): KernelTask<DmaFenceChain> {
        const placed = yield* place(this.stack, prev, seqno);
        this.stack.world.memory.free(memory);
        return new this.stack.types.DmaFenceChain(this.stack, prev, fence, placed);
      }
    },
  });
}

function* fresh(stack: Stack, seqno: bigint): KernelTask<ChainPlace> {
  return { context: yield* stack.fences.contextAlloc(1), seqno, prevSeqno: 0n };
}

/** What comes before, when that is a node with a smaller number. */
function earlier(stack: Stack, prev: DmaFence | null, seqno: bigint): DmaFence | null {
  const base = stack.chains.chainOf(prev)?.base ?? null;
  return base !== null && seqno > base.seqno ? base : null;
}

/** Mistakes about making a node. */
export const MAKING_FAULTS: readonly Fault[] = [
  fault({
    id: 'chain-001-takes-its-own',
    mistake: 'a new node takes a reference on its fence besides the one that it is given',
    breaks: ['CHAIN-001'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          ...args: Parameters<InstanceType<typeof types.FenceChains>['init']>
        ): KernelTask<DmaFenceChain> {
          yield* args[2].get();
          return yield* super.init(...args);
        }
      },
    }),
  }),
  fault({
    id: 'chain-002-fresh-context',
    mistake: 'every node begins a timeline of its own, with the number before it in mind',
    breaks: ['CHAIN-002'],
    install: placedBy(function* (stack, prev, seqno) {
      const before = stack.chains.chainOf(prev)?.base;
      const place = yield* fresh(stack, seqno);
      return { ...place, prevSeqno: before?.seqno ?? 0n };
    }),
  }),
  fault({
    id: 'chain-002-32-bit',
    mistake: 'whether a point is later is decided by the low half of the numbers',
    breaks: ['CHAIN-002'],
    install: placedBy(function* (stack, prev, seqno) {
      const before = stack.chains.chainOf(prev)?.base ?? null;
      if (before === null || !stack.fences.isLaterSeqno(seqno, before.seqno, false)) {
        return yield* fresh(stack, seqno);
      }
      return { context: before.context, seqno, prevSeqno: before.seqno };
    }),
  }),
  fault({
    id: 'chain-003-keeps-the-number',
    mistake: 'a point that is not later keeps its number',
    breaks: ['CHAIN-003'],
    install: placedBy(function* (stack, prev, seqno) {
      const before = earlier(stack, prev, seqno);
      if (before === null) return yield* fresh(stack, seqno);
      return { context: before.context, seqno, prevSeqno: before.seqno };
    }),
  }),
  fault({
    id: 'chain-003-joins-anything',
    mistake: 'a later point joins the context of a plain fence, too',
    breaks: ['CHAIN-003'],
    install: placedBy(function* (stack, prev, seqno) {
      if (prev !== null && seqno > prev.seqno) {
        return { context: prev.context, seqno, prevSeqno: prev.seqno };
      }
      const before = stack.chains.chainOf(prev)?.base;
      return yield* fresh(stack, before?.seqno ?? seqno);
    }),
  }),
  fault({
    id: 'chain-004-silent',
    mistake: 'a chain inside a chain is accepted without a word',
    breaks: ['CHAIN-004'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override checkContained(): void {}
      },
    }),
  }),
  fault({
    id: 'chain-004-no-arrays',
    mistake: 'every container inside a chain is complained about',
    breaks: ['CHAIN-004'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        protected override checkContained(): void {
          const isContainer = this.stack.arrays.isContainer(this.fence);
          this.world.warnOn(isContainer, 'a container is contained in a chain node', this);
        }
      },
    }),
  }),
  fault({
    id: 'chain-025-names',
    mistake: 'nodes have the names of arrays',
    breaks: ['CHAIN-025'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override getDriverName(): string {
          return 'dma_fence_array';
        }
      },
    }),
  }),
  fault({
    id: 'chain-025-32-bit',
    mistake: 'numbers of nodes are compared by their low half',
    breaks: ['CHAIN-025'],
    install: (types) => ({
      DmaFenceChain: class extends types.DmaFenceChain {
        override get use64BitSeqno(): boolean {
          return false;
        }
      },
    }),
  }),
  fault({
    id: 'chain-027-init-allocates',
    mistake: 'making the node of its memory allocates once more',
    breaks: ['CHAIN-027'],
    install: placedBy(function* (stack, prev, seqno) {
      yield* stack.world.memory.reserve('GFP_KERNEL');
      const before = earlier(stack, prev, seqno);
      if (before !== null) {
        return { context: before.context, seqno, prevSeqno: before.seqno };
      }
      const last = stack.chains.chainOf(prev)?.base;
      return yield* fresh(stack, last?.seqno ?? seqno);
    }),
  }),
  fault({
    id: 'chain-027-atomic',
    mistake: 'the memory of a node comes from the atomic reserves, so that nobody notices a misuse',
    breaks: ['CHAIN-027'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        protected override *reserveNode(): KernelTask<boolean> {
          return yield* this.stack.world.memory.reserve('GFP_ATOMIC');
        }
      },
    }),
  }),
  fault({
    id: 'chain-027-wastes-a-context',
    mistake: 'a context number is taken before it is known whether it is needed',
    breaks: ['CHAIN-027'],
    install: placedBy(function* (stack, prev, seqno) {
      const before = stack.chains.chainOf(prev)?.base;
      const place = yield* fresh(stack, before?.seqno ?? seqno);
      const earlierOne = earlier(stack, prev, seqno);
      if (earlierOne === null) return place;
      return { context: earlierOne.context, seqno, prevSeqno: earlierOne.seqno };
    }),
  }),
  fault({
    id: 'chain-030-begins-at-one',
    mistake: 'a timeline has no point 0: it begins at 1',
    breaks: ['CHAIN-030', 'CHAIN-003'],
    install: (types) => ({
      FenceChains: class extends types.FenceChains {
        override *init(
          memory: ChainMemory,
          prev: DmaFence | null,
          fence: DmaFence,
          seqno: bigint,
        ): KernelTask<DmaFenceChain> {
          return yield* super.init(memory, prev, fence, seqno === 0n ? 1n : seqno);
        }
      },
    }),
  }),
];
