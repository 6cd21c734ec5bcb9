import { RandomNumbers } from './random-numbers.ts';
import type { Strategy } from './strategy.ts';

/** Every choice is equally likely. */
export class RandomStrategy implements Strategy {
  private readonly numbers: RandomNumbers;

  constructor(seed: number) {
    this.numbers = new RandomNumbers(seed);
  }

  choose(_world: unknown, count: number): number {
    return this.numbers.below(count);
  }
}
