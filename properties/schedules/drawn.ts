import fc from 'fast-check';
import { PctStrategy } from './pct.ts';
import { PosStrategy } from './pos.ts';
import { RandomStrategy } from './random.ts';
import type { Strategy } from './strategy.ts';

/** A schedule as data, so that fast-check can make it smaller. */
export type DrawnSchedule =
  | { readonly kind: 'random'; readonly seed: number }
  | { readonly kind: 'pct'; readonly seed: number; readonly depth: number }
  | { readonly kind: 'pos'; readonly seed: number }
  | { readonly kind: 'choices'; readonly choices: readonly number[] };

/** Choices beyond this are always "nothing special". */
const CHOICES_MAX = 120;

/** Schedules of every kind; lists of choices shrink towards zeros. */
export function drawnSchedule(): fc.Arbitrary<DrawnSchedule> {
  return fc.oneof(
    fc.record({
      kind: fc.constant('choices' as const),
      choices: fc.array(fc.nat(7), { maxLength: CHOICES_MAX }),
    }),
    fc.record({ kind: fc.constant('random' as const), seed: fc.nat() }),
    fc.record({
      kind: fc.constant('pct' as const),
      seed: fc.nat(),
      depth: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant('pos' as const), seed: fc.nat() }),
  );
}

/** A list of choices: each counts modulo what there is, and behind its end all are 0. */
export class ListStrategy implements Strategy {
  private readonly choices: readonly number[];
  private next = 0;

  constructor(choices: readonly number[]) {
    this.choices = choices;
  }

  choose(_world: unknown, count: number): number {
    const choice = this.choices[this.next] ?? 0;
    this.next += 1;
    return choice % count;
  }
}

/** `length`: how many steps earlier runs of the same program had; 0 without any. */
export function strategyOf(schedule: DrawnSchedule, length: number): Strategy {
  switch (schedule.kind) {
    case 'random':
      return new RandomStrategy(schedule.seed);
    case 'pct':
      return new PctStrategy(schedule.seed, schedule.depth, length);
    case 'pos':
      return new PosStrategy(schedule.seed);
    case 'choices':
      return new ListStrategy(schedule.choices);
    default:
      return schedule satisfies never;
  }
}
