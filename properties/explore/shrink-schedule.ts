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
export const PREEMPTIONS_MAX = 3;

/** How far a search for a failure goes. */
export interface Effort {
  /** For each number of preemptions. */
  readonly runsMax: number;
  readonly preemptionsMax: number;
}

/** A failure, and the fewest preemptions with which it was found. */
export interface Fewest<F extends FailingRun> {
  readonly failure: F;
  readonly preemptions: number;
}

/**
 * The first failure among the schedules with the fewest preemptions, found by iterating the bound.
 * Null when none is found.
 */
export function fewestPreemptions<F extends FailingRun>(
  attempt: Attempt<F>,
  { runsMax, preemptionsMax }: Effort,
): Fewest<F> | null {
  for (let bound = 0; bound <= preemptionsMax; bound += 1) {
    const tree = new ScheduleTree(bound);
    for (let runs = 0; runs < runsMax; runs += 1) {
      tree.begin();
      const failure = attempt(tree);
      if (failure !== null) return { failure, preemptions: bound };
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

/** For subjects that are small. */
const EFFORT: Effort = { runsMax: 1500, preemptionsMax: PREEMPTIONS_MAX };

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
  const found = fewestPreemptions(attempt, EFFORT)?.failure ?? { choices };
  return fewerChoices(found, attempt).choices;
}
