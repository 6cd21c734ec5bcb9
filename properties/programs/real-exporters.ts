import type { DmaBufExport } from '../../impl/dma-buf/dma-buf.ts';
import { DrmDevice } from '../../impl/drm/drm-device.ts';
import { VGEM } from '../../impl/drm/drm-driver.ts';
import { CMA_DEFAULT_AREA } from '../../impl/exporters/cma-heap.ts';
import { Udmabuf } from '../../impl/exporters/udmabuf.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import type { Stack } from '../../impl/stack.ts';
import { O_RDWR } from '../../impl/uapi/file.ts';
import { PAGE_SIZE, Pages } from '../../impl/uapi/pages.ts';

/** Exporters of the kernel, as programs name them. */
export const REAL_EXPORTERS = ['system', 'cma', 'udmabuf', 'vgem'] as const;

type RealExporter = (typeof REAL_EXPORTERS)[number];

const NAMES: Readonly<Record<RealExporter, string>> = {
  system: 'system',
  cma: CMA_DEFAULT_AREA,
  udmabuf: 'udmabuf',
  vgem: VGEM.exporterName,
};

/** What an exporter offers, besides the storage: its name comes with the kind. */
type Storage = Pick<DmaBufExport, 'ops' | 'priv' | 'resv'>;

/** Storage of `size` bytes, as it is offered to the core. */
export function* offerOf(
  stack: Stack,
  kind: RealExporter,
  size: number,
): KernelTask<DmaBufExport | number> {
  const storage = yield* storageOf(stack, kind, size);
  if (typeof storage === 'number') return storage;
  return { ...storage, exporterName: NAMES[kind], owner: null, size, flags: O_RDWR };
}

function* storageOf(stack: Stack, kind: RealExporter, size: number): KernelTask<Storage | number> {
  switch (kind) {
    case 'system':
    case 'cma': {
      const { SystemHeap, CmaHeap } = stack.types;
      const heap = kind === 'cma' ? new CmaHeap(stack) : new SystemHeap(stack);
      const memory = yield* heap.allocate(size);
      return typeof memory === 'number' ? memory : { ops: memory, priv: memory, resv: null };
    }
    case 'udmabuf': {
      const pages = new Pages(stack.world);
      yield* pages.pin();
      // The memory file is closed: only the buffer has its pages.
      yield* pages.put();
      const made = new Udmabuf(stack, [{ pages, first: 0, count: size / PAGE_SIZE }]);
      return { ops: made, priv: made, resv: null };
    }
    case 'vgem': {
      const object = new DrmDevice(stack, VGEM).makeObject(size, null);
      return { ops: object, priv: object, resv: object.resv };
    }
  }
}
