import { Access, type KernelTask } from '../kernel/access.ts';
import type { Task } from '../kernel/task.ts';
import type { Whim } from '../kernel/whim.ts';
import type { World } from '../kernel/world.ts';
import type { Platform } from './platform.ts';
import type { CacheMove } from './line-cache.ts';

/** Lanes of the machine are numbered. */
const CACHE_LANE: number = 2 ** 17 + 16;

/** Something that does things by itself: a cache, or a buffer that combines writes. */
export interface Wilful {
  readonly label: string;
  /** `lines`: of each page, only the first so many. */
  moves(lines: number): readonly CacheMove[];
  move(move: CacheMove): void;
}

/** How often caches may still do something by themselves in a run. */
export interface MoveBudget {
  left: number;
}

/**
 * A cache does things by itself at any moment: writes back, drops, fetches.
 *
 * @rule HW-CACHE-002
 */
export class CacheWhim implements Whim {
  readonly canEnd = false;
  readonly lane: Task;
  private readonly world: World;
  private readonly cache: Wilful;
  private readonly budget: MoveBudget;
  private readonly lines: number;

  constructor(platform: Platform, cache: Wilful, number: number) {
    const { world } = platform;
    this.world = world;
    this.lines = platform.options.cacheMoveLines;
    this.cache = cache;
    this.budget = platform.cacheMoves;
    this.lane = world.addLane(`whims of ${cache.label}`, CACHE_LANE + number, 'process');
    const gate = { ready: (): boolean => false, blockedBy: 'nature lets the cache alone' };
    const moves = new Access('wait', 'once', { label: '' }, '', 'do something in a cache', gate);
    this.lane.idleAt = moves;
    this.lane.isNatures = true;
    this.lane.start(this.run(moves));
    world.whims.push(this);
  }

  count(): number {
    return this.budget.left === 0 ? 0 : this.cache.moves(this.lines).length;
  }

  private *run(moves: Access): KernelTask<void> {
    for (;;) {
      this.lane.forget();
      yield moves;
      const move = this.cache.moves(this.lines)[this.world.alternative - 1];
      if (move === undefined) continue;
      this.budget.left -= 1;
      this.cache.move(move);
    }
  }
}
