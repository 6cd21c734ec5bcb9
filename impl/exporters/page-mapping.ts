import type { KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { KernelMapping } from '../dma-buf/dma-buf-ops.ts';
import type { MapBacking } from '../uapi/mapping.ts';
import { PAGE_SIZE, type Pages } from '../uapi/pages.ts';

/** One page of a buffer: which page of which pages it is. */
export interface PageOf {
  readonly pages: Pages;
  readonly index: number;
}

/** Pages in the order in which a buffer shows them; null behind its end. */
export type PageLookup = (number: number) => PageOf | null;

/** A process's view of a buffer. */
export class PageMapping implements MapBacking {
  readonly pages: readonly Pages[];
  private readonly lookup: PageLookup;

  constructor(lookup: PageLookup, pages: readonly Pages[] = []) {
    this.lookup = lookup;
    this.pages = pages;
  }

  *readByte(offset: number): KernelTask<number | null> {
    const page = this.lookup(Math.floor(offset / PAGE_SIZE));
    if (page === null) return null;
    return yield* page.pages.readByte(page.index * PAGE_SIZE + (offset % PAGE_SIZE));
  }

  *writeByte(offset: number, byte: number): KernelTask<boolean> {
    const page = this.lookup(Math.floor(offset / PAGE_SIZE));
    if (page === null) return false;
    yield* page.pages.writeByte(page.index * PAGE_SIZE + (offset % PAGE_SIZE), byte);
    return true;
  }
}

/** The kernel's view of a buffer, all pages in a row. @kernel vmap */
export class VmapArea extends KernelObject implements KernelMapping {
  /** What it shows. @kernel vm_struct.pages */
  readonly pages: readonly Pages[];
  private readonly lookup: PageLookup;

  constructor(owner: KernelObject, lookup: PageLookup, pages: readonly Pages[] = []) {
    super(owner.world, 'vmapArea');
    this.lookup = lookup;
    this.pages = pages;
    this.world.trace('vmap', this);
  }

  *readByte(offset: number): KernelTask<number> {
    const { pages, index } = this.pageAt(offset);
    return yield* pages.readByte(index * PAGE_SIZE + (offset % PAGE_SIZE));
  }

  *writeByte(offset: number, byte: number): KernelTask<void> {
    const { pages, index } = this.pageAt(offset);
    yield* pages.writeByte(index * PAGE_SIZE + (offset % PAGE_SIZE), byte);
  }

  private pageAt(offset: number): PageOf {
    this.world.memory.reads(this, 'page table', 'once');
    const page = this.lookup(Math.floor(offset / PAGE_SIZE));
    return page ?? this.world.fault('use-after-free', `${this.label} has no byte ${offset}`, this);
  }

  visitState(_visit: StateVisitor): void {}
}
