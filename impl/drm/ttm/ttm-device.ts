import type { KernelTask } from '../../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../kernel/object.ts';
import { PlainList } from '../../kernel/plain.ts';
import { SpinLock } from '../../kernel/spinlock.ts';
import { WorkQueue } from '../../kernel/work-queue.ts';
import type { Stack } from '../../stack.ts';
import type { TtmDriver } from './ttm-driver.ts';
import type { TtmEvictions } from './ttm-evictions.ts';
import type { TtmGhosts } from './ttm-ghosts.ts';
import type { TtmImports } from './ttm-imports.ts';
import type { TtmLru, TtmLruEntry } from './ttm-lru.ts';
import type { TtmManager } from './ttm-manager.ts';
import type { TtmMoves } from './ttm-moves.ts';
import { TTM_PL_SYSTEM, TTM_PL_TT, TTM_PL_VRAM, type TtmMemoryType } from './ttm-place.ts';
import type { TtmPlacing } from './ttm-placing.ts';
import type { TtmUsers } from './ttm-users.ts';

/** What a device has. */
export interface TtmDeviceOptions {
  /** Memory of its own. Unit: pages. */
  readonly vramPages: number;
  /** What its translation table covers. Unit: pages. */
  readonly ttPages: number;
  /** Pages are cleared when they are given back. @kernel init_on_free */
  readonly clearsOnFree: boolean;
}

/**
 * A device whose objects move between places.
 *
 * @kernel struct ttm_device
 */
export class TtmDevice extends KernelObject {
  readonly stack: Stack;
  readonly driver: TtmDriver;
  readonly options: TtmDeviceOptions;
  readonly lruLock: SpinLock;
  readonly lru: TtmLru;
  /** By type of memory. */
  readonly managers: readonly TtmManager[];
  /** Where objects are destroyed that are still in use. @kernel bdev->wq */
  readonly queue: WorkQueue;
  readonly placing: TtmPlacing;
  readonly evictions: TtmEvictions;
  readonly moves: TtmMoves;
  readonly ghosts: TtmGhosts;
  readonly users: TtmUsers;
  readonly imports: TtmImports;
  private readonly pinned: PlainList<TtmLruEntry>;

  constructor(stack: Stack, driver: TtmDriver, options: TtmDeviceOptions) {
    super(stack.world, 'ttmDevice');
    const { types } = stack;
    this.stack = stack;
    this.driver = driver;
    this.options = options;
    this.lruLock = new SpinLock(this, 'lruLock', '&bdev->lru_lock');
    this.pinned = new PlainList<TtmLruEntry>(this, 'pinned');
    this.lru = new types.TtmLru(this.lruLock, this.pinned);
    this.managers = [
      new types.TtmManager(this, TTM_PL_SYSTEM, null, false),
      new types.TtmManager(this, TTM_PL_TT, options.ttPages, false),
      new types.TtmManager(this, TTM_PL_VRAM, options.vramPages, true),
    ];
    this.queue = new WorkQueue(stack.world, 'ttm');
    this.placing = new types.TtmPlacing(this);
    this.evictions = new types.TtmEvictions(this);
    this.moves = new types.TtmMoves(this);
    this.ghosts = new types.TtmGhosts(this);
    this.users = new types.TtmUsers(this);
    this.imports = new types.TtmImports(this);
  }

  /** @kernel ttm_manager_type */
  manager(memoryType: TtmMemoryType): TtmManager {
    const found = this.managers[memoryType];
    return found ?? this.world.fault('bug', `there is no place ${memoryType}`, this);
  }

  /** All objects are gone. @kernel ttm_device_fini */
  *fini(): KernelTask<void> {
    yield* this.queue.drain();
    for (const manager of this.managers) yield* manager.cleanup();
    this.world.memory.free(this);
  }

  visitState(visit: StateVisitor): void {
    visit('lruLock', this.lruLock.holder?.name ?? 'free');
    visit(
      'pinned',
      this.pinned.value.map((entry) => entry),
    );
  }
}
