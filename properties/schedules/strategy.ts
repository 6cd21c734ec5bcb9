import type { World } from '../../impl/kernel/world.ts';

/** Answers every choice of a run. It must be deterministic given how it was built. */
export interface Strategy {
  /** Picks among `count` > 1 choices that `world.enumerate` has just listed. */
  choose(world: World, count: number): number;
  /** Hears of every step before it is made, also of those to which there is no alternative. */
  performs?(world: World, choice: number): void;
  /** It answers 0 whatever it is asked: who wants to know of no choice need not list them. */
  readonly isFirst?: boolean;
}

/** Nothing special ever happens: every task runs until it blocks. */
export const FIRST: Strategy = { choose: () => 0, isFirst: true };
