import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import type { Movable } from '../../impl/hw/page-allocator.ts';
import type { PageNumber } from '../../impl/hw/physical-memory.ts';
import type { Platform } from '../../impl/hw/platform.ts';

/** Pages that a program has allocated. Movable ones may be elsewhere from one step to the next. */
export class PageBlock extends KernelObject implements Movable {
  readonly platform: Platform;
  pages: readonly PageNumber[] = [];

  constructor(platform: Platform) {
    super(platform.world, 'pageBlock');
    this.isStatic = true;
    this.platform = platform;
  }

  moved(from: PageNumber, to: PageNumber): void {
    this.world.touch(this, 'pages', 'write', 'once');
    this.pages = this.pages.map((page) => (page === from ? to : page));
  }

  visitState(visit: StateVisitor): void {
    visit('pages', this.pages);
  }
}
