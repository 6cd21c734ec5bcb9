import type { World } from '../../impl/kernel/world.ts';
import type { Strategy } from './strategy.ts';

/** One choice on the current path: how many there were, which were taken, what it cost. */
interface Branch {
  count: number;
  choice: number;
  /** The task that ran could have gone on: leaving it is a preemption. */
  canStay: boolean;
  /** Choices at which it does go on, and an allocation of its own fails: no preemptions. */
  own: readonly number[];
}

const NONE: readonly number[] = [];

/** Choices at which the task that ran goes on, and an allocation of its own fails. */
export function ownChoices(world: World, count: number): readonly number[] {
  if (world.failuresLeft === 0) return NONE;
  const own: number[] = [];
  for (let choice = 1; choice < count; choice += 1) {
    if (world.choiceTasks[choice] === world.current) own.push(choice);
  }
  return own;
}

/**
 * Depth-first search over all schedules, by running the program again for each of them. With a
 * bound, only schedules with at most so many preemptions; with a prefix, only those that begin
 * with these choices.
 */
export class ScheduleTree implements Strategy {
  private readonly path: Branch[] = [];
  private readonly preemptionsMax: number;
  private readonly prefix: readonly number[];
  private depth = 0;
  /** True when the bound left something out. */
  pruned = false;

  constructor(preemptionsMax: number = Number.POSITIVE_INFINITY, prefix: readonly number[] = NONE) {
    this.preemptionsMax = preemptionsMax;
    this.prefix = prefix;
  }

  /** Call before each run. */
  begin(): void {
    this.depth = 0;
  }

  choose(world: World, count: number): number {
    const { depth } = this;
    const known = this.path[depth];
    this.depth += 1;
    if (known !== undefined) {
      if (known.count !== count) throw new Error('a run was not deterministic');
      return known.choice;
    }
    const canStay = world.choiceTasks[0] === world.current;
    const choice = this.prefix[depth] ?? 0;
    if (choice >= count) throw new Error(`the prefix asks for choice ${choice} of ${count}`);
    this.path.push({ count, choice, canStay, own: canStay ? ownChoices(world, count) : NONE });
    return choice;
  }

  /** Moves to the next schedule; false when all have been run. */
  advance(): boolean {
    this.path.length = Math.min(this.path.length, this.depth);
    for (;;) {
      const last = this.path.at(-1);
      if (last === undefined || this.path.length <= this.prefix.length) return false;
      if (last.choice + 1 < last.count) {
        last.choice += 1;
        if (this.preemptions() <= this.preemptionsMax) return true;
        this.pruned = true;
        continue;
      }
      this.path.pop();
    }
  }

  /**
   * The prefixes that are longer by one choice, as far as the bound allows them; null when no run
   * has so many choices. Call it after the first run.
   */
  parts(): readonly (readonly number[])[] | null {
    const next = this.path[this.prefix.length];
    if (next === undefined) return null;
    const parts: (readonly number[])[] = [];
    for (next.choice = 0; next.choice < next.count; next.choice += 1) {
      if (this.preemptions() <= this.preemptionsMax) parts.push([...this.prefix, next.choice]);
      else this.pruned = true;
    }
    return parts;
  }

  /** No bound below this one has the schedule that was run last. */
  get isNew(): boolean {
    const { preemptionsMax } = this;
    if (preemptionsMax === 0 || preemptionsMax === Number.POSITIVE_INFINITY) return true;
    return this.preemptions() === preemptionsMax;
  }

  private preemptions(): number {
    let count = 0;
    for (const { canStay, choice, own } of this.path) {
      if (canStay && choice > 0 && !own.includes(choice)) count += 1;
    }
    return count;
  }
}
