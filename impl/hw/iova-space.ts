import { IOVA_BASE, PAGE_BYTES } from './platform-options.ts';
import type { IovaPage } from './iommu-domain.ts';

interface Range {
  readonly from: IovaPage;
  readonly count: number;
}

/** The addresses of one device: first fit, with a page that leads nowhere behind each range. */
export class IovaSpace {
  /** Taken, in ascending order. */
  readonly taken: Range[] = [];

  /** Behind each range, addresses that lead nowhere. */
  protected get guardPages(): number {
    return 1;
  }

  take(count: number): IovaPage {
    let from = IOVA_BASE / PAGE_BYTES;
    let at = 0;
    for (const range of this.taken) {
      if (range.from - from >= count + this.guardPages) break;
      from = range.from + range.count + this.guardPages;
      at += 1;
    }
    this.taken.splice(at, 0, { from, count });
    return from;
  }

  giveBack(from: IovaPage): void {
    const at = this.taken.findIndex((range) => range.from === from);
    if (at >= 0) this.taken.splice(at, 1);
  }
}
