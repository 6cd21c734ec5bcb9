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
    const refused = yield* this.ask(attachment);
    if (refused !== 0) {
      world.memory.free(attachment);
      return refused;
    }
    yield* buffer.resv.acquire();
    this.enlist(attachment);
    yield* buffer.resv.release();
    const error = yield* this.mapAtAttach(attachment);
    if (error === 0) return attachment;
    yield* this.detach(buffer, attachment);
    return error;
  }

  /** The exporter may refuse: its device cannot reach the storage. @rule ATTACH-003 */
  protected *ask(attachment: DmaBufAttachment): KernelTask<number> {
    const { buffer } = attachment;
    return buffer.ops.attach === undefined ? 0 : yield* buffer.ops.attach(buffer, attachment);
  }

  /** Walks of the list see the newest first. @rule ATTACH-004 */
  protected enlist(attachment: DmaBufAttachment): void {
    attachment.buffer.attachments.unshift(attachment);
    attachment.tell(`attach.${attachment.manner}`);
  }

  protected make(
    buffer: DmaBuf,
    device: Device,
    importer: DynamicImporter | null,
  ): DmaBufAttachment {
    return new DmaBufAttachment(buffer, device, importer?.ops ?? null, importer?.priv ?? null);
  }

  protected needsMapping({ buffer, isDynamic: follows }: DmaBufAttachment): boolean {
    return follows !== isDynamic(buffer.ops);
  }

  /**
   * Where only one side can follow moves, the core maps once and keeps that mapping.
   *
   * @rule ATTACH-005
   * @rule ATTACH-006
   */
  protected *mapAtAttach(attachment: DmaBufAttachment): KernelTask<number> {
    const { buffer } = attachment;
    if (!this.needsMapping(attachment)) return 0;
    yield* buffer.resv.acquire();
    const error = yield* this.mapAtAttachLocked(attachment);
    yield* buffer.resv.release();
    return error;
  }

  private *mapAtAttachLocked(attachment: DmaBufAttachment): KernelTask<number> {
    const refused = yield* this.pinOnce(attachment);
    if (refused !== 0) return refused;
    const table = yield* this.mapOnce(attachment, DMA_BIDIRECTIONAL);
    if (typeof table === 'number') {
      yield* this.unpinOnce(attachment);
      return table;
    }
    this.keep(attachment, table, DMA_BIDIRECTIONAL);
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
    yield* this.dropKept(attachment);
    buffer.attachments.remove(attachment);
    attachment.tell('detach');
    yield* buffer.resv.release();
    if (buffer.ops.detach !== undefined) yield* buffer.ops.detach(buffer, attachment);
    attachment.tell('free');
    world.memory.free(attachment);
  }

  /** What the core has mapped by itself, or kept, goes with the attachment. */
  protected *dropKept(attachment: DmaBufAttachment): KernelTask<void> {
    const table = attachment.cached.get();
    if (table === null) return;
    const direction = attachment.cachedDirection.get();
    attachment.cached.set(null);
    yield* this.unmapOnce('drop', attachment, table, direction);
    yield* this.unpinOnce(attachment);
  }

  /** @kernel dma_buf_pin @rule ATTACH-012 @rule ATTACH-013 */
  *pin(attachment: DmaBufAttachment): KernelTask<number> {
    const { buffer } = attachment;
    this.stack.world.warnOn(!attachment.isDynamic, 'dma_buf_pin by a static importer', buffer);
    buffer.resv.assertHeld('dma_buf_pin');
    return yield* this.pinOnce(attachment);
  }

  /** Asks the exporter to keep the storage where it is; one that never moves it is not asked. */
  protected *pinOnce(attachment: DmaBufAttachment): KernelTask<number> {
    const { ops } = attachment.buffer;
    if (ops.pin === undefined) return 0;
    const refused = yield* ops.pin(attachment);
    attachment.tell(refused === 0 ? 'pin' : 'pin.failed');
    return refused;
  }

  protected *unpinOnce(attachment: DmaBufAttachment): KernelTask<void> {
    const { ops } = attachment.buffer;
    if (ops.unpin === undefined) return;
    attachment.tell('unpin');
    yield* ops.unpin(attachment);
  }

  /** @kernel dma_buf_unpin @rule ATTACH-012 */
  *unpin(attachment: DmaBufAttachment): KernelTask<void> {
    const { buffer } = attachment;
    this.stack.world.warnOn(!attachment.isDynamic, 'dma_buf_unpin by a static importer', buffer);
    buffer.resv.assertHeld('dma_buf_unpin');
    yield* this.unpinOnce(attachment);
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
    if (cached !== null) {
      const isServed = this.isServed(attachment, direction);
      attachment.tell(isServed ? 'map.cached' : 'map.busy', direction, cached);
      return isServed ? cached : -EBUSY;
    }
    const pins = this.pinsEachMap(buffer);
    if (pins) {
      const refused = yield* this.pinOnce(attachment);
      if (refused !== 0) return refused;
    }
    const table = yield* this.mapOnce(attachment, direction);
    if (typeof table === 'number') {
      if (pins) yield* this.unpinOnce(attachment);
    } else if (buffer.ops.cacheSgtMapping === true) {
      this.keep(attachment, table, direction);
    } else {
      attachment.tell('map', direction, table);
    }
    return table;
  }

  /** From now on until detach the core answers with this table. @rule ATTACH-017 */
  protected keep(attachment: DmaBufAttachment, table: SgTable, direction: DmaDirection): void {
    attachment.cached.set(table);
    attachment.cachedDirection.set(direction);
    attachment.tell('map.kept', direction, table);
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

  protected *mapOnce(
    attachment: DmaBufAttachment,
    direction: DmaDirection,
  ): KernelTask<SgTable | number> {
    const table = yield* this.askForTable(attachment, direction);
    if (typeof table === 'number') attachment.tell('map.failed', direction);
    return table;
  }

  /** @kernel __map_dma_buf @rule ATTACH-019 @rule ATTACH-023 */
  protected *askForTable(
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
    if (attachment.cached.ask((cached) => cached === table)) {
      attachment.tell('unmap.cached', direction, table);
      return;
    }
    yield* this.unmapOnce('unmap', attachment, table, direction);
    if (this.pinsEachMap(buffer)) yield* this.unpinOnce(attachment);
  }

  /** @kernel __unmap_dma_buf */
  protected *unmapOnce(
    event: 'unmap' | 'drop',
    attachment: DmaBufAttachment,
    table: SgTable,
    direction: DmaDirection,
  ): KernelTask<void> {
    table.arePagesHidden.set(false);
    attachment.tell(event, direction, table);
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
      if (attachment.importerOps?.moveNotify === undefined) continue;
      buffer.world.emit(buffer, 'ops.moveNotify', null, 0, attachment);
      attachment.tell('notify');
      yield* attachment.importerOps.moveNotify(attachment);
    }
  }
}
