import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { TtmDevice } from './ttm-device.ts';
import type { TtmResource } from './ttm-resource.ts';

/** The ends of a range in the order of one place; both null while it is empty. */
export interface TtmBulkRange {
  readonly first: PlainWord<TtmResource | null>;
  readonly last: PlainWord<TtmResource | null>;
}

/**
 * Objects that share a reservation and are used together: one range for each place. All of it is
 * under the LRU lock.
 *
 * @kernel struct ttm_lru_bulk_move
 */
export class TtmBulkMove extends KernelObject {
  readonly ranges: readonly TtmBulkRange[];

  constructor(device: TtmDevice) {
    super(device.world, 'ttmBulkMove');
    this.ranges = device.managers.map((_, type) => ({
      first: new PlainWord<TtmResource | null>(this, `first${type}`, null),
      last: new PlainWord<TtmResource | null>(this, `last${type}`, null),
    }));
  }

  rangeOf({ manager }: TtmResource): TtmBulkRange {
    const range = this.ranges[manager.memoryType];
    return range ?? this.world.fault('bug', 'a bulk move of another device', this);
  }

  visitState(visit: StateVisitor): void {
    for (const { first, last } of this.ranges) {
      visit(first.field, first.value);
      visit(last.field, last.value);
    }
  }
}
