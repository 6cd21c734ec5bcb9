import { guardOf, type GuidedJob, type Kept } from '../explore/guided/guide.ts';
import { guidedRuns } from '../explore/guided/guided-runs.ts';
import type { Choices } from '../explore/guided/mutate-schedule.ts';
import { RunCoverage } from '../explore/guided/run-coverage.ts';
import { sampleFirst } from '../explore/sample.ts';
import { searchNew } from '../explore/tree-search.ts';
import type { Fault } from '../faults/fault.ts';
import { judgesOf, SINGLE_RUN_JUDGES, STANDARD_JUDGES } from '../judges/standard.ts';
import { testedBy } from '../litmus/tested-by.ts';
import type { Program } from '../programs/program.ts';
import {
  explore,
  type Explored,
  type ExploreOptions,
  guardedRuns,
  type Schedules,
} from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { ScheduleTree } from '../schedules/tree.ts';
import { typesWith, verdictFor } from './found.ts';

/** What of one program's schedules to run. */
export type Part =
  /** All of these. */
  | { readonly kind: 'whole'; readonly schedules: Schedules }
  /** The random runs before a search. */
  | { readonly kind: 'first'; readonly runs: number }
  /** One batch of a search that coverage guides. */
  | { readonly kind: 'guided'; readonly job: GuidedJob<Choices> }
  /** The schedules that begin with these choices, without those within a lower bound. */
  | {
      readonly kind: 'tree';
      readonly preemptionsMax: number;
      readonly prefix: readonly number[];
      readonly runsMax: number;
    };

export interface PartJob {
  readonly program: Program;
  /** It is a litmus program, which says what is looked at in the end. */
  readonly isLitmus: boolean;
  readonly part: Part;
}

/** A finding with the run that showed it. */
export interface PartFinding {
  readonly finding: Finding;
  readonly choices: readonly number[];
}

export interface PartExplored {
  readonly explored: Explored;
  /** How often each outcome was seen, in the order in which they were met. */
  readonly outcomes: readonly (readonly [string, number])[];
  /** The first one of each judge about each set of rules. */
  readonly findings: readonly (readonly [string, PartFinding])[];
  /** Of a guided part: what reached something new. */
  readonly kept?: readonly Kept<Choices>[];
}

/** Explores a part of one program with all judges. */
export function explorePart(
  { program, isLitmus, part }: PartJob,
  fault: Fault | null,
): PartExplored {
  const known = isLitmus ? testedBy(program) : null;
  const outcomes = new Map<string, number>();
  const findings = new Map<string, PartFinding>();
  const verdict = verdictFor(program, known === null ? '' : 'litmus');
  const textOf = (run: Run): string => known?.observe(run) ?? run.outcome;
  const visit = (run: Run, isSampled: boolean): boolean => {
    const text = textOf(run);
    if (!isSampled) outcomes.set(text, (outcomes.get(text) ?? 0) + 1);
    for (const finding of verdict(run)) {
      const key = `${finding.judge} ${finding.rules.join(' ')}`;
      if (!findings.has(key)) findings.set(key, { finding, choices: [...run.choices] });
    }
    return true;
  };
  const options = { types: typesWith(fault), ...judgesOfPart(part), view: textOf, visit };
  const found = runPart(program, part, options);
  return { ...found, outcomes: [...outcomes], findings: [...findings] };
}

function judgesOfPart(part: Part): Pick<ExploreOptions, 'judges' | 'sampledJudges'> {
  if (part.kind === 'whole') return judgesOf(part.schedules);
  return { judges: part.kind === 'tree' ? STANDARD_JUDGES : SINGLE_RUN_JUDGES };
}

const NOTHING = { runs: 0, steps: 0 };
const PARTIAL = { isComplete: false, isExhaustive: false };

type PartRun = Pick<PartExplored, 'explored' | 'kept'>;

function runPart(program: Program, part: Part, options: ExploreOptions): PartRun {
  const { visit } = options;
  if (part.kind === 'whole') return { explored: explore(program, part.schedules, options) };
  if (part.kind === 'guided') return runGuided(program, part.job, options);
  const run = guardedRuns(program, options);
  if (part.kind === 'first') {
    const { runs, steps } = sampleFirst(run, part.runs, (made) => visit(made, true));
    return { explored: { ...NOTHING, ...PARTIAL, sampled: { runs, steps } } };
  }
  const tree = new ScheduleTree(part.preemptionsMax, part.prefix);
  const found = searchNew(run, tree, part.runsMax, (made) => visit(made, false));
  const isExhaustive = found.isComplete && !tree.pruned;
  return { explored: { ...found, sampled: NOTHING, isExhaustive } };
}

function runGuided(program: Program, job: GuidedJob<Choices>, options: ExploreOptions): PartRun {
  const machines = new RunCoverage('objects');
  const run = guardedRuns(program, { ...options, machines, guard: guardOf(job) });
  const found = guidedRuns(run, machines, job, (made) => options.visit(made, false));
  const { runs, steps, kept } = found;
  return { explored: { runs, steps, sampled: NOTHING, ...PARTIAL }, kept };
}
