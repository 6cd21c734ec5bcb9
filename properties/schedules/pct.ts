import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import { RandomNumbers } from './random-numbers.ts';
import type { Strategy } from './strategy.ts';

/**
 * Probabilistic concurrency testing: each task has a random priority, the highest runs, and at
 * `depth - 1` random steps the running one drops below all others. Finds a defect that needs
 * `depth` ordering constraints with a probability that is known in advance.
 */
export class PctStrategy implements Strategy {
  private readonly numbers: RandomNumbers;
  private readonly priorities = new Map<Task, number>();
  private readonly changes: ReadonlySet<number>;
  private lowest = 0;

  /** `lengthMax`: about how many choices a run has. */
  constructor(seed: number, depth: number, lengthMax: number) {
    this.numbers = new RandomNumbers(seed);
    const changes = new Set<number>();
    for (let point = 1; point < depth; point += 1) changes.add(this.numbers.below(lengthMax));
    this.changes = changes;
  }

  private choices = 0;

  choose(world: World, count: number): number {
    let best = 0;
    let bestPriority = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < count; index += 1) {
      const task = world.choiceTasks[index];
      if (task === undefined) continue;
      const alternative = world.choiceAlternatives[index] ?? 0;
      // What nature may do is a coin of its own, so that failures come at any priority.
      if (alternative > 0 && this.numbers.below(8) !== 0) continue;
      const priority = this.priorityOf(task) + (alternative > 0 ? 0.5 : 0);
      if (priority > bestPriority) {
        best = index;
        bestPriority = priority;
      }
    }
    const winner = world.choiceTasks[best];
    if (winner !== undefined && this.changes.has(this.choices)) {
      this.lowest -= 1;
      this.priorities.set(winner, this.lowest);
    }
    this.choices += 1;
    return best;
  }

  private priorityOf(task: Task): number {
    let priority = this.priorities.get(task);
    if (priority === undefined) {
      priority = 1 + this.numbers.below(1_000_000);
      this.priorities.set(task, priority);
    }
    return priority;
  }
}
