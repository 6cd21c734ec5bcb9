import type { DmaBufAttachment } from '../../../impl/dma-buf/dma-buf-attachment.ts';
import { DMA_BIDIRECTIONAL, type KernelMapping } from '../../../impl/dma-buf/dma-buf-ops.ts';
import type { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import type { SgTable } from '../../../impl/dma-buf/sg-table.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { Task } from '../../../impl/kernel/task.ts';
import type { WorldEvent } from '../../../impl/kernel/world.ts';
import type { Stack } from '../../../impl/stack.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { PROT_READ } from '../../../impl/uapi/mapping.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import type { EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';
import { Storage } from './storage.ts';

const LAST: readonly EventName[] = ['dput.last', 'ops.release', 'free'];
const REQUEST = { length: PAGE_SIZE, offset: 0, prot: PROT_READ, isShared: true };

type Body = (buffer: DmaBuf) => KernelTask<unknown>;
type LockedBody = (attachment: DmaBufAttachment) => KernelTask<unknown>;

/** One buffer of a dynamic exporter, and an importer that follows moves. */
class DmaBufScene extends Scene {
  readonly kind = 'dmaBuf';
  readonly operations: readonly Operation[];
  private readonly storage: Storage;
  private readonly isDeaf: boolean;
  /** Null before the export, and once the program has given it back. */
  private buffer: DmaBuf | null = null;
  /** Operations that are on their way and need the buffer. */
  private users = 0;
  private attachment: DmaBufAttachment | null = null;
  private table: SgTable | null = null;
  private readonly mappings: KernelMapping[] = [];
  /** Tasks whose requests the exporter refuses. */
  private readonly refused = new Set<Task>();
  private readonly detaching = new Set<Task>();

  constructor(stack: Stack, isDeaf: boolean) {
    super(stack);
    this.storage = new Storage(stack);
    this.isDeaf = isDeaf;
    this.operations = [
      ...this.lifeOperations(),
      ...this.ownOperations(),
      ...this.deviceOperations(),
    ];
  }

  private lifeOperations(): Operation[] {
    return [
      {
        name: 'export',
        emits: ['export'],
        stops: [],
        body: () => (this.subject === null ? this.export() : null),
      },
      {
        name: 'show',
        emits: ['dget', 'dput', ...LAST],
        begins: ['dget'],
        stops: ['dget'],
        body: () => (this.buffer === null ? null : this.show(this.buffer)),
      },
      {
        name: 'put',
        emits: ['unlist', 'dput', ...LAST],
        begins: ['unlist'],
        body: () => {
          const isUsed = this.users + this.mappings.length > 0 || this.attachment !== null;
          return this.buffer === null || isUsed ? null : this.put(this.buffer);
        },
      },
    ];
  }

  /** What the CPU does. */
  private ownOperations(): Operation[] {
    const { bufferAccess } = this.stack;
    return [
      this.using('vmap', ['ops.vmap', 'vmap', 'vmap.shared'], (buffer) => this.vmap(buffer)),
      this.using('vmap refused', ['ops.vmap', 'vmap.refused'], (buffer) =>
        this.refusing(bufferAccess.vmapUnlocked(buffer)),
      ),
      {
        ...this.using('vunmap', ['vunmap', 'ops.vunmap', 'vunmap.last'], (buffer) =>
          this.vunmap(buffer),
        ),
      },
      this.using('begin', ['ops.begin'], (buffer) => bufferAccess.begin(buffer, DMA_BIDIRECTIONAL)),
      this.using('end', ['ops.end'], (buffer) => bufferAccess.end(buffer, DMA_BIDIRECTIONAL)),
      this.using('mmap', ['ops.mmap'], (buffer) => buffer.mmap(buffer.file, REQUEST)),
    ];
  }

  /** What the importer does. */
  private deviceOperations(): Operation[] {
    const { bufferAttachments: core } = this.stack;
    return [
      this.using('attach', ['ops.attach'], (buffer) => this.attach(buffer)),
      this.using('attach refused', ['ops.attach', 'ops.attach.refused'], (buffer) =>
        this.refusing(this.attach(buffer)),
      ),
      {
        name: 'detach',
        emits: ['ops.detach'],
        isQuiet: true,
        stops: [],
        body: () => (this.attachment === null || this.table !== null ? null : this.detach()),
      },
      this.locked('pin', ['ops.pin'], (attachment) => core.pin(attachment)),
      this.locked('pin refused', ['ops.pin', 'ops.pin.refused'], (attachment) =>
        this.refusing(core.pin(attachment)),
      ),
      this.locked('unpin', ['ops.unpin'], (attachment) => core.unpin(attachment)),
      this.locked('map', ['ops.map'], (attachment) => this.map(attachment)),
      this.locked('map refused', ['ops.map', 'ops.map.refused'], (attachment) =>
        this.refusing(core.map(attachment, DMA_BIDIRECTIONAL)),
      ),
      this.locked('unmap', ['ops.unmap'], (attachment) => this.unmap(attachment)),
      this.locked('move', ['ops.moveNotify'], ({ buffer }) => core.moveNotify(buffer)),
    ];
  }

  private *export(): KernelTask<void> {
    const made = yield* this.stack.buffers.export({
      exporterName: 'storage',
      owner: null,
      ops: this.storage.ops(() => this.refused.has(this.stack.world.current), this.isDeaf),
      size: PAGE_SIZE,
      flags: O_RDWR,
      resv: null,
      priv: this.storage,
    });
    if (typeof made !== 'number') this.buffer = made;
  }

  /** Who shows a name has the file to begin with, but need not have it until the end. */
  private *show(buffer: DmaBuf): KernelTask<void> {
    yield* buffer.dget();
    yield* buffer.dput();
  }

  private *put(buffer: DmaBuf): KernelTask<void> {
    this.buffer = null;
    yield* this.stack.buffers.put(buffer);
  }

  private using(name: string, emits: readonly EventName[], run: Body): Operation {
    return { name, emits, body: () => (this.buffer === null ? null : this.use(this.buffer, run)) };
  }

  private *use(buffer: DmaBuf, run: Body): KernelTask<unknown> {
    this.users += 1;
    const result = yield* run(buffer);
    this.users -= 1;
    return result;
  }

  private locked(name: string, emits: readonly EventName[], run: LockedBody): Operation {
    const body = (): KernelTask<unknown> | null =>
      this.attachment === null ? null : this.lock(this.attachment, run);
    return { name, emits, stops: [], body };
  }

  private *lock(attachment: DmaBufAttachment, run: LockedBody): KernelTask<void> {
    const { resv } = attachment.buffer;
    yield* resv.acquire();
    yield* run(attachment);
    yield* resv.release();
  }

  private *refusing(body: KernelTask<unknown>): KernelTask<void> {
    const { current } = this.stack.world;
    this.refused.add(current);
    yield* body;
    this.refused.delete(current);
  }

  private *vmap(buffer: DmaBuf): KernelTask<void> {
    const mapping = yield* this.stack.bufferAccess.vmapUnlocked(buffer);
    if (typeof mapping !== 'number') this.mappings.push(mapping);
  }

  private *vunmap(buffer: DmaBuf): KernelTask<void> {
    const mapping = this.mappings.pop();
    if (mapping !== undefined) yield* this.stack.bufferAccess.vunmapUnlocked(buffer, mapping);
  }

  private *attach(buffer: DmaBuf): KernelTask<void> {
    const ops = { *moveNotify(): KernelTask<void> {} };
    const core = this.stack.bufferAttachments;
    const made = yield* core.dynamicAttach(buffer, { name: 'device' }, { ops, priv: null });
    if (typeof made !== 'number') this.attachment = made;
  }

  private *detach(): KernelTask<void> {
    const { attachment } = this;
    if (attachment === null) return;
    this.attachment = null;
    this.users += 1;
    this.detaching.add(this.stack.world.current);
    yield* this.stack.bufferAttachments.detach(attachment.buffer, attachment);
    this.users -= 1;
  }

  private *map(attachment: DmaBufAttachment): KernelTask<void> {
    const table = yield* this.stack.bufferAttachments.map(attachment, DMA_BIDIRECTIONAL);
    if (typeof table !== 'number') this.table = table;
  }

  private *unmap(attachment: DmaBufAttachment): KernelTask<void> {
    const { table } = this;
    this.table = null;
    yield* this.stack.bufferAttachments.unmap(attachment, table, DMA_BIDIRECTIONAL);
  }

  /** Once the attachment is off the list, the exporter hears of it at any time. */
  override stopsAfter({ object, name, task }: WorldEvent): boolean {
    return object.kind === 'resv' && name === 'unlock' && this.detaching.has(task);
  }
}

/** An exporter that wants to hear of the end of a kernel mapping, and one that does not. */
export const DMA_BUF_SCENES: readonly SceneKind[] = [false, true].map((isDeaf) => ({
  kind: 'dmaBuf',
  liveMax: 4,
  asleepMax: 0,
  isSurrounded: true,
  world: { moveNotify: true },
  set: (stack: Stack) => new DmaBufScene(stack, isDeaf),
}));
