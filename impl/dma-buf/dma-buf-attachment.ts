import type { AbstractState, EventOf } from '../../model/events.ts';
import { KernelObject, type StateValue, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { DmaBuf } from './dma-buf.ts';
import { DMA_NONE, type DmaDirection, type ImporterOps, isDynamic } from './dma-buf-ops.ts';
import type { SgTable } from './sg-table.ts';

/** A device as sharing sees it. @kernel struct device */
export interface Device {
  readonly name: string;
}

/**
 * One device that uses a buffer. It holds no reference on the buffer.
 *
 * @kernel struct dma_buf_attachment
 */
export class DmaBufAttachment extends KernelObject {
  readonly buffer: DmaBuf;
  readonly device: Device;
  /** Null: a static importer. */
  readonly importerOps: ImporterOps | null;
  /** The importer's own, for its callbacks. */
  readonly importerPrivate: KernelObject | null;
  /** The exporter's own, from its attach operation on. @kernel attachment.priv */
  readonly exporterPrivate: PlainWord<StateValue>;
  /** Storage without ordinary pages may be given to this device. */
  readonly peer2peer: PlainWord<boolean>;
  /** The mapping that the core keeps. Under the reservation lock. @kernel attachment.sgt */
  readonly cached: PlainWord<SgTable | null>;
  /** Of the cached mapping. @kernel attachment.dir */
  readonly cachedDirection: PlainWord<DmaDirection>;

  constructor(
    buffer: DmaBuf,
    device: Device,
    importerOps: ImporterOps | null,
    importerPrivate: KernelObject | null,
  ) {
    super(buffer.world, 'attachment');
    this.buffer = buffer;
    this.device = device;
    this.importerOps = importerOps;
    this.importerPrivate = importerPrivate;
    this.exporterPrivate = new PlainWord<StateValue>(this, 'exporterPrivate', null);
    const allows = importerOps?.allowPeer2peer ?? false;
    this.peer2peer = new PlainWord<boolean>(this, 'peer2peer', allows);
    this.cached = new PlainWord<SgTable | null>(this, 'cached', null);
    this.cachedDirection = new PlainWord<DmaDirection>(this, 'cachedDirection', DMA_NONE);
  }

  /** @kernel dma_buf_attachment_is_dynamic */
  get isDynamic(): boolean {
    return this.importerOps !== null;
  }

  /** What the core does by itself, by who of the two sides can follow moves. @rule ATTACH-005 */
  get manner(): 'plain' | 'mapped' | 'pinned' | 'dynamic' {
    if (isDynamic(this.buffer.ops)) return this.isDynamic ? 'dynamic' : 'pinned';
    return this.isDynamic ? 'mapped' : 'plain';
  }

  /** The attachment took an event; a direction and a table may belong to it. */
  tell(name: EventOf<'attachment'>, direction = 0, table: SgTable | null = null): void {
    this.commit(name, null, direction, table);
  }

  override abstract(): AbstractState {
    const isListed = this.buffer.attachments.value.includes(this);
    const kept = this.cached.value === null ? -1 : this.cachedDirection.value;
    return { state: isListed ? 'listed' : 'unlisted', context: { kept } };
  }

  visitState(visit: StateVisitor): void {
    visit('buffer', this.buffer);
    visit('exporterPrivate', this.exporterPrivate.value);
    visit('peer2peer', this.peer2peer.value);
    visit('cached', this.cached.value);
    visit('cachedDirection', this.cachedDirection.value);
  }
}
