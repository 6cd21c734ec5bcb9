import type { KernelTask } from '../../kernel/access.ts';
import { ENOMEM } from '../../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainWord } from '../../kernel/plain.ts';
import type { World } from '../../kernel/world.ts';
import type { TtmBacking } from './ttm-driver.ts';
import { FOREIGN_STAMP, TtmMemory, ZERO_STAMP } from './ttm-memory.ts';

/**
 * Pages of the system for an object, there or still to be allocated. Under its reservation.
 *
 * @kernel struct ttm_tt
 */
export class TtmTt extends KernelObject {
  /** Unit: pages. */
  readonly size: number;
  /** Null until they are needed. */
  readonly memory: PlainWord<TtmMemory | null>;
  /** Pages that are allocated show nothing of those who had them before. @kernel TTM_TT_FLAG_ZERO_ALLOC */
  readonly isCleared: PlainWord<boolean>;

  private readonly backing: TtmBacking | null;

  constructor(world: World, size: number, isCleared: boolean, backing: TtmBacking | null = null) {
    super(world, 'ttmTt');
    this.size = size;
    this.backing = backing;
    this.memory = new PlainWord<TtmMemory | null>(this, 'pages', null);
    this.isCleared = new PlainWord<boolean>(this, 'page_flags', isCleared);
  }

  /** @kernel ttm_tt_populate @rule EVICT-011 */
  *populate(): KernelTask<number> {
    if (!this.memory.isNull()) return 0;
    if (!(yield* this.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const stamp = this.isCleared.get() ? ZERO_STAMP : FOREIGN_STAMP;
    const memory = new TtmMemory(this.world, this.size, stamp);
    const error = yield* this.backing?.populate(memory) ?? nothing();
    if (error === 0) this.memory.set(memory);
    else this.world.memory.free(memory);
    return error;
  }

  /** @kernel ttm_tt_unpopulate */
  unpopulate(): void {
    const memory = this.memory.get();
    if (memory === null) return;
    this.memory.set(null);
    this.backing?.unpopulate(memory);
    this.world.memory.free(memory);
  }

  /** @kernel ttm_tt_destroy */
  destroy(): void {
    this.unpopulate();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('memory', this.memory.value);
    visit('isCleared', this.isCleared.value);
  }
}

function* nothing(): KernelTask<number> {
  return 0;
}
