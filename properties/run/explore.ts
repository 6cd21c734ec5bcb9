import type { StackTypes } from '../../impl/stack.ts';
import { hasOneRun, type Program } from '../programs/program.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { PreemptionLevel } from '../schedules/preemption-levels.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import { exploreGuided } from './explore-guided.ts';
import { exploreStates, type StatesExplored } from './explore-states.ts';
import type { CoverageReport } from '../explore/guided/guide.ts';
import type { Guided } from '../explore/guided/guided-runs.ts';
import type { MachineListener } from '../explore/guided/listener.ts';
import { RunCoverage } from '../explore/guided/run-coverage.ts';
import { type DporCounts, exploreClasses } from '../explore/dpor/search.ts';
import { runUnder } from '../explore/drive.ts';
import { Guard, type Runner } from '../explore/guard.ts';
import { sample, SAMPLED_FIRST, sampleFirst, type Sampling } from '../explore/sample.ts';
import { searchTree } from '../explore/tree-search.ts';
import type { JudgeFactory } from './judge.ts';
import { ProgramSubject } from './program-subject.ts';
import type { Run } from './run.ts';

/** Which schedules of a program to run. */
export type Schedules =
  | { readonly kind: 'all'; readonly runsMax: number }
  | { readonly kind: 'stateful'; readonly statesMax: number }
  | { readonly kind: 'bounded'; readonly preemptions: number; readonly runsMax: number }
  | { readonly kind: 'dpor'; readonly runsMax: number; readonly keepsLog?: boolean }
  | Guided
  | Sampling;

export interface ExploreOptions {
  readonly types?: StackTypes;
  readonly judges: readonly JudgeFactory[];
  /** Who watches random runs, also those before a search. Default: `judges`. */
  readonly sampledJudges?: readonly JudgeFactory[];
  /** See `RunOptions.notes`. */
  readonly notes?: boolean;
  /** What will be said of a run besides, as far as it is decided; see `RunOptions.view`. */
  readonly view?: (run: Run) => string;
  /** Makes some runs twice. Default: one of its own, so the first run of each program is one. */
  readonly guard?: Guard;
  /**
   * How many random runs come before a search that is exhaustive within its bounds. Default:
   * `SAMPLED_FIRST`, and none where nothing can be chosen.
   */
  readonly sampling?: number;
  /**
   * Looks at each run; false ends the exploration. Of a stateful one, at each way to end.
   * `isSampled`: the run is one of those before the search, which meets its choices again.
   */
  readonly visit: (run: Run, isSampled: boolean) => boolean;
}

/** What an exploration covered. */
export interface Explored {
  /** Of the search itself. */
  readonly runs: number;
  readonly steps: number;
  /** Of the random runs before it. */
  readonly sampled: { readonly runs: number; readonly steps: number };
  /** Every schedule within the bound was run. */
  readonly isComplete: boolean;
  /** The bound left nothing out: these were all schedules that there are. */
  readonly isExhaustive: boolean;
  /** Of a bounded one: with how many preemptions every schedule was run; -1 for none. */
  readonly level?: number;
  /** Of guidance by coverage: what it has reached. */
  readonly coverage?: CoverageReport;
  /** Of a partial-order reduction: what it left out, and what it made for nothing. */
  readonly dpor?: DporCounts;
  /** Of a search of states: how many there are, and what could have been overlooked. */
  readonly stateful?: StatesCounts;
}

export type StatesCounts = Pick<StatesExplored, 'states' | 'edges' | 'omission' | 'leftOut'>;

/** Which schedules these are, in words. */
export function describeSchedules(schedules: Schedules): string {
  switch (schedules.kind) {
    case 'all':
      return `every schedule, up to ${schedules.runsMax} runs`;
    case 'stateful':
      return `every state, up to ${schedules.statesMax}`;
    case 'bounded':
      return (
        `every schedule with at most ${schedules.preemptions} preemptions, ` +
        `up to ${schedules.runsMax} runs`
      );
    case 'dpor':
      return `one schedule of each class of equivalent ones, up to ${schedules.runsMax} runs`;
    case 'random':
      return `${schedules.runs} random schedules`;
    case 'pct':
      return `${schedules.runs} random schedules of depth ${schedules.depth}`;
    case 'pos':
      return `${schedules.runs} random partial orders`;
    case 'coverage':
      return `${schedules.runs} schedules, drawn or like those that reached something new`;
    default:
      return schedules satisfies never;
  }
}

const NOT_SAMPLED = { runs: 0, steps: 0 };

/** Runs a program under many schedules. */
export function explore(program: Program, schedules: Schedules, options: ExploreOptions): Explored {
  const { visit, judges, sampledJudges = judges, guard = new Guard() } = options;
  const sampledRun = guardedRuns(program, { ...options, judges: sampledJudges, guard });
  if (schedules.kind === 'random' || schedules.kind === 'pct' || schedules.kind === 'pos') {
    const { runs, steps } = sample(sampledRun, schedules, (made) => visit(made, false));
    return { runs, steps, sampled: NOT_SAMPLED, isComplete: false, isExhaustive: false };
  }
  if (schedules.kind === 'coverage') {
    const machines = new RunCoverage('objects');
    const watched = { ...options, judges: sampledJudges, guard, machines };
    const listened = guardedRuns(program, watched);
    const made = exploreGuided(listened, machines, schedules, (one) => visit(one, false));
    return { ...made, sampled: NOT_SAMPLED, isComplete: false, isExhaustive: false };
  }
  const first = options.sampling ?? (hasOneRun(program) ? 0 : SAMPLED_FIRST);
  const { isStopped, ...sampled } = sampleFirst(sampledRun, first, (made) => visit(made, true));
  if (isStopped) return { runs: 0, steps: 0, sampled, isComplete: false, isExhaustive: false };
  const run = guardedRuns(program, { ...options, guard });
  return { ...search(program, schedules, run, options), sampled };
}

/** A search that leaves nothing out, within its bounds. */
function search(
  program: Program,
  schedules: Exclude<Schedules, Guided | Sampling>,
  run: Runner<Run>,
  options: ExploreOptions,
): Omit<Explored, 'sampled'> {
  if (schedules.kind === 'dpor') return exploreDpor(program, schedules, options);
  if (schedules.kind !== 'stateful') {
    return exploreTree(run, schedules, (made) => options.visit(made, false));
  }
  const found = exploreStates(program, schedules.statesMax, options);
  const { runs, steps, isComplete, states, edges, omission, leftOut } = found;
  const stateful = { states, edges, omission, leftOut };
  return { runs, steps, isComplete, isExhaustive: isComplete, stateful };
}

function exploreDpor(
  program: Program,
  { runsMax, keepsLog = false }: Extract<Schedules, { kind: 'dpor' }>,
  options: ExploreOptions,
): Omit<Explored, 'sampled'> {
  const visit = (run: Run): boolean => options.visit(run, false);
  const dpor = exploreClasses(new ProgramSubject(program, options), { runsMax, keepsLog, visit });
  const { explored: runs, steps, isFinished } = dpor;
  return { runs, steps, isComplete: isFinished, isExhaustive: isFinished, dpor };
}

/** Runs of a program, some of which are made twice. */
export function guardedRuns(
  program: Program,
  options: Pick<ExploreOptions, 'types' | 'judges' | 'notes' | 'guard'> & {
    readonly machines?: MachineListener;
  },
): Runner<Run> {
  const { guard = new Guard() } = options;
  const tracked = new ProgramSubject(program, { ...options, tracksObservations: true });
  return guard.runner(new ProgramSubject(program, options), tracked);
}

function exploreTree(
  run: Runner<Run>,
  schedules: Extract<Schedules, { kind: 'all' | 'bounded' }>,
  visit: (run: Run) => boolean,
): Omit<Explored, 'sampled'> {
  if (schedules.kind === 'bounded') return exploreLevels(run, schedules, visit);
  const found = searchTree(run, new ScheduleTree(), schedules.runsMax, visit);
  return { ...found, isExhaustive: found.isComplete };
}

/** Bounds are iterated: what needs few preemptions is found first, and then with few. */
function exploreLevels(
  run: Runner<Run>,
  { preemptions, runsMax }: Extract<Schedules, { kind: 'bounded' }>,
  visit: (run: Run) => boolean,
): Omit<Explored, 'sampled'> {
  const counts = { runs: 0, steps: 0 };
  let level = 0;
  let tree = PreemptionLevel.first(preemptions === 0);
  for (;;) {
    const found = searchTree(run, tree, runsMax - counts.runs, visit);
    counts.runs += found.runs;
    counts.steps += found.steps;
    if (!found.isComplete) break;
    // Nothing was left out: there are no schedules with more preemptions.
    const isExhaustive = !tree.pruned;
    if (isExhaustive || level === preemptions) {
      return { ...counts, isComplete: true, isExhaustive, level };
    }
    level += 1;
    if (counts.runs >= runsMax) break;
    tree = tree.next(level === preemptions);
  }
  return { ...counts, isComplete: false, isExhaustive: false, level: level - 1 };
}

/** One run with fresh judges. */
export function runOnce(
  program: Program,
  strategy: Strategy,
  options: Pick<ExploreOptions, 'types' | 'judges' | 'notes'>,
): Run {
  return runUnder(new ProgramSubject(program, options), strategy);
}
