import { FIRST } from '../schedules/strategy.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { RandomNumbers } from '../schedules/random-numbers.ts';
import { type Candidate, type ShrinkContext, tryCandidate } from './candidate.ts';

/** How many continuations are tried behind each choice. */
const CONTINUATIONS = 24;

/** Follows the choices up to some point, and then something else. */
class PrefixStrategy implements Strategy {
  private readonly prefix: readonly number[];
  private readonly numbers: RandomNumbers;
  private readonly isPlain: boolean;
  private next = 0;

  constructor(prefix: readonly number[], seed: number) {
    this.prefix = prefix;
    this.numbers = new RandomNumbers(seed);
    this.isPlain = seed === 0;
  }

  choose(_world: unknown, count: number): number {
    const choice = this.prefix[this.next];
    this.next += 1;
    if (choice !== undefined && choice < count) return choice;
    return this.isPlain ? 0 : this.numbers.below(count);
  }
}

/**
 * The number of choices after which every continuation that was tried fails: the last of them is
 * the deciding one. 0 when the program fails whatever happens.
 */
export function decidingChoice(candidate: Candidate, context: ShrinkContext): number {
  let low = 0;
  while (low < candidate.choices.length && !alwaysFails(candidate, low, context)) low += 1;
  return low;
}

function alwaysFails(candidate: Candidate, length: number, context: ShrinkContext): boolean {
  const prefix = candidate.choices.slice(0, length);
  if (length === 0 && tryCandidate(candidate.program, FIRST, context) === null) return false;
  for (let seed = 0; seed < CONTINUATIONS; seed += 1) {
    const strategy = new PrefixStrategy(prefix, seed);
    if (tryCandidate(candidate.program, strategy, context) === null) return false;
  }
  return true;
}
