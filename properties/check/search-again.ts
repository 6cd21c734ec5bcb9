import type { Trace } from '../../traces/trace.ts';
import type { Fault } from '../faults/fault.ts';
import { judgesOf } from '../judges/standard.ts';
import type { Program } from '../programs/program.ts';
import { explore, type Explored, type Schedules } from '../run/explore.ts';
import { explainOn, type Failure, type Stage } from './explain-failure.ts';
import { stageOf } from './replay.ts';

const PREEMPTIONS = 2;
const BOUNDED_RUNS_MAX = 3000;
const RANDOM_RUNS = 500;

/** What a second search in the program of a trace showed. */
export interface SearchedAgain {
  /** The new counterexample; null when nothing was found. */
  readonly trace: Trace | null;
  readonly runs: number;
  readonly steps: number;
  /** What was searched, in words. */
  readonly bounds: string;
  /** Every schedule within the bound of preemptions was run. */
  readonly isComplete: boolean;
}

/**
 * Searches the program of a trace whose choices the code no longer offers: schedules with few
 * preemptions first, then random ones.
 */
export function searchAgain(trace: Trace, fault: Fault | null, seed = 1): SearchedAgain {
  return searchAgainOn(trace, stageOf(trace, fault), seed);
}

/** The same in any world, such as one with a driver of somebody's own. */
export function searchAgainOn(trace: Trace, stage: Stage, seed = 1): SearchedAgain {
  const { program } = trace;
  const searches: readonly Schedules[] = [
    { kind: 'bounded', preemptions: PREEMPTIONS, runsMax: BOUNDED_RUNS_MAX },
    { kind: 'random', runs: RANDOM_RUNS, seed },
  ];
  const bounds =
    `every schedule with at most ${PREEMPTIONS} preemptions (at most ${BOUNDED_RUNS_MAX}), ` +
    `and ${RANDOM_RUNS} random ones`;
  const counts = { runs: 0, steps: 0 };
  let isComplete = false;
  for (const schedules of searches) {
    const { failure, explored } = firstFailure(program, schedules, stage);
    counts.runs += explored.runs + explored.sampled.runs;
    counts.steps += explored.steps + explored.sampled.steps;
    if (schedules.kind === 'bounded') isComplete = explored.isComplete;
    if (failure === null) continue;
    return { ...counts, trace: explainOn(stage, { ...failure, bounds }), bounds, isComplete };
  }
  return { ...counts, trace: null, bounds, isComplete };
}

function firstFailure(
  program: Program,
  schedules: Schedules,
  { types, verdict }: Stage,
): { failure: Omit<Failure, 'bounds'> | null; explored: Explored } {
  let failure: Omit<Failure, 'bounds'> | null = null;
  const explored = explore(program, schedules, {
    types,
    ...judgesOf(schedules),
    visit: (run) => {
      const [finding] = verdict(run);
      if (finding !== undefined) failure = { program, choices: run.choices, finding };
      return finding === undefined;
    },
  });
  return { failure, explored };
}
