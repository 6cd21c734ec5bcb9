import { type Pair, possiblePairs } from '../../../model/pairs.ts';
import type { Hash } from './hash.ts';
import type { Reached } from './run-coverage.ts';

/** The pairs of one machine. */
export interface MachineCoverage {
  readonly machine: string;
  readonly reached: number;
  /** Of the bounded machine. */
  readonly possible: number;
  /** Reached pairs that need more than the bounded machine has; none of those that are possible. */
  readonly beyond: number;
}

/** Everything that runs have reached so far. */
export class CoverageMap {
  readonly pairs: Set<Pair> = new Set();
  readonly states: Set<Hash> = new Set();

  /** Adds what a run has reached, and says how much of it is new. */
  add({ pairs, states }: Reached): { readonly pairs: number; readonly states: number } {
    const before = { pairs: this.pairs.size, states: this.states.size };
    for (const pair of pairs) this.pairs.add(pair);
    for (const state of states) this.states.add(state);
    return { pairs: this.pairs.size - before.pairs, states: this.states.size - before.states };
  }

  /** What of this is new; null when nothing is. It is known from now on. */
  news(reached: Reached): Reached | null {
    const pairs = reached.pairs.filter((pair) => !this.pairs.has(pair));
    const states = reached.states.filter((state) => !this.states.has(state));
    if (pairs.length === 0 && states.length === 0) return null;
    this.add({ pairs, states });
    return { pairs, states };
  }

  /** How many pairs of how many, for each machine. */
  machines(): readonly MachineCoverage[] {
    return [...possiblePairs()].map(([machine, possible]) => {
      const mine = [...this.pairs].filter((pair) => pair.startsWith(`${machine} `));
      const reached = mine.filter((pair) => possible.has(pair)).length;
      return { machine, reached, possible: possible.size, beyond: mine.length - reached };
    });
  }
}
