import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  type DmaBufAttachment,
  type DriverKernel,
  EBUSY,
  type Engine,
  ENOMEM,
  Exporter,
  type KernelTask,
  type SgTable,
  type Storage,
} from '../../properties/index.ts';

/** Buffers in the memory of a graphics card. Storage moves when others need the place. */
export class Vram extends Exporter {
  /** Copies content from place to place. */
  private readonly blitter: Engine;
  /** Under the reservation lock. */
  private pins = 0;

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
    this.pins += 1;
    // A move may be under way: who pins wants the content in its place.
    yield* this.kernel.wait(this.buffer, DMA_RESV_USAGE_KERNEL);
    return 0;
  }

  override *unpin(): KernelTask<void> {
    this.pins -= 1;
  }

  *map(): KernelTask<SgTable | null> {
    return yield* this.kernel.table(this.storage);
  }

  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.kernel.free(table);
  }

  override *move(): KernelTask<number> {
    const { resv } = this.buffer;
    yield* resv.acquire();
    const error = yield* this.moveLocked();
    yield* resv.release();
    return error;
  }

  private *moveLocked(): KernelTask<number> {
    const { buffer, kernel, storage: old } = this;
    if (this.pins > 0) return -EBUSY;
    const error = yield* buffer.resv.reserveFences(1);
    if (error !== 0) return error;
    const next = yield* kernel.allocate(this.bytes);
    if (next === null) return -ENOMEM;
    const users = yield* kernel.fences(buffer, DMA_RESV_USAGE_BOOKKEEP);
    if (typeof users === 'number') {
      yield* next.free();
      return users;
    }
    yield* kernel.attachments.moveNotify(buffer);
    this.settle(next);
    // Whoever uses the old place is waited for; whoever comes now waits for the copy.
    const copied = yield* this.blitter.submit({
      after: users,
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
    yield* this.storage.free();
  }
}
