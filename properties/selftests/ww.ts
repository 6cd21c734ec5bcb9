import type { StackTypes } from '../../impl/stack.ts';
import type { WwAlgorithm } from '../../impl/kernel/ww-class.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { runThreads, type Selftest, type SelftestResult, type Threads } from './selftest.ts';
import {
  crossing,
  cycle,
  mutualExclusion,
  type MutexVariant,
  stress,
  type StressKind,
  type StressSize,
  twice,
} from './ww-scenarios.ts';

export interface WwSuiteOptions {
  readonly types?: StackTypes;
  /** Stress runs at the size of the original, for four processors. */
  readonly isFull?: boolean;
}

/** Each scenario runs under so many random schedules. */
const SCHEDULES = 40;
/** A run that takes longer does not end. Unit: steps. */
const STEPS_MAX = 60_000_000;
/** The original knows wait-die only; later ones run both. */
const ALGORITHMS: readonly WwAlgorithm[] = ['wait-die', 'wound-wait'];
const CPUS = 4;

const BOOLEANS = [false, true] as const;
const VARIANTS: readonly MutexVariant[] = BOOLEANS.flatMap((isBusy) =>
  BOOLEANS.flatMap((tries) => BOOLEANS.map((hasContext) => ({ isBusy, tries, hasContext }))),
);

const SMALL: Readonly<Record<string, StressSize>> = {
  'ST-WW-06': { mutexes: 4, threads: 3, rounds: 3 },
  'ST-WW-07': { mutexes: 4, threads: 3, rounds: 3 },
  'ST-WW-08': { mutexes: 8, threads: 4, rounds: 2 },
};
const FULL: Readonly<Record<string, StressSize>> = {
  'ST-WW-06': { mutexes: 16, threads: 2 * CPUS, rounds: 100 },
  'ST-WW-07': { mutexes: 16, threads: 2 * CPUS, rounds: 100 },
  'ST-WW-08': { mutexes: 2047, threads: 3 * CPUS, rounds: 2 },
};

/** The kernel's own suite for wound/wait mutexes (`test-ww_mutex`). */
export function wwSelftests({ types, isFull = false }: WwSuiteOptions = {}): readonly Selftest[] {
  const suite = new Suite(types, isFull);
  const cycles = Array.from({ length: CPUS }, (_, number) => number + 2);
  return [
    suite.test(
      'ST-WW-01',
      'test_mutex',
      VARIANTS.map((variant) => () => mutualExclusion(variant)),
    ),
    suite.test(
      'ST-WW-02',
      'test_aa',
      BOOLEANS.map((tries) => () => twice(tries)),
    ),
    suite.test(
      'ST-WW-03',
      'test_abba',
      BOOLEANS.map((tries) => () => crossing(tries, false)),
    ),
    suite.test(
      'ST-WW-04',
      'test_abba with resolution',
      BOOLEANS.map((tries) => () => crossing(tries, true)),
    ),
    suite.test(
      'ST-WW-05',
      'test_cycle',
      cycles.flatMap((count) => ALGORITHMS.map((algorithm) => () => cycle(count, algorithm))),
    ),
    suite.stress('ST-WW-06', 'stress_inorder', ['in order']),
    suite.stress('ST-WW-07', 'stress_reorder', ['reorder']),
    suite.stress('ST-WW-08', 'stress', ['in order', 'reorder', 'one']),
  ];
}

class Suite {
  private readonly types: StackTypes | undefined;
  private readonly isFull: boolean;

  constructor(types: StackTypes | undefined, isFull: boolean) {
    this.types = types;
    this.isFull = isFull;
  }

  test(id: string, title: string, scenarios: readonly (() => Threads)[]): Selftest {
    const scale = `${scenarios.length} variants, ${SCHEDULES} schedules of each`;
    return { id, title, scale, run: () => this.all(scenarios, SCHEDULES) };
  }

  stress(id: string, title: string, kinds: readonly StressKind[]): Selftest {
    const size = (this.isFull ? FULL : SMALL)[id];
    if (size === undefined) throw new Error(`${id} has no size`);
    const scale = `${size.mutexes} mutexes, ${size.threads} threads, ${size.rounds} rounds each`;
    const schedules = this.isFull ? 1 : SCHEDULES;
    const scenarios = ALGORITHMS.map((algorithm) => () => stress(kinds, size, algorithm, 1));
    return { id, title, scale, run: () => this.all(scenarios, schedules) };
  }

  private all(scenarios: readonly (() => Threads)[], schedules: number): SelftestResult {
    let steps = 0;
    for (const scenario of scenarios) {
      for (let seed = 1; seed <= schedules; seed += 1) {
        const result = runThreads(scenario(), {
          strategy: () => new RandomStrategy(seed),
          stepsMax: STEPS_MAX,
          ...(this.types === undefined ? {} : { types: this.types }),
        });
        steps += result.steps;
        if (result.failure !== null) return { failure: result.failure, steps };
      }
    }
    return { failure: null, steps };
  }
}
