import { sampleFirst } from '../explore/sample.ts';
import { searchTree } from '../explore/tree-search.ts';
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
  /** The schedules that begin with these choices. */
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
  const explored = runPart(program, part, options);
  return { explored, outcomes: [...outcomes], findings: [...findings] };
}

function judgesOfPart(part: Part): Pick<ExploreOptions, 'judges' | 'sampledJudges'> {
  if (part.kind === 'whole') return judgesOf(part.schedules);
  return { judges: part.kind === 'first' ? SINGLE_RUN_JUDGES : STANDARD_JUDGES };
}

const NOTHING = { runs: 0, steps: 0 };

function runPart(program: Program, part: Part, options: ExploreOptions): Explored {
  const { visit } = options;
  if (part.kind === 'whole') return explore(program, part.schedules, options);
  const run = guardedRuns(program, options);
  if (part.kind === 'first') {
    const { runs, steps } = sampleFirst(run, part.runs, (made) => visit(made, true));
    return { ...NOTHING, sampled: { runs, steps }, isComplete: false, isExhaustive: false };
  }
  const tree = new ScheduleTree(part.preemptionsMax, part.prefix);
  const found = searchTree(run, tree, part.runsMax, (made) => visit(made, false));
  return { ...found, sampled: NOTHING, isExhaustive: found.isComplete && !tree.pruned };
}
