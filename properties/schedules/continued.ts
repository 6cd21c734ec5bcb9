import type { World } from '../../impl/kernel/world.ts';
import type { Strategy } from './strategy.ts';

/** Follows a list of choices, each modulo what there is; behind its end another strategy goes on. */
export class ContinuedStrategy implements Strategy {
  private readonly choices: readonly number[];
  private readonly rest: Strategy;
  private next = 0;

  constructor(choices: readonly number[], rest: Strategy) {
    this.choices = choices;
    this.rest = rest;
  }

  choose(world: World, count: number): number {
    const choice = this.choices[this.next];
    this.next += 1;
    return choice === undefined ? this.rest.choose(world, count) : choice % count;
  }

  performs(world: World, choice: number): void {
    this.rest.performs?.(world, choice);
  }
}
