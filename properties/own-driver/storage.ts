import { SgTable } from '../../impl/dma-buf/sg-table.ts';
import { dmaBase } from '../../impl/exporters/dma-addresses.ts';
import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { StateVisitor } from '../../impl/kernel/object.ts';
import type { World } from '../../impl/kernel/world.ts';
import { PAGE_SIZE, Pages } from '../../impl/uapi/pages.ts';

/**
 * Memory that a buffer's content can be in: system memory, or a place of the device's own. What
 * devices do to it is ordered by their fences, and no race of processors.
 */
export class Storage extends Pages {
  readonly bytes: number;
  private readonly fetch: Access;
  private readonly post: Access;

  constructor(world: World, bytes: number) {
    super(world, { kind: 'storage' });
    this.bytes = Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
    this.fetch = new Access('read', 'plain', this, 'contents', 'read from');
    this.post = new Access('write', 'plain', this, 'contents', 'write to');
  }

  /** A device reads one byte. */
  *deviceRead(offset: number): KernelTask<number> {
    yield this.fetch;
    this.reach('read');
    const byte = this.byteAt(offset);
    this.world.current.observe(byte);
    return byte;
  }

  /** A device writes one byte. */
  *deviceWrite(offset: number, byte: number): KernelTask<void> {
    yield this.post;
    this.reach('write');
    this.setByte(offset, byte);
  }

  /** A device takes over the content of another place. */
  *copyFrom(other: Storage): KernelTask<void> {
    yield other.fetch;
    other.reach('read');
    const pages = [...other.contents].map(([index, page]) => [index, page.slice()] as const);
    yield this.post;
    this.reach('write');
    for (const [index, page] of pages) this.contents.set(index, page);
  }

  /** Memory that was given back is no longer there for devices, either. */
  private reach(kind: 'read' | 'write'): void {
    this.world.memory.assertAlive(this, 'contents');
    this.world.touch(this, EVENTS_FIELD, kind, 'full');
  }

  /** Content as far as somebody has written it. */
  override visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    const written = [...this.contents].toSorted(([first], [second]) => first - second);
    visit(
      'contents',
      written.map(([index, page]) => `${index}:${used(page).join(' ')}`),
    );
  }

  /** Gives the memory back: whoever uses it from now on is caught. */
  *free(): KernelTask<void> {
    yield* this.put();
  }
}

/** A page without the zeros at its end, but for the first byte. */
function used(page: Uint8Array): Uint8Array {
  let length = page.length;
  while (length > 1 && page[length - 1] === 0) length -= 1;
  return page.subarray(0, length);
}

/** Addresses with which a device reaches a storage. */
export class DeviceTable extends SgTable {
  readonly storage: Storage;

  /** `bytes`: as many as the table covers. */
  constructor(storage: Storage, bytes: number = storage.bytes) {
    super(storage.world, [{ dmaAddress: dmaBase(storage), length: bytes }]);
    this.storage = storage;
  }
}
