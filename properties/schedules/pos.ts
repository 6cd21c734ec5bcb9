import type { Access } from '../../impl/kernel/access.ts';
import type { World } from '../../impl/kernel/world.ts';
import { Priorities } from './priorities.ts';
import { RandomNumbers } from './random-numbers.ts';
import type { Strategy } from './strategy.ts';

/**
 * Partial-order sampling (Yuan, Yang, Gu 2018): each pending access has a random priority, the
 * highest is performed, and those that race with it draw again. Orders of accesses that do not
 * race cost nothing, so that the different partial orders are met more evenly than by a random walk.
 */
export class PosStrategy implements Strategy {
  private readonly priorities: Priorities;

  constructor(seed: number) {
    this.priorities = new Priorities(new RandomNumbers(seed));
  }

  choose(world: World, count: number): number {
    return this.priorities.highest(world, count);
  }

  performs(world: World, choice: number): void {
    const task = world.choiceTasks[choice];
    const access = task?.pending ?? null;
    if (task === undefined || access === null) return;
    // What it does next is another access.
    this.priorities.forget(task);
    for (const other of this.priorities.tasks) {
      if (other.pending === null || areRacing(access, other.pending)) this.priorities.forget(other);
    }
  }
}

/** The order of the two makes a difference: same place, and not both of them only read. */
export function areRacing(first: Access, second: Access): boolean {
  if (first.place !== second.place) return false;
  if (first.kind === 'local' || second.kind === 'local') return false;
  if (first.kind === 'read' && second.kind === 'read') return false;
  // Without a field it is about the whole place.
  return first.field === second.field || first.field === '' || second.field === '';
}
