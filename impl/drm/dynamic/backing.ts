import { SgTable } from '../../dma-buf/sg-table.ts';
import { dmaBase } from '../../exporters/dma-addresses.ts';
import { Access, type KernelTask } from '../../kernel/access.ts';
import { EVENTS_FIELD } from '../../kernel/footprint.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';

/** Kinds of memory that a buffer can be in. */
export type MemoryPlace = 'vram' | 'system';

/**
 * Memory at one place. What it holds is one number, which devices read and write; their fences say
 * in which order, so it is no race of processors.
 */
export class Backing extends KernelObject {
  readonly place: MemoryPlace;
  /** Unit: bytes. */
  readonly bytes: number;
  /** Only devices touch it. */
  private word = 0;
  private readonly fetch: Access;
  private readonly post: Access;

  constructor(world: World, place: MemoryPlace, bytes: number) {
    super(world, 'backing');
    this.place = place;
    this.bytes = bytes;
    this.fetch = new Access('read', 'plain', this, 'content', 'read from');
    this.post = new Access('write', 'plain', this, 'content', 'write to');
  }

  *deviceRead(): KernelTask<number> {
    yield this.fetch;
    this.reach('read');
    this.world.current.observe(this.word);
    return this.word;
  }

  *deviceWrite(content: number): KernelTask<void> {
    yield this.post;
    this.reach('write');
    this.word = content;
  }

  /** Memory that was given back is no longer there for devices, either. */
  private reach(kind: 'read' | 'write'): void {
    this.world.memory.assertAlive(this, 'content');
    this.world.touch(this, EVENTS_FIELD, kind, 'full');
  }

  /** For judges and state keys; never for drivers. */
  get content(): number {
    this.world.looked(this, EVENTS_FIELD);
    return this.word;
  }

  visitState(visit: StateVisitor): void {
    visit('content', this.word);
  }
}

/** Addresses with which a device reaches it. */
export class BackingTable extends SgTable {
  readonly backing: Backing;

  constructor(backing: Backing) {
    super(backing.world, [{ dmaAddress: dmaBase(backing), length: backing.bytes }]);
    this.backing = backing;
  }
}
