import type { DmaFenceArray } from '../../../impl/dma-buf/dma-fence-array.ts';
import type { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** Mistakes about making arrays, and asking what they are. */
export const CREATION_FAULTS: readonly Fault[] = [
  fault({
    id: 'array-001-failure-drops-children',
    mistake: 'a creation that fails drops the references that it was offered',
    breaks: ['ARRAY-001'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override *create(
          fences: readonly DmaFence[],
          context: number,
          seqno: bigint,
          isAny: boolean,
        ): KernelTask<DmaFenceArray | null> {
          const array = yield* super.create(fences, context, seqno, isAny);
          if (array === null) for (const fence of fences) yield* fence.put();
          return array;
        }
      },
    }),
  }),
  fault({
    id: 'array-001-own-references',
    mistake: 'creation takes a reference per child instead of the one it is offered',
    breaks: ['ARRAY-001'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override *create(
          fences: readonly DmaFence[],
          context: number,
          seqno: bigint,
          isAny: boolean,
        ): KernelTask<DmaFenceArray | null> {
          for (const fence of fences) yield* fence.get();
          return yield* super.create(fences, context, seqno, isAny);
        }
      },
    }),
  }),
  fault({
    id: 'array-002-silent',
    mistake: 'an array without children is made without a word',
    breaks: ['ARRAY-002'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override checkChildren(): void {
          if (this.fences.length > 0) super.checkChildren();
        }
      },
    }),
  }),
  fault({
    id: 'array-002-refused',
    mistake: 'an array without children is refused',
    breaks: ['ARRAY-002'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override *create(
          fences: readonly DmaFence[],
          context: number,
          seqno: bigint,
          isAny: boolean,
        ): KernelTask<DmaFenceArray | null> {
          const { world } = this.stack;
          if (world.warnOn(fences.length === 0, 'dma_fence_array_init without fences')) return null;
          return yield* super.create(fences, context, seqno, isAny);
        }
      },
    }),
  }),
  fault({
    id: 'array-003-first-only',
    mistake: 'only the first child is looked at for being a container',
    breaks: ['ARRAY-003'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override checkChildren(): void {
          const { world, fences, stack } = this;
          world.warnOn(fences.length === 0, 'dma_fence_array_init without fences', this);
          const isNested = fences[0] !== undefined && stack.arrays.isContainer(fences[0]);
          world.warnOn(isNested, 'a container in a fence array', this);
        }
      },
    }),
  }),
  fault({
    id: 'array-003-arrays-only',
    mistake: 'a node of a chain does not count as a container',
    breaks: ['ARRAY-003'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override isContainer(fence: DmaFence): boolean {
          return this.arrayOf(fence) !== null;
        }
      },
    }),
  }),
  fault({
    id: 'array-004-any-counts-all',
    mistake: 'an any-mode array starts to count at the number of its children',
    breaks: ['ARRAY-004'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override checkChildren(): void {
          super.checkChildren();
          this.pending.initialize(this.fences.length);
        }
      },
    }),
  }),
  fault({
    id: 'array-005-no-marker',
    mistake: 'the error field starts at 0, so that no error is ever recorded',
    breaks: ['ARRAY-005'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        protected override checkChildren(): void {
          super.checkChildren();
          this.base.error.initialize(0);
        }
      },
    }),
  }),
  fault({
    id: 'array-006-64-bit',
    mistake: 'sequence numbers of arrays compare as 64-bit numbers',
    breaks: ['ARRAY-006'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        readonly use64BitSeqno = true;
      },
    }),
  }),
  fault({
    id: 'array-006-name',
    mistake: 'the timeline of an array has a name',
    breaks: ['ARRAY-006'],
    install: (types) => ({
      DmaFenceArray: class extends types.DmaFenceArray {
        override getTimelineName(): string {
          return 'dma_fence_array';
        }
      },
    }),
  }),
  fault({
    id: 'array-024-allocates-late',
    mistake: 'the memory is asked for while the array is built, not before',
    breaks: ['ARRAY-024'],
    install: (types) => ({
      FenceArrays: class extends types.FenceArrays {
        override *alloc(): KernelTask<boolean> {
          return true;
        }

        override init(
          fences: readonly DmaFence[],
          context: number,
          seqno: bigint,
          isAny: boolean,
        ): DmaFenceArray {
          this.stack.world.memory.mightSleep('GFP_KERNEL allocation');
          return super.init(fences, context, seqno, isAny);
        }
      },
    }),
  }),
];
