import type { Strategy } from './strategy.ts';

/** Follows a list of choices; behind its end nothing special happens. */
export class ReplayStrategy implements Strategy {
  private readonly choices: readonly number[];
  private next = 0;
  /** True when a recorded choice did not exist. */
  diverged = false;

  constructor(choices: readonly number[]) {
    this.choices = choices;
  }

  choose(_world: unknown, count: number): number {
    const choice = this.choices[this.next] ?? 0;
    this.next += 1;
    if (choice < count) return choice;
    this.diverged = true;
    return 0;
  }
}
