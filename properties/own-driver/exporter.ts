import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { DmaBufOps, DmaDirection, KernelMapping } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import { DMA_RESV_USAGE_BOOKKEEP } from '../../impl/dma-buf/resv-usage.ts';
import type { SgTable } from '../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';
import type { MapBacking, MapRequest } from '../../impl/uapi/mapping.ts';
import { O_RDWR } from '../../impl/uapi/file.ts';
import { Driver } from './driver.ts';
import type { DriverKernel } from './driver-kernel.ts';
import type { Storage } from './storage.ts';

/**
 * An exporter under check: one object for each buffer. `map`, `unmap` and `release` are
 * obligatory; a class that has `pin` and `unpin` is a dynamic exporter and may have `move`.
 * Everything is a generator: `yield*` marks the calls during which others may run.
 */
export abstract class Exporter extends Driver {
  /** Unit: bytes. */
  readonly bytes: number;
  /** The core keeps the first mapping of each attachment. */
  readonly cacheSgtMapping: boolean = false;
  private exported: DmaBuf | null = null;
  /** Under the reservation lock, once the buffer is exported. */
  private readonly home: PlainWord<Storage | null>;

  constructor(kernel: DriverKernel, bytes: number) {
    super(kernel, 'exporter');
    kernel.named(this, 'exporter');
    this.bytes = bytes;
    this.home = new PlainWord<Storage | null>(this, 'home', null);
  }

  /** Finds storage before the buffer is exported: 0, or a negative error. */
  open?(): KernelTask<number>;

  /** A table, null for "no memory", or a negative error. With the reservation lock. */
  abstract map(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number | null>;

  /** With the reservation lock. */
  abstract unmap(
    attachment: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void>;

  /**
   * The last reference is gone, or the export failed: gives everything back. Without the
   * reservation lock; may sleep.
   */
  abstract release(): KernelTask<void>;

  /** Refuses devices that cannot reach the storage. Without the reservation lock. */
  attach?(attachment: DmaBufAttachment): KernelTask<number>;
  /** Without the reservation lock. */
  detach?(attachment: DmaBufAttachment): KernelTask<void>;
  /** Keeps the storage where it is. With the reservation lock. */
  pin?(attachment: DmaBufAttachment): KernelTask<number>;
  /** With the reservation lock. */
  unpin?(attachment: DmaBufAttachment): KernelTask<void>;
  /** Without the reservation lock. */
  beginCpuAccess?(direction: DmaDirection): KernelTask<number>;
  /** Without the reservation lock. */
  endCpuAccess?(direction: DmaDirection): KernelTask<number>;
  /** Without the reservation lock. */
  mmap?(request: MapRequest): KernelTask<MapBacking | number>;
  /** With the reservation lock. */
  vmap?(): KernelTask<KernelMapping | number>;
  /** With the reservation lock. */
  vunmap?(mapping: KernelMapping): KernelTask<void>;

  /**
   * Moves the storage, as eviction does: 0, or a negative error such as -EBUSY while it is pinned.
   * Without the reservation lock, which it has to take.
   */
  move?(): KernelTask<number>;

  /** The buffer, from its export on. */
  get buffer(): DmaBuf {
    return this.exported ?? this.world.fault('bug', `${this.label} is not exported yet`, this);
  }

  /** Where the content is. With the reservation lock, if it can move. */
  get storage(): Storage {
    const storage = this.home.get();
    return storage ?? this.world.fault('bug', `${this.label} has not settled anywhere`, this);
  }

  /** For judges and state keys; never for drivers. */
  hasSettledIn(storage: Storage): boolean {
    return this.home.value === storage;
  }

  /** Nobody uses the storage any more. At once, where the buffer was not exported. */
  protected *idle(): KernelTask<void> {
    if (this.exported !== null) yield* this.kernel.wait(this.exported, DMA_RESV_USAGE_BOOKKEEP);
  }

  /** The content is here from now on. With the reservation lock, once the buffer is exported. */
  protected settle(storage: Storage): void {
    const isMove = !this.home.isNull();
    this.home.set(storage);
    if (!isMove || this.exported === null) return;
    for (const attachment of this.exported.attachments.value) attachment.tell('relocate');
  }

  /** Exports the buffer, or gives the error. */
  *export(): KernelTask<DmaBuf | number> {
    const error = this.open === undefined ? 0 : yield* this.open();
    if (error !== 0) {
      this.world.memory.free(this);
      return error;
    }
    const buffer = yield* this.kernel.stack.buffers.export({
      exporterName: this.constructor.name,
      owner: null,
      ops: opsOf(this),
      size: this.bytes,
      flags: O_RDWR,
      resv: null,
      priv: this,
    });
    if (typeof buffer === 'number') yield* this.retire();
    if (typeof buffer === 'number') return buffer;
    this.exported = buffer;
    this.kernel.named(buffer.resv, 'resv');
    this.kernel.named(buffer.file, 'file');
    return buffer;
  }

  /** The driver gives its things back, and is gone. */
  *retire(): KernelTask<void> {
    yield* this.release();
    this.world.memory.free(this);
  }
}

type Optional = Omit<Required<DmaBufOps>, 'cacheSgtMapping' | 'map' | 'unmap' | 'release'>;

/** The exporter as the core calls it: operations that the class lacks are not there. */
function opsOf(exporter: Exporter): DmaBufOps {
  const optional: Optional = {
    attach: (_buffer, attachment) => exporter.attach?.(attachment) ?? zero(),
    detach: (_buffer, attachment) => exporter.detach?.(attachment) ?? nothing(),
    pin: (attachment) => exporter.pin?.(attachment) ?? zero(),
    unpin: (attachment) => exporter.unpin?.(attachment) ?? nothing(),
    beginCpuAccess: (_buffer, direction) => exporter.beginCpuAccess?.(direction) ?? zero(),
    endCpuAccess: (_buffer, direction) => exporter.endCpuAccess?.(direction) ?? zero(),
    mmap: (_buffer, request) => exporter.mmap?.(request) ?? zero(),
    vmap: () => exporter.vmap?.() ?? zero(),
    vunmap: (_buffer, mapping) => exporter.vunmap?.(mapping) ?? nothing(),
  };
  const offered = Object.entries(optional).filter(([name]) => name in exporter);
  return {
    cacheSgtMapping: exporter.cacheSgtMapping,
    map: (attachment, direction) => exporter.map(attachment, direction),
    unmap: (attachment, table, direction) => exporter.unmap(attachment, table, direction),
    release: () => exporter.retire(),
    ...Object.fromEntries(offered),
  };
}

function* zero(): KernelTask<number> {
  return 0;
}

function* nothing(): KernelTask<void> {}
