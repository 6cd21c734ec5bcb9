import type { Device, DmaBufAttachment } from '../../dma-buf/dma-buf-attachment.ts';
import type { DmaBufOps } from '../../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../dma-buf/dma-buf.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import { DMA_RESV_USAGE_BOOKKEEP, DMA_RESV_USAGE_KERNEL } from '../../dma-buf/resv-usage.ts';
import type { SgTable } from '../../dma-buf/sg-table.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/clock.ts';
import { EBUSY, EDEADLK, EINVAL, ENOMEM, EOPNOTSUPP } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { WwAcquireContext } from '../../kernel/ww-context.ts';
import type { Stack } from '../../stack.ts';
import { PAGE_SIZE } from '../../uapi/pages.ts';
import { Backing, BackingTable, type MemoryPlace } from './backing.ts';
import type { JobQueue } from './job-queue.ts';

/** What an object is like, and what stands around it. */
export interface MovableOptions {
  readonly device: Device;
  /** Where it can be at all, and where it is in the beginning. */
  readonly places: readonly MemoryPlace[];
  readonly at: MemoryPlace;
  /** What copies its content. */
  readonly queue: JobQueue;
  /** Devices that reach the device's own memory over the bus. */
  readonly peers: readonly string[];
}

/**
 * A buffer object of a GPU with memory of its own, and the exporter of it: what it holds moves
 * between places, below those who use it.
 */
export class MovableObject extends KernelObject implements DmaBufOps {
  readonly stack: Stack;
  readonly resv: DmaResv;
  protected readonly options: MovableOptions;
  /** Where it is. Under the reservation lock, as the following. */
  readonly backing: PlainWord<Backing>;
  /** How many want it to stay where it is. */
  readonly pins: PlainWord<number>;
  protected readonly buffer: PlainWord<DmaBuf | null>;

  constructor(stack: Stack, options: MovableOptions) {
    super(stack.world, 'movableObject');
    this.stack = stack;
    this.options = options;
    this.resv = new stack.types.DmaResv(stack);
    this.backing = new PlainWord(this, 'backing', new Backing(this.world, options.at, PAGE_SIZE));
    this.pins = new PlainWord<number>(this, 'pins', 0);
    this.buffer = new PlainWord<DmaBuf | null>(this, 'buffer', null);
  }

  /** Its buffer now belongs to whoever gets it. */
  exported(buffer: DmaBuf): void {
    this.buffer.set(buffer);
  }

  /**
   * Devices reach memory of other devices only over a route between them; the others must be
   * content with system memory.
   *
   * @kernel amdgpu_dma_buf_attach, xe_dma_buf_attach
   * @rule DYN-009
   */
  *attach(_buffer: DmaBuf, attachment: DmaBufAttachment): KernelTask<number> {
    if (!this.isReached(attachment.device)) attachment.peer2peer.set(false);
    const isPeer = attachment.peer2peer.get();
    return isPeer || this.canBeIn('system') ? 0 : -EOPNOTSUPP;
  }

  protected isReached({ name }: Device): boolean {
    return this.options.peers.includes(name);
  }

  protected canBeIn(place: MemoryPlace): boolean {
    return this.options.places.includes(place);
  }

  protected get place(): MemoryPlace {
    return this.backing.ask(({ place }) => place);
  }

  /**
   * Keeps it in system memory, which every device reaches.
   *
   * @kernel amdgpu_dma_buf_pin, xe_dma_buf_pin
   * @rule DYN-010
   */
  *pin(): KernelTask<number> {
    if (!this.canBeIn('system') || (this.isPinned && this.place !== 'system')) return -EINVAL;
    const error = yield* this.moveTo('system');
    if (error !== 0) return error;
    this.pins.change((pins) => pins + 1);
    // The content may be on its way.
    yield* this.resv.waitTimeout(DMA_RESV_USAGE_KERNEL, false, MAX_SCHEDULE_TIMEOUT);
    return 0;
  }

  *unpin(): KernelTask<void> {
    this.pins.change((pins) => pins - 1);
  }

  /** The driver's own: a display shows it from where it is. @kernel amdgpu_bo_pin */
  *pinHere(): KernelTask<void> {
    yield* this.resv.acquire();
    this.pins.change((pins) => pins + 1);
    yield* this.resv.release();
  }

  /** @kernel amdgpu_bo_unpin */
  *unpinHere(): KernelTask<void> {
    yield* this.resv.acquire();
    yield* this.unpin();
    yield* this.resv.release();
  }

  protected get isPinned(): boolean {
    return this.pins.ask((pins) => pins > 0);
  }

  /**
   * Goes where the device reaches it, if it may.
   *
   * @kernel amdgpu_dma_buf_map
   * @rule DYN-009
   * @rule DYN-010
   */
  *map(attachment: DmaBufAttachment): KernelTask<SgTable | number> {
    const error = this.isPinned ? this.busyInPlace() : yield* this.bringWithin(attachment);
    if (error !== 0) return error;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    return new BackingTable(this.backing.get());
  }

  protected busyInPlace(): number {
    return this.place === 'system' ? 0 : -EBUSY;
  }

  protected *bringWithin(attachment: DmaBufAttachment): KernelTask<number> {
    if (this.place === 'system' || attachment.peer2peer.get()) return 0;
    return this.canBeIn('system') ? yield* this.moveTo('system') : -EOPNOTSUPP;
  }

  *unmap(_attachment: DmaBufAttachment, table: SgTable): KernelTask<void> {
    this.world.memory.free(table);
  }

  /**
   * Moves it, as memory pressure does: 0, or a negative error, and then it is where it was.
   * `ticket`: of the transaction in which others are moved, too.
   */
  *move(place: MemoryPlace, ticket: WwAcquireContext | null): KernelTask<number> {
    const refused = yield* this.resv.acquire(ticket);
    if (refused === -EDEADLK) return refused;
    const error = yield* this.moveTo(place);
    yield* this.resv.release();
    return error;
  }

  /** With the reservation lock. @rule DYN-006 */
  protected *moveTo(place: MemoryPlace): KernelTask<number> {
    this.resv.assertHeld('a move');
    if (this.place === place) return 0;
    if (this.isPinned) return -EBUSY;
    const full = yield* this.resv.reserveFences(1);
    if (full !== 0) return full;
    const users = yield* this.users();
    if (typeof users === 'number') return users;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) {
      for (const fence of users) yield* fence.put();
      return -ENOMEM;
    }
    yield* this.notify();
    yield* this.relocate(new Backing(this.world, place, PAGE_SIZE), users);
    return 0;
  }

  /** Whoever uses the old place must be done before it is read the last time. @rule DYN-007 */
  protected *users(): KernelTask<readonly DmaFence[] | number> {
    return yield* this.stack.resvQueries.getFences(this.resv, DMA_RESV_USAGE_BOOKKEEP);
  }

  /** Importers hear of it before anything is elsewhere. @rule DYN-006 */
  protected *notify(): KernelTask<void> {
    const buffer = this.buffer.get();
    if (buffer !== null) yield* this.stack.bufferAttachments.moveNotify(buffer);
  }

  /** The content follows by itself; the old place is free once it has gone. @rule DYN-007 */
  protected *relocate(next: Backing, users: readonly DmaFence[]): KernelTask<void> {
    const { queue } = this.options;
    const old = this.backing.get();
    this.backing.set(next);
    for (const attachment of this.buffer.get()?.attachments.copy() ?? []) {
      attachment.tell('relocate');
    }
    const moved = yield* queue.submit({ after: users, work: () => this.carryOver(old, next) });
    yield* this.resv.addFence(moved, DMA_RESV_USAGE_KERNEL);
    yield* moved.put();
  }

  protected *carryOver(old: Backing, next: Backing): KernelTask<void> {
    yield* next.deviceWrite(yield* old.deviceRead());
    this.world.memory.free(old);
  }

  /** The buffer is gone; devices may still be at it. */
  *release(): KernelTask<void> {
    const { memory } = this.world;
    yield* this.resv.waitTimeout(DMA_RESV_USAGE_BOOKKEEP, false, MAX_SCHEDULE_TIMEOUT);
    memory.free(this.backing.get());
    yield* this.resv.fini();
    memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('resv', this.resv);
    visit('backing', this.backing.value);
    visit('pins', this.pins.value);
    visit('buffer', this.buffer.value);
  }
}
