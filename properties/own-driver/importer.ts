import type { DmaBufAttachment } from '../../impl/dma-buf/dma-buf-attachment.ts';
import type { ImporterOps } from '../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { Driver } from './driver.ts';
import type { DriverKernel } from './driver-kernel.ts';

/** How an importer attaches. */
export interface AttachOptions {
  /** Its device can reach storage that has no ordinary pages. Default: no. */
  readonly allowPeer2peer?: boolean;
}

/**
 * An importer under check: one object for each buffer that its device uses. A class that has
 * `moveNotify` is a dynamic importer. Everything is a generator: `yield*` marks the calls during
 * which others may run.
 */
export abstract class Importer extends Driver {
  /** The buffer; it outlives the importer. */
  readonly buffer: DmaBuf;
  private attached: DmaBufAttachment | null = null;

  constructor(kernel: DriverKernel, buffer: DmaBuf) {
    super(kernel, 'importer');
    this.buffer = buffer;
  }

  /** Begins to use the buffer: 0, or a negative error. It attaches; more is up to the class. */
  *open(): KernelTask<number> {
    return yield* this.attach();
  }

  /**
   * One job of the device: finds out where the content is, lets the device `read` or `write` it,
   * and says so in the reservation. 0, or a negative error.
   */
  abstract job(access: 'read' | 'write'): KernelTask<number>;

  /** Ends the use: gives back what it has mapped, and detaches. Jobs may still be under way. */
  abstract close(): KernelTask<void>;

  /** The storage is about to move. With the reservation lock. */
  moveNotify?(attachment: DmaBufAttachment): KernelTask<void>;

  /** From `attach` to `detach`. */
  protected get attachment(): DmaBufAttachment {
    return this.attached ?? this.world.fault('bug', `${this.label} is not attached`, this);
  }

  protected *attach({ allowPeer2peer = false }: AttachOptions = {}): KernelTask<number> {
    const ops: ImporterOps = {
      allowPeer2peer,
      moveNotify: (attachment) => this.moveNotify?.(attachment) ?? nothing(),
    };
    const importer = this.moveNotify === undefined ? null : { ops, priv: this };
    const device = { name: this.constructor.name };
    const made = yield* this.kernel.attachments.dynamicAttach(this.buffer, device, importer);
    if (typeof made === 'number') return made;
    this.attached = this.kernel.named(made, 'attachment');
    return 0;
  }

  protected *detach(): KernelTask<void> {
    yield* this.kernel.attachments.detach(this.buffer, this.attachment);
    this.attached = null;
  }
}

function* nothing(): KernelTask<void> {}
