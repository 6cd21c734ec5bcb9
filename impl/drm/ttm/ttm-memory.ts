import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { World } from '../../kernel/world.ts';

/** What a cleared page shows. */
export const ZERO_STAMP = 0;
/** What a page shows that was given out as it was: the content of somebody else. */
export const FOREIGN_STAMP = 9999;

/**
 * Pages in a row, each with a stamp that stands for its content: memory of a device, or pages of
 * the system while an object has them. Whoever uses them after they were given back is found out.
 */
export class TtmMemory extends KernelObject {
  private readonly stamps: readonly PlainWord<number>[];

  constructor(world: World, pages: number, stamp: number) {
    super(world, 'ttmMemory');
    this.stamps = Array.from(
      { length: pages },
      // Devices and processors reach it without a lock; what they find is judged by its stamp.
      (_, page) => new PlainWord<number>(this, `page${page}`, stamp, 'once'),
    );
  }

  get pages(): number {
    return this.stamps.length;
  }

  read(page: number): number {
    return this.at(page).get();
  }

  write(page: number, stamp: number): void {
    this.at(page).set(stamp);
  }

  private at(page: number): PlainWord<number> {
    const word = this.stamps[page];
    return word ?? this.world.fault('bug', `${this.label} has no page ${page}`, this);
  }

  visitState(visit: StateVisitor): void {
    for (const stamp of this.stamps) visit(stamp.field, stamp.value);
  }
}

/** Where content is. */
export interface TtmLocation {
  readonly memory: TtmMemory;
  readonly first: number;
  /** Unit: pages. */
  readonly pages: number;
}
