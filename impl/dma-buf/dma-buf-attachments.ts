import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { EBUSY, EINVAL, ENOMEM } from '../kernel/errno.ts';
import type { KernelObject } from '../kernel/object.ts';
import type { Stack } from '../stack.ts';
import { type Device, DmaBufAttachment } from './dma-buf-attachment.ts';
import {
  DMA_BIDIRECTIONAL,
  type DmaDirection,
  type ImporterOps,
  isDynamic,
} from './dma-buf-ops.ts';
import type { DmaBuf } from './dma-buf.ts';
import { DMA_RESV_USAGE_KERNEL } from './resv-usage.ts';
import type { SgTable } from './sg-table.ts';

/** What an importer that follows moves brings along. */
export interface DynamicImporter {
  readonly ops: ImporterOps;
  readonly priv: KernelObject | null;
}

/** Connecting devices with buffers, and finding the storage for them. */
export class DmaBufAttachments {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** @kernel dma_buf_attach @rule ATTACH-002 */
  *attach(buffer: DmaBuf | null, device: Device | null): KernelTask<DmaBufAttachment | number> {
    return yield* this.dynamicAttach(buffer, device, null);
  }

  /**
   * The attachment, or a negative error.
   *
   * @kernel dma_buf_dynamic_attach
   * @rule ATTACH-001
   * @rule ATTACH-003
   * @rule ATTACH-004
   */
  *dynamicAttach(
    buffer: DmaBuf | null,
    device: Device | null,
    importer: DynamicImporter | null,
  ): KernelTask<DmaBufAttachment | number> {
    const { world } = this.stack;
    world.warnOn(buffer === null || device === null, 'dma_buf_attach without buffer or device');
    if (buffer === null || device === null) return -EINVAL;
    const isDeaf = importer !== null && importer.ops.moveNotify === undefined;
    if (world.warnOn(isDeaf, 'a dynamic importer without move_notify', buffer)) return -EINVAL;
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const attachment = this.make(buffer, device, importer);
    if (buffer.ops.attach !== undefined) {
      const refused = yield* buffer.ops.attach(buffer, attachment);
      if (refused !== 0) {
        world.memory.free(attachment);
        return refused;
      }
    }
    yield* buffer.resv.acquire();
    buffer.attachments.unshift(attachment);
    yield* buffer.resv.release();
    const error = yield* this.mapAtAttach(attachment);
    if (error === 0) return attachment;
    yield* this.detach(buffer, attachment);
    return error;
  }

  protected make(
    buffer: DmaBuf,
    device: Device,
    importer: DynamicImporter | null,
  ): DmaBufAttachment {
    return new DmaBufAttachment(buffer, device, importer?.ops ?? null, importer?.priv ?? null);
  }

  /**
   * Where only one side can follow moves, the core maps once and keeps that mapping.
   *
   * @rule ATTACH-005
   * @rule ATTACH-006
   */
  protected *mapAtAttach(attachment: DmaBufAttachment): KernelTask<number> {
    const { buffer } = attachment;
    if (attachment.isDynamic === isDynamic(buffer.ops)) return 0;
    yield* buffer.resv.acquire();
    const error = yield* this.mapAtAttachLocked(attachment);
    yield* buffer.resv.release();
    return error;
  }

  private *mapAtAttachLocked(attachment: DmaBufAttachment): KernelTask<number> {
    const { ops } = attachment.buffer;
    if (ops.pin !== undefined) {
      const refused = yield* ops.pin(attachment);
      if (refused !== 0) return refused;
    }
    const table = yield* this.mapOnce(attachment, DMA_BIDIRECTIONAL);
    if (typeof table === 'number') {
      if (ops.unpin !== undefined) yield* ops.unpin(attachment);
      return table;
    }
    attachment.cached.set(table);
    attachment.cachedDirection.set(DMA_BIDIRECTIONAL);
    return 0;
  }

  /**
   * @kernel dma_buf_detach
   * @rule ATTACH-007
   * @rule ATTACH-008
   */
  *detach(buffer: DmaBuf | null, attachment: DmaBufAttachment | null): KernelTask<void> {
    const { world } = this.stack;
    const isWrong = buffer === null || attachment === null || attachment.buffer !== buffer;
    world.warnOn(isWrong, 'dma_buf_detach of what is not attached here');
    if (isWrong) return;
    yield* buffer.resv.acquire();
    const table = attachment.cached.get();
    if (table !== null) {
      yield* this.unmapOnce(attachment, table, attachment.cachedDirection.get());
      if (buffer.ops.unpin !== undefined) yield* buffer.ops.unpin(attachment);
    }
    buffer.attachments.remove(attachment);
    yield* buffer.resv.release();
    if (buffer.ops.detach !== undefined) yield* buffer.ops.detach(buffer, attachment);
    world.memory.free(attachment);
  }

  /** @kernel dma_buf_pin @rule ATTACH-012 @rule ATTACH-013 */
  *pin(attachment: DmaBufAttachment): KernelTask<number> {
    const { buffer } = attachment;
    this.stack.world.warnOn(!attachment.isDynamic, 'dma_buf_pin by a static importer', buffer);
    buffer.resv.assertHeld('dma_buf_pin');
    return buffer.ops.pin === undefined ? 0 : yield* buffer.ops.pin(attachment);
  }

  /** @kernel dma_buf_unpin @rule ATTACH-012 */
  *unpin(attachment: DmaBufAttachment): KernelTask<void> {
    const { buffer } = attachment;
    this.stack.world.warnOn(!attachment.isDynamic, 'dma_buf_unpin by a static importer', buffer);
    buffer.resv.assertHeld('dma_buf_unpin');
    if (buffer.ops.unpin !== undefined) yield* buffer.ops.unpin(attachment);
  }

  /**
   * The table for the device, or a negative error.
   *
   * @kernel dma_buf_map_attachment
   * @rule ATTACH-015
   * @rule ATTACH-016
   * @rule ATTACH-017
   * @rule ATTACH-021
   */
  *map(attachment: DmaBufAttachment | null, direction: DmaDirection): KernelTask<SgTable | number> {
    const { world } = this.stack;
    world.memory.mightSleep('dma_buf_map_attachment');
    world.warnOn(attachment === null, 'dma_buf_map_attachment of nothing');
    if (attachment === null) return -EINVAL;
    const { buffer } = attachment;
    buffer.resv.assertHeld('dma_buf_map_attachment');
    const cached = attachment.cached.get();
    if (cached !== null) return this.isServed(attachment, direction) ? cached : -EBUSY;
    const pins = this.pinsEachMap(buffer);
    if (pins && buffer.ops.pin !== undefined) {
      const refused = yield* buffer.ops.pin(attachment);
      if (refused !== 0) return refused;
    }
    const table = yield* this.mapOnce(attachment, direction);
    if (typeof table === 'number') {
      if (pins && buffer.ops.unpin !== undefined) yield* buffer.ops.unpin(attachment);
      return table;
    }
    if (buffer.ops.cacheSgtMapping === true) {
      attachment.cached.set(table);
      attachment.cachedDirection.set(direction);
    }
    return table;
  }

  /** The kept mapping is good for this direction. @rule ATTACH-016 */
  protected isServed(attachment: DmaBufAttachment, direction: DmaDirection): boolean {
    return attachment.cachedDirection.ask(
      (kept) => kept === direction || kept === DMA_BIDIRECTIONAL,
    );
  }

  /** Importers that hear of no moves need the storage pinned. @kernel CONFIG_DMABUF_MOVE_NOTIFY */
  protected pinsEachMap(buffer: DmaBuf): boolean {
    return isDynamic(buffer.ops) && !this.stack.world.build.moveNotify;
  }

  /** @kernel __map_dma_buf @rule ATTACH-019 @rule ATTACH-023 */
  protected *mapOnce(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number> {
    const { buffer } = attachment;
    const table = yield* buffer.ops.map(attachment, direction);
    if (table === null) return -ENOMEM;
    if (typeof table === 'number') return table;
    if (!attachment.isDynamic) {
      const left = yield* this.waitForMoves(buffer);
      if (left < 0) {
        yield* buffer.ops.unmap(attachment, table, direction);
        return left;
      }
    }
    table.arePagesHidden.set(true);
    return table;
  }

  /** What moves or clears the storage is over. @rule RESV-012 */
  protected *waitForMoves(buffer: DmaBuf): KernelTask<number> {
    return yield* buffer.resv.waitTimeout(DMA_RESV_USAGE_KERNEL, true, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * @kernel dma_buf_unmap_attachment
   * @rule ATTACH-025
   */
  *unmap(
    attachment: DmaBufAttachment | null,
    table: SgTable | null,
    direction: DmaDirection,
  ): KernelTask<void> {
    const { world } = this.stack;
    world.memory.mightSleep('dma_buf_unmap_attachment');
    const isWrong = attachment === null || table === null;
    world.warnOn(isWrong, 'dma_buf_unmap_attachment of nothing');
    if (isWrong) return;
    const { buffer } = attachment;
    buffer.resv.assertHeld('dma_buf_unmap_attachment');
    if (attachment.cached.ask((cached) => cached === table)) return;
    yield* this.unmapOnce(attachment, table, direction);
    if (this.pinsEachMap(buffer) && buffer.ops.unpin !== undefined) {
      yield* buffer.ops.unpin(attachment);
    }
  }

  /** @kernel __unmap_dma_buf */
  protected *unmapOnce(
    attachment: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void> {
    table.arePagesHidden.set(false);
    yield* attachment.buffer.ops.unmap(attachment, table, direction);
  }

  /** @kernel dma_buf_map_attachment_unlocked @rule ATTACH-026 */
  *mapUnlocked(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number> {
    const { resv } = attachment.buffer;
    yield* resv.acquire();
    const table = yield* this.map(attachment, direction);
    yield* resv.release();
    return table;
  }

  /** @kernel dma_buf_unmap_attachment_unlocked @rule ATTACH-026 */
  *unmapUnlocked(
    attachment: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void> {
    const { resv } = attachment.buffer;
    yield* resv.acquire();
    yield* this.unmap(attachment, table, direction);
    yield* resv.release();
  }

  /**
   * The exporter is about to move the storage: importers that can follow hear of it.
   *
   * @kernel dma_buf_move_notify
   * @rule ATTACH-028
   * @rule ATTACH-029
   */
  *moveNotify(buffer: DmaBuf): KernelTask<void> {
    buffer.resv.assertHeld('dma_buf_move_notify');
    for (const attachment of buffer.attachments.copy()) {
      if (attachment.importerOps?.moveNotify !== undefined) {
        buffer.world.emit(buffer, 'ops.moveNotify', null, 0, attachment);
        yield* attachment.importerOps.moveNotify(attachment);
      }
    }
  }
}
