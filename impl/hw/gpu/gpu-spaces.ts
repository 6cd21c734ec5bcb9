import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import type { World } from '../../kernel/world.ts';
import { PAGE_BYTES } from '../platform-options.ts';
import type { PageNumber } from '../physical-memory.ts';

/** Where a page of a context leads: to memory of the engine itself, or over the bus. */
export type GpuPage = (
  | { readonly kind: 'vram'; readonly page: PageNumber }
  | { readonly kind: 'bus'; readonly iova: number }
) & { readonly canWrite: boolean };

/**
 * The page tables of a graphics engine: one space for each context. The driver writes them, and the
 * engine looks at them for each line.
 *
 * @rule HW-GPU-017
 */
export class GpuSpaces extends KernelObject {
  private readonly spaces = new Map<number, Map<number, GpuPage>>();
  /** Rises with every change: what was found before it may be old. */
  version = 0;

  constructor(world: World) {
    super(world, 'gpuSpaces');
    this.isStatic = true;
  }

  set(context: number, address: number, page: GpuPage): void {
    this.touch(context, 'write');
    this.version += 1;
    const space = this.spaces.get(context) ?? new Map<number, GpuPage>();
    this.spaces.set(context, space);
    space.set(pageOf(address), page);
  }

  clear(context: number, address: number): void {
    this.touch(context, 'write');
    this.version += 1;
    this.spaces.get(context)?.delete(pageOf(address));
  }

  /** Null: the context has nothing there. */
  find(context: number, address: number): GpuPage | null {
    this.touch(context, 'read');
    return this.spaces.get(context)?.get(pageOf(address)) ?? null;
  }

  private touch(context: number, kind: 'read' | 'write'): void {
    if (this.world.footprint === null && this.world.accesses === null) return;
    this.world.touch(this, `context ${context}`, kind, 'once');
  }

  visitState(visit: StateVisitor): void {
    for (const [context, space] of this.spaces) {
      for (const [address, page] of space) {
        const where = page.kind === 'vram' ? page.page : page.iova;
        visit('page', [context, address, page.kind, where, page.canWrite]);
      }
    }
  }
}

function pageOf(address: number): number {
  return Math.floor(address / PAGE_BYTES);
}
