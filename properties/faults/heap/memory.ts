import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { DmaBufExport } from '../../../impl/dma-buf/dma-buf.ts';
import type { SgSegment } from '../../../impl/dma-buf/sg-table.ts';
import type { HeapAnswer } from '../../../impl/exporters/dma-heaps.ts';
import type { HeapBuffer } from '../../../impl/exporters/heap-buffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBUSY, EINTR, EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { MapBacking, MapRequest } from '../../../impl/uapi/mapping.ts';
import { PAGE_SIZE, Pages } from '../../../impl/uapi/pages.ts';
import { type Fault, fault } from '../fault.ts';
import { fromTheFirstPage } from '../page-views.ts';

/** More than any buffer has. Unit: bytes. */
const ENDLESS: number = 2 ** 40;
const LARGEST_ORDER = 8;

/** The last owner's bytes are still there. */
function* dirtied(made: HeapBuffer | number): KernelTask<HeapBuffer | number> {
  if (typeof made !== 'number') yield* made.pages.writeByte(made.length - 1, 255);
  return made;
}

/** Mistakes about the memory of buffers, and how processes see it. */
export const MEMORY_FAULTS: readonly Fault[] = [
  fault({
    id: 'heap-010-dirty-system',
    mistake: 'the system heap does not clear its pages',
    breaks: ['HEAP-010'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          return yield* dirtied(yield* super.allocate(length));
        }
      },
    }),
  }),
  fault({
    id: 'heap-010-dirty-reserved',
    mistake: 'the contiguous heap does not clear its block',
    breaks: ['HEAP-010'],
    install: (types) => ({
      CmaHeap: class extends types.CmaHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          return yield* dirtied(yield* super.allocate(length));
        }
      },
    }),
  }),
  fault({
    id: 'heap-011-single-pages',
    mistake: 'the system heap takes single pages only',
    breaks: ['HEAP-011'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        protected override *largestAvailable(left: number): KernelTask<number | null> {
          return yield* super.largestAvailable(left, 0);
        }
      },
    }),
  }),
  fault({
    id: 'heap-011-too-large',
    mistake: 'a chunk may be larger than what is left',
    breaks: ['HEAP-011'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        protected override *largestAvailable(
          _left: number,
          orderMax: number,
        ): KernelTask<number | null> {
          return yield* super.largestAvailable(ENDLESS, orderMax);
        }
      },
    }),
  }),
  fault({
    id: 'heap-011-smallest-first',
    mistake: 'the chunks of a buffer are in rising order',
    breaks: ['HEAP-011'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        constructor(stack: Stack, length: number, chunks: readonly number[]) {
          super(stack, length, chunks.toReversed());
        }
      },
    }),
  }),
  fault({
    id: 'heap-012-gives-up',
    mistake: 'where a large chunk is not to be had there is nothing',
    breaks: ['HEAP-012'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        protected override *largestAvailable(
          left: number,
          orderMax: number,
        ): KernelTask<number | null> {
          const order = yield* super.largestAvailable(left, orderMax);
          const wanted = [8, 4, 0].find((one) => one <= orderMax && PAGE_SIZE << one <= left);
          return order === wanted ? order : null;
        }
      },
    }),
  }),
  fault({
    id: 'heap-012-tries-large-again',
    mistake: 'a chunk may be larger than the one before',
    breaks: ['HEAP-012'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        protected override *largestAvailable(left: number): KernelTask<number | null> {
          return yield* super.largestAvailable(left, LARGEST_ORDER);
        }
      },
    }),
  }),
  fault({
    id: 'heap-012-leaks',
    mistake: 'an allocation that runs out of memory does not free its chunks',
    breaks: ['HEAP-012'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const chunks = new Pages(this.stack.world);
          const made = yield* super.allocate(length);
          if (typeof made !== 'number') yield* chunks.put();
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'heap-013-goes-on',
    mistake: 'an allocation does not look for signals',
    breaks: ['HEAP-013'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const { current } = this.stack.world;
          const { isKilled } = current;
          current.isKilled = false;
          const made = yield* super.allocate(length);
          current.isKilled ||= isKilled;
          return made;
        }
      },
    }),
  }),
  fault({
    id: 'heap-013-any-signal',
    mistake: 'every signal ends an allocation',
    breaks: ['HEAP-013'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const { sleeper } = this.stack.world.current;
          return (yield* sleeper.isSignalPending()) ? -EINTR : yield* super.allocate(length);
        }
      },
    }),
  }),
  fault({
    id: 'heap-013-enomem',
    mistake: 'an allocation that was ended by a signal says that there is no memory',
    breaks: ['HEAP-013'],
    install: (types) => ({
      SystemHeap: class extends types.SystemHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const made = yield* super.allocate(length);
          return made === -EINTR ? -ENOMEM : made;
        }
      },
    }),
  }),
  fault({
    id: 'heap-014-pieces',
    mistake: 'the block of the contiguous heap is shown page by page',
    breaks: ['HEAP-014'],
    install: (types) => ({
      CmaHeapBuffer: class extends types.CmaHeapBuffer {
        protected override segments(): readonly SgSegment[] {
          return super.segments().flatMap(({ dmaAddress, length }) =>
            Array.from({ length: length / PAGE_SIZE }, (_, page) => ({
              dmaAddress: dmaAddress + page * PAGE_SIZE,
              length: PAGE_SIZE,
            })),
          );
        }
      },
    }),
  }),
  fault({
    id: 'heap-014-unaligned',
    mistake: 'a block begins at any page',
    breaks: ['HEAP-014'],
    install: (types) => ({
      CmaHeapBuffer: class extends types.CmaHeapBuffer {
        protected override segments(): readonly SgSegment[] {
          return super
            .segments()
            .map(({ dmaAddress, length }) => ({ dmaAddress: dmaAddress + PAGE_SIZE, length }));
        }
      },
    }),
  }),
  fault({
    id: 'heap-014-fixed-name',
    mistake: 'buffers of the contiguous heap bear a name of their own',
    breaks: ['HEAP-014'],
    install: (types) => ({
      DmaBufs: class extends types.DmaBufs {
        override *export(info: DmaBufExport): KernelTask<DmaBuf | number> {
          const isReserved = info.exporterName === 'reserved';
          const exporterName = isReserved ? 'default_cma_region' : info.exporterName;
          return yield* super.export({ ...info, exporterName });
        }
      },
    }),
  }),
  fault({
    id: 'heap-014-ebusy',
    mistake: 'without a block an allocation gives -EBUSY',
    breaks: ['HEAP-014'],
    install: (types) => ({
      CmaHeap: class extends types.CmaHeap {
        override *allocate(length: number): KernelTask<HeapBuffer | number> {
          const made = yield* super.allocate(length);
          return made === -ENOMEM ? -EBUSY : made;
        }
      },
    }),
  }),
  fault({
    id: 'heap-018-ignores-the-offset',
    mistake: 'a mapping begins at the first page, whatever its offset',
    breaks: ['HEAP-018'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          const backing = yield* super.mmap(buffer, request);
          return fromTheFirstPage(backing, request, (number) => this.pageAt(number));
        }
      },
    }),
  }),
  fault({
    id: 'heap-018-private-refused',
    mistake: 'the system heap refuses private mappings of one page',
    breaks: ['HEAP-018'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          return request.isShared ? yield* super.mmap(buffer, request) : -EINVAL;
        }
      },
    }),
  }),
  fault({
    id: 'heap-018-private-block',
    mistake: 'the contiguous heap takes private mappings',
    breaks: ['HEAP-018'],
    install: (types) => ({
      CmaHeapBuffer: class extends types.CmaHeapBuffer {
        override *mmap(buffer: DmaBuf, request: MapRequest): KernelTask<MapBacking | number> {
          return yield* super.mmap(buffer, { ...request, isShared: true });
        }
      },
    }),
  }),
  fault({
    id: 'heap-019-needs-reading',
    mistake: 'a buffer that nobody can read is refused',
    breaks: ['HEAP-019'],
    install: (types) => ({
      DmaHeap: class extends types.DmaHeap {
        protected override *allocate(
          length: number,
          flags: number,
          answer: HeapAnswer,
        ): KernelTask<number> {
          return (flags & 1) === 0 ? yield* super.allocate(length, flags, answer) : -EINVAL;
        }
      },
    }),
  }),
];
