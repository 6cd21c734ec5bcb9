import type { Trace } from '../../traces/trace.ts';
import type { Fault } from '../faults/fault.ts';
import type { Tested } from '../litmus/litmus.ts';
import type { Program } from '../programs/program.ts';
import type { Crew } from '../parallel/crew.ts';
import { describeSchedules, type Explored, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { type Divisible, hasParts, SampleBatches, TreeBatches } from './explore-batches.ts';
import { explorePart, type PartExplored } from './explore-part.ts';
import { explain } from './found.ts';
import { GuidedBatches } from './guided-batches.ts';

export interface ExploreProgramOptions {
  readonly program: Program;
  readonly schedules: Schedules;
  /** What is looked at in the end, besides what calls returned. */
  readonly litmus: Tested | null;
  readonly fault: Fault | null;
}

/** One way in which the program can end. */
export interface SeenOutcome {
  readonly text: string;
  /** In how many of the search's runs that came to their end. */
  readonly count: number;
}

/** What an exploration of one program showed. */
export interface ProgramReport {
  readonly program: string;
  readonly bounds: string;
  readonly explored: Explored;
  readonly outcomes: readonly SeenOutcome[];
  /** Each judge speaks once about each set of rules. */
  readonly findings: readonly Finding[];
  /** The counterexample to the first of them. */
  readonly trace: Trace | null;
}

/** Explores one program with all judges, and shrinks the first finding to a counterexample. */
export function exploreProgram(options: ExploreProgramOptions): ProgramReport {
  const { program, litmus, schedules, fault } = options;
  const part = { kind: 'whole', schedules } as const;
  const found = explorePart({ program, isLitmus: litmus !== null, part }, fault);
  return reportOf(options, found);
}

/** The same with worker threads, and the same report. */
export async function exploreProgramOn(
  crew: Crew,
  options: ExploreProgramOptions,
): Promise<ProgramReport> {
  const { schedules } = options;
  if (!hasParts(schedules)) return exploreProgram(options);
  const parts = partsOf(options, schedules);
  await crew.run(parts);
  return reportOf(options, parts.result());
}

function partsOf(
  options: ExploreProgramOptions,
  schedules: Divisible,
): TreeBatches | SampleBatches | GuidedBatches {
  switch (schedules.kind) {
    case 'all':
    case 'bounded':
      return new TreeBatches(options, schedules);
    case 'coverage':
      return new GuidedBatches(options, schedules);
    default:
      return new SampleBatches(options, schedules);
  }
}

function reportOf(
  { program, schedules, fault }: ExploreProgramOptions,
  { explored, outcomes, findings }: PartExplored,
): ProgramReport {
  const bounds = describeSchedules(schedules);
  const [first] = findings;
  return {
    program: program.name,
    bounds,
    explored,
    outcomes: outcomes
      .map(([text, count]) => ({ text, count }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1)),
    findings: findings.map(([, { finding }]) => finding),
    trace: first === undefined ? null : explain({ program, ...first[1], bounds }, fault),
  };
}
