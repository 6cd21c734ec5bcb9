import type { DmaBufOps } from '../../../impl/dma-buf/dma-buf-ops.ts';
import { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import { PageMapping, type PageLookup, VmapArea } from '../../../impl/exporters/page-mapping.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { Cell } from '../../../impl/kernel/cell.ts';
import { EBUSY } from '../../../impl/kernel/errno.ts';
import { KernelObject } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import { PAGE_SIZE, Pages } from '../../../impl/uapi/pages.ts';

/** A page, and the exporter of it. */
export class Storage extends KernelObject {
  private readonly page: PageLookup;
  /** Each operation takes a step of its own. */
  private readonly state: Cell;

  constructor(stack: Stack) {
    super(stack.world, 'storage');
    this.isStatic = true;
    this.state = new Cell(this, 'state', 0);
    const pages = new Pages(stack.world);
    pages.isStatic = true;
    this.page = (index) => (index === 0 ? { pages, index } : null);
  }

  /**
   * Its operations. `isRefusing` says at each call whether it is refused; a deaf one does not want
   * to hear of the end of a kernel mapping.
   */
  ops(isRefusing: () => boolean, isDeaf: boolean): DmaBufOps {
    const { world, page, state } = this;
    const answer = function* (): KernelTask<number> {
      yield* state.read();
      return isRefusing() ? -EBUSY : 0;
    };
    const give = function* <T>(make: () => T): KernelTask<T | number> {
      yield* state.read();
      return isRefusing() ? -EBUSY : make();
    };
    const hear = function* (gone: KernelObject | null): KernelTask<void> {
      yield* state.read();
      if (gone !== null) world.memory.free(gone);
    };
    const segment = { dmaAddress: PAGE_SIZE, length: PAGE_SIZE };
    return {
      attach: answer,
      detach: () => hear(null),
      pin: answer,
      unpin: () => hear(null),
      map: () => give(() => new SgTable(world, [segment])),
      unmap: (_attachment, table) => hear(table),
      release: () => hear(null),
      beginCpuAccess: answer,
      endCpuAccess: answer,
      mmap: () => give(() => new PageMapping(page)),
      vmap: () => give(() => new VmapArea(this, page)),
      ...(isDeaf ? {} : { vunmap: (_buffer, area) => hear(area) }),
    };
  }

  visitState(): void {}
}
