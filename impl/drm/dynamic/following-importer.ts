import type { Device, DmaBufAttachment } from '../../dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL, DMA_FROM_DEVICE, DMA_TO_DEVICE } from '../../dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../dma-buf/dma-buf.ts';
import type { DmaFence } from '../../dma-buf/dma-fence.ts';
import type { DmaResv } from '../../dma-buf/dma-resv.ts';
import {
  DMA_RESV_USAGE_BOOKKEEP,
  DMA_RESV_USAGE_KERNEL,
  DMA_RESV_USAGE_READ,
  DMA_RESV_USAGE_WRITE,
  type ResvUsage,
} from '../../dma-buf/resv-usage.ts';
import type { KernelTask } from '../../kernel/access.ts';
import { Cell } from '../../kernel/cell.ts';
import { EINVAL } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { Stack } from '../../stack.ts';
import type { DrmExec } from '../exec/drm-exec.ts';
import { initExec } from '../exec/drm-execs.ts';
import type { ExecObject } from '../exec/exec-object.ts';
import { BackingTable } from './backing.ts';
import type { JobQueue } from './job-queue.ts';

/** What an importer is like, and what stands around it. */
export interface FollowingOptions {
  readonly device: Device;
  readonly buffer: DmaBuf;
  /** The root of its address space: its reservation covers the page table. */
  readonly root: ExecObject;
  readonly queue: JobQueue;
  /** Its device can reach memory of others. */
  readonly allowPeer2peer: boolean;
}

/** One use of the buffer by its device. */
export interface DeviceJob {
  /** What it writes; null: it reads. */
  readonly writes: number | null;
  /** Userspace sees to the order of jobs: only moves are waited for. */
  readonly isExplicit: boolean;
}

/**
 * An importer with page tables of its own that follows moves: it keeps its mapping until it hears
 * of one, and then finds out anew where the content is, before the next job.
 */
export class FollowingImporter extends KernelObject implements ExecObject {
  readonly stack: Stack;
  protected readonly options: FollowingOptions;
  /** What it has mapped. Under the buffer's reservation lock. */
  readonly table: PlainWord<BackingTable | null>;
  /** The table shows where the content is. Under the buffer's reservation lock. */
  readonly isValid: PlainWord<boolean>;
  /** Of the last job. Under the buffer's reservation lock. */
  private readonly last: PlainWord<DmaFence | null>;
  /** What the page table leads to. Under the root's reservation lock. */
  readonly entry: PlainWord<BackingTable | null>;
  /** What its device has read last. */
  readonly seen: Cell;
  protected readonly attachment: PlainWord<DmaBufAttachment | null>;

  constructor(stack: Stack, options: FollowingOptions) {
    super(stack.world, 'followingImporter');
    this.stack = stack;
    this.options = options;
    this.table = new PlainWord<BackingTable | null>(this, 'table', null);
    this.isValid = new PlainWord<boolean>(this, 'isValid', false);
    this.last = new PlainWord<DmaFence | null>(this, 'last', null);
    this.entry = new PlainWord<BackingTable | null>(this, 'entry', null);
    this.seen = new Cell(this, 'seen', 0, 'full');
    this.attachment = new PlainWord<DmaBufAttachment | null>(this, 'attachment', null);
  }

  get buffer(): DmaBuf {
    return this.options.buffer;
  }

  get root(): ExecObject {
    return this.options.root;
  }

  /** It is locked together with the root. */
  get resv(): DmaResv {
    return this.options.buffer.resv;
  }

  *get(): KernelTask<void> {
    yield* this.options.buffer.file.get();
  }

  *put(): KernelTask<void> {
    yield* this.options.buffer.file.put();
  }

  /** From here on it can hear of moves, before the call is back. @rule DYN-011 */
  *open(): KernelTask<number> {
    const { allowPeer2peer, buffer, device } = this.options;
    const ops = {
      allowPeer2peer,
      moveNotify: (attachment: DmaBufAttachment) => this.moveNotify(attachment),
    };
    const { bufferAttachments } = this.stack;
    const made = yield* bufferAttachments.dynamicAttach(buffer, device, { ops, priv: this });
    if (typeof made === 'number') return made;
    this.attachment.set(made);
    return 0;
  }

  /**
   * The storage is about to move. No job begins with the mapping any more; those that run may use it.
   * The page table is changed now if it can be locked, and else before the next job.
   *
   * @kernel amdgpu_dma_buf_move_notify
   * @rule DYN-007
   * @rule DYN-013
   */
  protected *moveNotify(_attachment: DmaBufAttachment): KernelTask<void> {
    this.isValid.set(false);
    const { resv } = this.options.root;
    if (!(yield* this.lockRoot(resv))) return;
    this.entry.set(null);
    yield* resv.release();
  }

  /** Whoever holds it may wait for the buffer, which is locked here: it is tried, and no more. */
  protected *lockRoot(resv: DmaResv): KernelTask<boolean> {
    return yield* resv.tryAcquire();
  }

  /** Lets the device do a job: 0, or a negative error. */
  *job(job: DeviceJob): KernelTask<number> {
    const exec = yield* initExec(this.stack, 0, 2);
    const error = yield* this.lockBoth(exec);
    const done = error === 0 ? yield* this.jobLocked(job) : error;
    yield* exec.fini();
    return done;
  }

  private *lockBoth(exec: DrmExec): KernelTask<number> {
    while (yield* exec.cleanup()) {
      const error = yield* exec.prepareArray([this.options.root, this], 1);
      if (error !== 0 && exec.contended.isNull()) return error;
    }
    return 0;
  }

  protected *jobLocked(job: DeviceJob): KernelTask<number> {
    const error = this.isValid.get() ? 0 : yield* this.revalidate();
    if (error !== 0) return error;
    // A move may have used the place that was reserved before.
    const full = yield* this.resv.reserveFences(1);
    if (full !== 0) return full;
    const table = this.entry.get();
    const attachment = this.attachment.get();
    if (table === null || attachment === null) return -EINVAL;
    const after = yield* this.before(job);
    if (typeof after === 'number') return after;
    const done = yield* this.options.queue.submit({
      after,
      work: () => this.access(attachment, table, job.writes),
    });
    yield* this.announce(done, job);
    const last = this.last.get();
    this.last.set(done);
    if (last !== null) yield* last.put();
    return 0;
  }

  /** Finds out where the content is, with both locks. @rule DYN-007 */
  protected *revalidate(): KernelTask<number> {
    yield* this.drop();
    const attachment = this.attachment.get();
    if (attachment === null) return -EINVAL;
    const table = yield* this.stack.bufferAttachments.map(attachment, DMA_BIDIRECTIONAL);
    if (typeof table === 'number') return table;
    if (!(table instanceof BackingTable)) return -EINVAL;
    this.table.set(table);
    this.entry.set(table);
    this.isValid.set(true);
    return 0;
  }

  /** Moves are waited for in any case; others, if nobody else sees to the order. @rule DYN-008 */
  protected *before(job: DeviceJob): KernelTask<readonly DmaFence[] | number> {
    const { resv } = this;
    const usage = job.isExplicit ? DMA_RESV_USAGE_KERNEL : resv.usageRw(job.writes !== null);
    return yield* this.stack.resvQueries.getFences(resv, usage);
  }

  /** Whoever moves the buffer must know of the job. @rule DYN-008 */
  protected *announce(done: DmaFence, job: DeviceJob): KernelTask<void> {
    yield* this.resv.addFence(done, this.usageOf(job));
  }

  private usageOf({ isExplicit, writes }: DeviceJob): ResvUsage {
    if (isExplicit) return DMA_RESV_USAGE_BOOKKEEP;
    return writes === null ? DMA_RESV_USAGE_READ : DMA_RESV_USAGE_WRITE;
  }

  /** What the device does. */
  private *access(
    attachment: DmaBufAttachment,
    table: BackingTable,
    writes: number | null,
  ): KernelTask<void> {
    const { backing } = table;
    if (writes === null) yield* this.seen.write(yield* backing.deviceRead());
    else yield* backing.deviceWrite(writes);
    attachment.tell('access', writes === null ? DMA_TO_DEVICE : DMA_FROM_DEVICE, table);
  }

  /** The device must be done with the mapping. With the buffer's reservation lock. */
  protected *drop(): KernelTask<void> {
    const last = this.last.get();
    if (last !== null) {
      yield* last.wait(false);
      yield* last.put();
      this.last.set(null);
    }
    const table = this.table.get();
    const attachment = this.attachment.get();
    if (table === null || attachment === null) return;
    this.isValid.set(false);
    this.table.set(null);
    yield* this.stack.bufferAttachments.unmap(attachment, table, DMA_BIDIRECTIONAL);
  }

  /** Ends the use. Behind it nothing is heard of moves any more. @rule DYN-012 */
  *close(): KernelTask<void> {
    const { buffer } = this.options;
    yield* buffer.resv.acquire();
    yield* this.drop();
    yield* buffer.resv.release();
    yield* this.stack.bufferAttachments.detach(buffer, this.attachment.get());
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('table', this.table.value);
    visit('isValid', this.isValid.value);
    visit('last', this.last.value);
    visit('entry', this.entry.value);
    visit('seen', this.seen.value);
    visit('attachment', this.attachment.value);
  }
}
