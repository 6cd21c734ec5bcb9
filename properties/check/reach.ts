import type { Explored } from '../run/explore.ts';

/**
 * What was left out of a program's schedules: nothing (`all`); those with more than so many
 * preemptions; or, where no such level was completed, nobody knows which (null: chance alone).
 */
export type Level = number | 'all' | null;

/** How far the schedules of one program were explored. */
export interface ProgramReach {
  readonly program: string;
  readonly complete: Level;
  /** What was run, in words, also beyond the level that is complete. */
  readonly bounds: string;
}

/** The same, and for which rule. */
export interface RuleReach extends ProgramReach {
  readonly rule: string;
}

/** The level that an exploration has completed. */
export function levelOf({ isComplete, isExhaustive, level = -1 }: Explored): Level {
  if (isComplete && isExhaustive) return 'all';
  return level < 0 ? null : level;
}

/** The higher one of two levels. */
export function higher(one: Level, other: Level): Level {
  return rank(one) >= rank(other) ? one : other;
}

function rank(level: Level): number {
  if (level === 'all') return Number.POSITIVE_INFINITY;
  return level ?? -1;
}

/** How many programs are at each level that occurs, highest first. */
export function byLevel(reach: readonly ProgramReach[]): readonly (readonly [Level, number])[] {
  const counts = new Map<Level, number>();
  for (const { complete } of reach) counts.set(complete, (counts.get(complete) ?? 0) + 1);
  return [...counts].toSorted(([one], [other]) => rank(other) - rank(one));
}
