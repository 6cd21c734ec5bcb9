import type { World } from '../../impl/kernel/world.ts';
import { Priorities } from './priorities.ts';
import { RandomNumbers } from './random-numbers.ts';
import type { Strategy } from './strategy.ts';

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte 2010): each task
 * has a random priority, the highest runs, and behind each of `depth - 1` random steps the task
 * that made it drops below all others. With n tasks and k steps a defect that needs `depth`
 * ordering constraints is found with a probability of at least 1 / (n k^(depth-1)).
 */
export class PctStrategy implements Strategy {
  private readonly priorities: Priorities;
  /** The steps behind which priorities drop; the order in which they were drawn is random. */
  private readonly changes: number[] = [];
  private steps = 0;

  /**
   * `length`: how many steps earlier runs of the same program had. With 0 there were none, and
   * nothing to place change points in.
   */
  constructor(seed: number, depth: number, length: number) {
    const numbers = new RandomNumbers(seed);
    this.priorities = new Priorities(numbers);
    if (length === 0) return;
    for (let point = 1; point < depth; point += 1) this.changes.push(numbers.below(length));
  }

  choose(world: World, count: number): number {
    return this.priorities.highest(world, count);
  }

  performs(world: World, choice: number): void {
    const task = world.choiceTasks[choice];
    const { changes } = this;
    for (let point = 0; point < changes.length; point += 1) {
      // Below all that were drawn; among themselves not in the order of the steps.
      if (changes[point] === this.steps && task !== undefined)
        this.priorities.set(task, -1 - point);
    }
    this.steps += 1;
  }
}
