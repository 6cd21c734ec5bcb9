import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaDirection, KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import { HeapAttachment, type HeapBuffer } from '../../../impl/exporters/heap-buffer.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EINVAL, ENOMEM } from '../../../impl/kernel/errno.ts';
import type { StateVisitor } from '../../../impl/kernel/object.ts';
import { PlainWord } from '../../../impl/kernel/plain.ts';
import type { StackTypes } from '../../../impl/stack.ts';
import { type Fault, fault } from '../fault.ts';

/** A bracket: what is done to whom, with the buffer's mutex held. */
type Bracket = (buffer: HeapBuffer, direction: DmaDirection, isForCpu: boolean) => void;

function bracketing(bracket: Bracket): (types: StackTypes) => Partial<StackTypes> {
  return (types) => ({
    SystemHeapBuffer: class extends types.SystemHeapBuffer {
      protected override *syncAll(direction: DmaDirection, isForCpu: boolean): KernelTask<number> {
        yield* this.lock.acquire();
        bracket(this, direction, isForCpu);
        this.lock.release();
        return 0;
      }
    },
  });
}

function syncTable(
  { stack }: HeapBuffer,
  { table }: HeapAttachment,
  direction: DmaDirection,
  isForCpu: boolean,
): void {
  if (isForCpu) stack.dmaSync.forCpu(table, direction);
  else stack.dmaSync.forDevice(table, direction);
}

function syncKernel({ area, stack }: HeapBuffer, isForCpu: boolean): void {
  const mapping = area.get();
  if (mapping === null) return;
  if (isForCpu) stack.dmaSync.invalidate(mapping);
  else stack.dmaSync.flush(mapping);
}

/** Mistakes about attachments, and about caches. */
export const COHERENCE_FAULTS: readonly Fault[] = [
  fault({
    id: 'heap-015-one-table',
    mistake: 'all attachments get the table of the first one',
    breaks: ['HEAP-015'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *map(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number | null> {
          const table = yield* super.map(attachment, direction);
          const first = this.attachments.value[0];
          return typeof table === 'number' || first === undefined ? table : first.table;
        }
      },
    }),
  }),
  fault({
    id: 'heap-015-new-table-each-time',
    mistake: 'every mapping gets a new table',
    breaks: ['HEAP-015'],
    install: (types) => ({
      CmaHeapBuffer: class extends types.CmaHeapBuffer {
        override *map(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number | null> {
          const table = yield* super.map(attachment, direction);
          return table instanceof SgTable ? new SgTable(this.world, table.segments) : table;
        }
      },
    }),
  }),
  fault({
    id: 'heap-015-listed-for-nothing',
    mistake: 'an attachment is listed before its table is made, and stays so where that fails',
    breaks: ['HEAP-015'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *attach(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
          const error = yield* super.attach(buffer, attachment);
          if (error !== 0) {
            yield* this.lock.acquire();
            this.attachments.push(new HeapAttachment(new SgTable(this.world, [])));
            this.lock.release();
          }
          return error;
        }
      },
    }),
  }),
  fault({
    id: 'heap-015-one-code',
    mistake: 'a mapping that fails is out of memory, whatever the reason was',
    breaks: ['HEAP-015'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        protected override mapError(): number {
          return -ENOMEM;
        }
      },
    }),
  }),
  fault({
    id: 'heap-016-all-attachments',
    mistake: 'a bracket visits attachments that are not mapped',
    breaks: ['HEAP-016'],
    install: bracketing((buffer, direction, isForCpu) => {
      syncKernel(buffer, isForCpu);
      for (const own of buffer.attachments.copy()) syncTable(buffer, own, direction, isForCpu);
    }),
  }),
  fault({
    id: 'heap-016-direction-of-the-mapping',
    mistake: 'a bracket uses the direction in which an attachment is mapped',
    breaks: ['HEAP-016'],
    install: bracketing((buffer, _direction, isForCpu) => {
      syncKernel(buffer, isForCpu);
      for (const own of buffer.attachments.copy()) {
        if (own.isMapped.get()) syncTable(buffer, own, own.direction.get(), isForCpu);
      }
    }),
  }),
  fault({
    id: 'heap-016-first-only',
    mistake: 'a bracket visits the first attachment only',
    breaks: ['HEAP-016'],
    install: bracketing((buffer, direction, isForCpu) => {
      syncKernel(buffer, isForCpu);
      const [first] = buffer.attachments.copy();
      if (first?.isMapped.get() === true) syncTable(buffer, first, direction, isForCpu);
    }),
  }),
  fault({
    id: 'heap-016-no-kernel-mapping',
    mistake: 'a bracket forgets the mapping in the kernel',
    breaks: ['HEAP-016'],
    install: bracketing((buffer, direction, isForCpu) => {
      for (const own of buffer.attachments.copy()) {
        if (own.isMapped.get()) syncTable(buffer, own, direction, isForCpu);
      }
    }),
  }),
  fault({
    id: 'heap-016-end-does-nothing',
    mistake: 'the end of a bracket does nothing',
    breaks: ['HEAP-016'],
    install: (types) => ({
      CmaHeapBuffer: class extends types.CmaHeapBuffer {
        override *endCpuAccess(): KernelTask<number> {
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'heap-017-waits-inside',
    mistake: 'a bracket takes the reservation lock under the mutex of the buffer',
    breaks: ['HEAP-017'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *beginCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield* this.lock.acquire();
          yield* buffer.resv.acquire();
          yield* buffer.resv.release();
          this.lock.release();
          return yield* super.beginCpuAccess(buffer, direction);
        }
      },
    }),
  }),
  fault({
    id: 'heap-017-attaches-unlocked',
    mistake: 'a device joins the list of a buffer without its mutex',
    breaks: ['HEAP-017'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *attach(buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
          const error = yield* super.attach(buffer, attachment);
          if (error !== 0) return error;
          const own = this.ownOf(attachment);
          this.attachments.remove(own);
          this.attachments.push(own);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'heap-017-detaches-unlocked',
    mistake: 'a device leaves the list of a buffer without its mutex',
    breaks: ['HEAP-017'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *detach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<void> {
          const own = this.ownOf(attachment);
          this.attachments.remove(own);
          this.world.memory.free(own.table);
          this.world.memory.free(own);
        }
      },
    }),
  }),
  fault({
    id: 'heap-019-end-needs-begin',
    mistake: 'the end of a bracket that never began is refused',
    breaks: ['HEAP-019'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        private readonly hasBegun = new PlainWord<boolean>(this, 'hasBegun', false, 'full');

        override *beginCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          this.hasBegun.set(true);
          return yield* super.beginCpuAccess(buffer, direction);
        }

        override *endCpuAccess(buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          return this.hasBegun.get() ? yield* super.endCpuAccess(buffer, direction) : -EINVAL;
        }

        override visitState(visit: StateVisitor): void {
          super.visitState(visit);
          visit('hasBegun', this.hasBegun.value);
        }
      },
    }),
  }),
  fault({
    id: 'heap-016-marked-before-it-is-mapped',
    mistake: 'an attachment counts as mapped before it is, and where that fails, too',
    breaks: ['HEAP-016'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *map(
          attachment: DmaBufAttachment,
          direction: DmaDirection,
        ): KernelTask<SgTable | number | null> {
          yield* this.mark(this.ownOf(attachment), true, direction);
          return yield* super.map(attachment, direction);
        }
      },
    }),
  }),
  fault({
    id: 'heap-017-keeps-the-mutex',
    mistake: 'a kernel mapping without memory leaves the mutex held',
    breaks: ['HEAP-017'],
    install: (types) => ({
      SystemHeapBuffer: class extends types.SystemHeapBuffer {
        override *vmap(): KernelTask<KernelMapping | number> {
          const mapping = yield* super.vmap();
          if (typeof mapping === 'number') yield* this.lock.acquire();
          return mapping;
        }
      },
    }),
  }),
];
