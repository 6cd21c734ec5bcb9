import type { DmaBufOps, DmaDirection, KernelMapping } from '../../impl/dma-buf/dma-buf-ops.ts';
import {
  DMA_BIDIRECTIONAL,
  DMA_FROM_DEVICE,
  DMA_TO_DEVICE,
} from '../../impl/dma-buf/dma-buf-ops.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Stack } from '../../impl/stack.ts';
import type { MapBacking } from '../../impl/uapi/mapping.ts';

/** The CPU has nothing of the byte in its cache. */
const EMPTY = -1;

/** The kernel's own view of the byte. */
class CachedArea extends KernelObject implements KernelMapping {
  private readonly page: CachedPage;

  constructor(page: CachedPage) {
    super(page.world, 'cachedArea');
    this.page = page;
  }

  *readByte(): KernelTask<number> {
    return yield* this.page.load();
  }

  *writeByte(_offset: number, byte: number): KernelTask<void> {
    yield* this.page.store(byte);
  }

  visitState(): void {}
}

/**
 * Storage on a machine on which the caches of the CPU and devices do not agree by themselves: one
 * byte of memory, which devices see, and a line of cache, which the CPU sees. An exporter that does
 * what brackets ask for, and nothing more.
 */
export class CachedPage extends KernelObject {
  private readonly memory: Cell;
  private readonly line: Cell;
  private readonly isDirty: Cell;

  constructor(stack: Stack) {
    super(stack.world, 'cachedPage');
    this.isStatic = true;
    this.memory = new Cell(this, 'memory', 0);
    this.line = new Cell(this, 'line', EMPTY);
    this.isDirty = new Cell(this, 'isDirty', 0);
  }

  /** By the CPU: what it has seen once, it does not look at again. */
  *load(): KernelTask<number> {
    const known = yield* this.line.read();
    if (known !== EMPTY) return known;
    const byte = yield* this.memory.read();
    yield* this.line.write(byte);
    return byte;
  }

  *store(byte: number): KernelTask<void> {
    yield* this.line.write(byte);
    yield* this.isDirty.write(1);
  }

  *deviceLoad(): KernelTask<number> {
    return yield* this.memory.read();
  }

  *deviceStore(byte: number): KernelTask<void> {
    yield* this.memory.write(byte);
  }

  /** The device may have written: what the CPU has in mind is of no use. */
  private *invalidate(direction: DmaDirection): KernelTask<number> {
    if (direction !== DMA_FROM_DEVICE && direction !== DMA_BIDIRECTIONAL) return 0;
    yield* this.line.write(EMPTY);
    yield* this.isDirty.write(0);
    return 0;
  }

  /** The device is going to read what the CPU has written. */
  private *clean(direction: DmaDirection): KernelTask<number> {
    if (direction !== DMA_TO_DEVICE && direction !== DMA_BIDIRECTIONAL) return 0;
    if ((yield* this.isDirty.read()) === 0) return 0;
    yield* this.memory.write(yield* this.line.read());
    yield* this.isDirty.write(0);
    return 0;
  }

  ops(): DmaBufOps {
    const backing: MapBacking = {
      readByte: () => this.load(),
      writeByte: (_offset, byte) => this.storeFully(byte),
    };
    const { world } = this;
    const nothing = function* (): KernelTask<void> {};
    return {
      *map() {
        return null;
      },
      unmap: nothing,
      release: nothing,
      beginCpuAccess: (_buffer, direction) => this.invalidate(direction),
      endCpuAccess: (_buffer, direction) => this.clean(direction),
      *mmap() {
        return backing;
      },
      vmap: () => this.area(),
      *vunmap(_buffer, area) {
        world.memory.free(area);
      },
    };
  }

  private *area(): KernelTask<KernelMapping> {
    return new CachedArea(this);
  }

  private *storeFully(byte: number): KernelTask<boolean> {
    yield* this.store(byte);
    return true;
  }

  visitState(visit: StateVisitor): void {
    visit('memory', this.memory.value);
    visit('line', this.line.value);
    visit('isDirty', this.isDirty.value);
  }
}
