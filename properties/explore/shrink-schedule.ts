import { ReplayStrategy } from '../schedules/replay.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import { runUnder } from './drive.ts';
import type { Execution, Subject } from './subject.ts';

/** A run that fails in the way that is looked for. */
export interface FailingRun {
  readonly choices: readonly number[];
}

/** Runs something under a strategy; null when the run does not fail in the same way. */
export type Attempt<F extends FailingRun> = (strategy: Strategy) => F | null;

/** Bound of the search for a schedule with fewer preemptions. */
const PREEMPTIONS_MAX = 3;

/**
 * The first failure among the schedules with the fewest preemptions, found by iterating the bound.
 * Null when none is found, with at most `runsMax` runs for each bound.
 */
export function fewestPreemptions<F extends FailingRun>(
  attempt: Attempt<F>,
  runsMax: number,
): F | null {
  for (let bound = 0; bound <= PREEMPTIONS_MAX; bound += 1) {
    const tree = new ScheduleTree(bound);
    for (let runs = 0; runs < runsMax; runs += 1) {
      tree.begin();
      const found = attempt(tree);
      if (found !== null) return found;
      if (!tree.advance()) break;
    }
    if (!tree.pruned) return null;
  }
  return null;
}

/** Sets single choices to "nothing special" as long as the run still fails. */
export function fewerChoices<F extends FailingRun>(from: F, attempt: Attempt<F>): F {
  let best = from;
  for (let index = 0; index < best.choices.length; index += 1) {
    if (best.choices[index] === 0) continue;
    const choices = best.choices.with(index, 0);
    best = attempt(new ReplayStrategy(choices)) ?? best;
  }
  return best;
}

/** Choices behind the last special one say nothing. */
export function trimmed(choices: readonly number[]): readonly number[] {
  let { length } = choices;
  while (length > 0 && choices[length - 1] === 0) length -= 1;
  return choices.slice(0, length);
}

/** Runs per bound, for subjects that are small. */
const RUNS_PER_BOUND = 1500;

/** Choices of a failing run, made simpler: fewest preemptions first, then fewest choices. */
export function shrinkSchedule<E extends Execution>(
  subject: Subject<E>,
  choices: readonly number[],
  fails: (execution: E) => boolean,
): readonly number[] {
  const attempt: Attempt<FailingRun> = (strategy) => {
    const execution = runUnder(subject, strategy);
    return fails(execution) ? { choices: trimmed(execution.choices) } : null;
  };
  const found = fewestPreemptions(attempt, RUNS_PER_BOUND) ?? { choices };
  return fewerChoices(found, attempt).choices;
}
