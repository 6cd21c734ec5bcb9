import type { Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { RandomNumbers } from './random-numbers.ts';

/** Priorities are drawn below this: two equal ones are as good as impossible. */
const PRIORITIES: number = 2 ** 32;
/** One in so many looks at what nature may do lets it happen. */
const NATURE = 8;

/** Random priorities of tasks: the highest one that can run does. */
export class Priorities {
  readonly numbers: RandomNumbers;
  private readonly byTask = new Map<Task, number>();

  constructor(numbers: RandomNumbers) {
    this.numbers = numbers;
  }

  /** The choice of the highest priority among those that the world has listed. */
  highest(world: World, count: number): number {
    let best = 0;
    let bestPriority = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < count; index += 1) {
      const task = world.choiceTasks[index];
      if (task === undefined) continue;
      const alternative = world.choiceAlternatives[index] ?? 0;
      // What nature may do is a coin of its own, so that failures come at any priority.
      if (alternative > 0 && this.numbers.below(NATURE) !== 0) continue;
      const priority = this.of(task) + (alternative > 0 ? 0.5 : 0);
      if (priority > bestPriority) {
        best = index;
        bestPriority = priority;
      }
    }
    return best;
  }

  private of(task: Task): number {
    let priority = this.byTask.get(task);
    if (priority === undefined) {
      priority = this.numbers.below(PRIORITIES);
      this.byTask.set(task, priority);
    }
    return priority;
  }

  set(task: Task, priority: number): void {
    this.byTask.set(task, priority);
  }

  /** It gets a new one when it is looked at next. */
  forget(task: Task): void {
    this.byTask.delete(task);
  }

  /** Those that have one. */
  get tasks(): Iterable<Task> {
    return this.byTask.keys();
  }
}
