import { Access, type KernelTask } from '../kernel/access.ts';
import { Count } from '../kernel/count.ts';
import { KernelObject, noteOf, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { World } from '../kernel/world.ts';

/** Unit: bytes. */
export const PAGE_SIZE = 4096;

interface PagesOptions {
  /** What they are called. */
  readonly kind?: string;
  /** They come in folios of so many. */
  readonly folioPages?: number;
}

/**
 * Pages of memory with their contents: of a file, or of a buffer. A page that nobody has written
 * reads as zeros. What two tasks do to the contents is no race of the kernel's, so no access is
 * plain.
 */
export class Pages extends KernelObject {
  /** Files that they belong to, and whoever has pinned them. */
  readonly references: Count;
  /** They come in folios of so many. */
  readonly folioPages: number;
  /** Pinned pages must stay, with their contents: an atomic counter. @kernel GUP_PIN_COUNTING_BIAS */
  readonly pins: PlainWord<number>;
  /** By number. */
  protected readonly contents: Map<number, Uint8Array> = new Map();
  private readonly load: Access;
  private readonly store: Access;

  constructor(world: World, { kind = 'pages', folioPages = 1 }: PagesOptions = {}) {
    super(world, kind);
    this.folioPages = folioPages;
    this.references = new Count(this, 'references');
    this.pins = new PlainWord<number>(this, 'pins', 0, 'full');
    this.load = new Access('read', 'plain', this, 'contents', 'copy from');
    this.store = new Access('write', 'plain', this, 'contents', 'copy to');
  }

  /** @kernel memfd_pin_folios */
  *pin(): KernelTask<void> {
    yield* this.references.inc();
    this.pins.change((pins) => pins + 1);
  }

  /** @kernel unpin_folio */
  *unpin(): KernelTask<void> {
    this.pins.change((pins) => pins - 1);
    this.world.trace('unpin_folio', this);
    yield* this.put();
  }

  *put(): KernelTask<void> {
    if (yield* this.references.decAndTest()) this.world.memory.free(this);
  }

  *read(offset: number, length: number): KernelTask<Uint8Array> {
    const bytes = new Uint8Array(length);
    yield this.load;
    const { world } = this;
    world.memory.reads(this, 'contents', 'once');
    for (let at = 0; at < length; at += 1) bytes[at] = this.byteAt(offset + at);
    if (world.tracksObservations) world.current.observe(noteOf(bytes.join()));
    return bytes;
  }

  *write(offset: number, bytes: Uint8Array): KernelTask<void> {
    yield this.store;
    this.world.memory.writes(this, 'contents', 'once');
    for (const [index, byte] of bytes.entries()) this.setByte(offset + index, byte);
  }

  *readByte(offset: number): KernelTask<number> {
    yield this.load;
    this.world.memory.reads(this, 'contents', 'once');
    const byte = this.byteAt(offset);
    this.world.current.observe(byte);
    return byte;
  }

  *writeByte(offset: number, byte: number): KernelTask<void> {
    yield this.store;
    this.world.memory.writes(this, 'contents', 'once');
    this.setByte(offset, byte);
  }

  /** What lies behind `size` is gone, and reads as zeros if it comes back. */
  *truncate(size: number): KernelTask<void> {
    yield this.store;
    this.world.memory.writes(this, 'contents', 'once');
    for (const [index, page] of this.contents) {
      const kept = size - index * PAGE_SIZE;
      if (kept <= 0) this.contents.delete(index);
      else if (kept < PAGE_SIZE) page.fill(0, kept);
    }
  }

  protected byteAt(offset: number): number {
    const page = this.contents.get(Math.floor(offset / PAGE_SIZE));
    return page?.[offset % PAGE_SIZE] ?? 0;
  }

  protected setByte(offset: number, byte: number): void {
    const index = Math.floor(offset / PAGE_SIZE);
    let page = this.contents.get(index);
    if (page === undefined) {
      page = new Uint8Array(PAGE_SIZE);
      this.contents.set(index, page);
    }
    page[offset % PAGE_SIZE] = byte;
  }

  visitState(visit: StateVisitor): void {
    visit('references', this.references.value);
    visit('pins', this.pins.value);
    visit(
      'contents',
      [...this.contents.keys()]
        .toSorted((first, second) => first - second)
        .map((index) => `${index}:${this.contents.get(index)?.join() ?? ''}`),
    );
  }
}
