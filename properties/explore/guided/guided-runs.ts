import { RandomNumbers } from '../../schedules/random-numbers.ts';
import type { Runner } from '../guard.ts';
import type { Execution } from '../subject.ts';
import { CoverageMap } from './coverage-map.ts';
import { type GuidedJob, type Kept, pickParent } from './guide.ts';
import { type Choices, freshSchedule, mutatedSchedule } from './mutate-schedule.ts';
import type { RunCoverage } from './run-coverage.ts';

/** Schedules that go on from those that reached something new. */
export interface Guided {
  readonly kind: 'coverage';
  readonly runs: number;
  readonly seed: number;
  /** See `GuideOptions`. */
  readonly isBlind?: boolean;
}

/** What the runs of one batch came to. */
export interface GuidedRuns {
  readonly runs: number;
  readonly steps: number;
  readonly kept: readonly Kept<Choices>[];
  /** The visitor has ended it. */
  readonly isStopped: boolean;
}

/** Makes the runs of one batch. `coverage` hears of each of them; the visitor ends it with false. */
export function guidedRuns<E extends Execution>(
  run: Runner<E>,
  coverage: RunCoverage,
  { seed, runs, parents }: GuidedJob<Choices>,
  visit: (execution: E) => boolean,
): GuidedRuns {
  const map = new CoverageMap();
  const kept: Kept<Choices>[] = [];
  let steps = 0;
  for (let index = 0; index < runs; index += 1) {
    const numbers = new RandomNumbers(seed + index);
    const parent = pickParent(numbers, parents);
    const strategy =
      parent === null ? freshSchedule(numbers) : mutatedSchedule(numbers, parent.one, parent.other);
    const execution = run(strategy);
    steps += execution.world.steps;
    const reached = map.news(coverage.reached);
    if (reached !== null) kept.push({ input: [...execution.choices], reached });
    if (!visit(execution)) return { runs: index + 1, steps, kept, isStopped: true };
  }
  return { runs, steps, kept, isStopped: false };
}
