import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { TtmManager } from './ttm-manager.ts';
import type { TtmObject } from './ttm-object.ts';
import type { TtmPlace } from './ttm-place.ts';

/**
 * A range of a place that an object has.
 *
 * @kernel struct ttm_resource
 */
export class TtmResource extends KernelObject {
  readonly manager: TtmManager;
  /** Unit: pages. */
  readonly pages: number;
  /** Where it begins in the place; 0 until the manager has found room. Unit: pages. */
  readonly start: PlainWord<number>;
  /** Whose it is; a move can leave it to a ghost. Under the LRU lock. @kernel bo */
  readonly object: PlainWord<TtmObject>;

  constructor(manager: TtmManager, object: TtmObject) {
    super(manager.world, 'ttmResource');
    this.manager = manager;
    this.pages = object.pages;
    this.start = new PlainWord<number>(this, 'start', 0);
    this.object = new PlainWord<TtmObject>(this, 'bo', object);
  }

  /** @kernel ttm_resource_intersects */
  intersects(place: TtmPlace): boolean {
    const start = this.start.get();
    if (place.first >= start + this.pages) return false;
    return place.end === null || place.end > start;
  }

  /** It lies within the place. @kernel ttm_resource_manager_func.compatible */
  fits(place: TtmPlace): boolean {
    const start = this.start.get();
    return start >= place.first && (place.end === null || start + this.pages <= place.end);
  }

  visitState(visit: StateVisitor): void {
    visit('start', this.start.value);
    visit('object', this.object.value);
  }
}
