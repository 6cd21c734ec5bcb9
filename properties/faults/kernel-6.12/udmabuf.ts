import type { DmaDirection, KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { VmapArea } from '../../../impl/exporters/page-mapping.ts';
import { Access, type KernelTask } from '../../../impl/kernel/access.ts';
import { type Fault, fault } from '../fault.ts';

/** What 6.12 does about buffers of memory files. */
export const UDMABUF_KERNEL_FAULTS: readonly Fault[] = [
  fault({
    id: 'KERN-UDMABUF-01',
    mistake: 'the first brackets look for a table, make one and store it without a lock',
    breaks: ['UDMABUF-015'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *beginCpuAccess(_buffer: DmaBuf, direction: DmaDirection): KernelTask<number> {
          yield new Access('read', 'plain', this, 'table', 'look at');
          let table = this.table.get();
          if (table === null) {
            const made = yield* this.makeTable(direction);
            if (typeof made === 'number') return made;
            yield new Access('write', 'plain', this, 'table', 'store');
            this.table.set(made);
            this.tableDirection.set(direction);
            table = made;
          }
          this.stack.dmaSync.forCpu(table, direction);
          return 0;
        }
      },
    }),
  }),
  fault({
    id: 'KERN-UDMABUF-02',
    mistake: 'a kernel mapping takes the head of a large folio for each page in it',
    breaks: ['UDMABUF-014'],
    install: (types) => ({
      Udmabuf: class extends types.Udmabuf {
        override *vmap(): KernelTask<KernelMapping | number> {
          const mapping = yield* super.vmap();
          if (typeof mapping === 'number') return mapping;
          this.world.memory.free(mapping);
          return new VmapArea(this, (number) => {
            const page = this.pageAt(number);
            if (page === null) return null;
            const { pages, index } = page;
            return { pages, index: index - (index % pages.folioPages) };
          });
        }
      },
    }),
  }),
];
