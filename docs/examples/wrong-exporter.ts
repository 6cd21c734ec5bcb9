import {
  DMA_RESV_USAGE_KERNEL,
  type DriverKernel,
  EBUSY,
  type Engine,
  ENOMEM,
  Exporter,
  type KernelTask,
  type SgTable,
  type Storage,
} from '../../properties/index.ts';

/** The same memory, with four mistakes. */
export class HastyVram extends Exporter {
  private readonly blitter: Engine;
  private isPinned = false;
  private table: SgTable | null = null;
  private readonly tables: SgTable[] = [];

  constructor(kernel: DriverKernel, bytes: number) {
    super(kernel, bytes);
    this.blitter = kernel.engine('blitter');
  }

  override *open(): KernelTask<number> {
    const storage = yield* this.kernel.allocate(this.bytes);
    if (storage === null) return -ENOMEM;
    this.settle(storage);
    return 0;
  }

  override *pin(): KernelTask<number> {
    this.isPinned = true;
    yield* this.kernel.wait(this.buffer, DMA_RESV_USAGE_KERNEL);
    return 0;
  }

  override *unpin(): KernelTask<void> {
    // Mistake 1: one unpin counts for all pins, and the storage moves below the others.
    this.isPinned = false;
  }

  *map(): KernelTask<SgTable | null> {
    // Mistake 2: two devices get one table.
    if (this.table !== null) return this.table;
    this.table = yield* this.kernel.table(this.storage);
    if (this.table !== null) this.tables.push(this.table);
    return this.table;
  }

  *unmap(): KernelTask<void> {}

  override *move(): KernelTask<number> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    const error = yield* this.moveLocked();
    yield* resv.release();
    return error;
  }

  private *moveLocked(): KernelTask<number> {
    const { buffer, kernel, storage: old } = this;
    if (this.isPinned) return -EBUSY;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    const next = yield* kernel.allocate(this.bytes);
    if (next === null) return -ENOMEM;
    // Mistake 3: nobody is told.
    this.settle(next);
    this.table = null;
    // Mistake 4: the blitter does not wait for those who still use the old place.
    const copied = yield* this.blitter.submit({
      after: [],
      work: () => this.carryOver(old, next),
    });
    yield* buffer.resv.addFence(copied, DMA_RESV_USAGE_KERNEL);
    yield* copied.put();
    return 0;
  }

  private *carryOver(old: Storage, next: Storage): KernelTask<void> {
    yield* next.copyFrom(old);
    yield* old.free();
  }

  *release(): KernelTask<void> {
    yield* this.idle();
    for (const table of this.tables) this.kernel.free(table);
    yield* this.storage.free();
  }
}
