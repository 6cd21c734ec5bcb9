import type { Trace } from '../../traces/trace.ts';
import type { Fault } from '../faults/fault.ts';
import { judgesOf } from '../judges/standard.ts';
import type { Tested } from '../litmus/litmus.ts';
import type { Program } from '../programs/program.ts';
import { describeSchedules, explore, type Explored, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import { explain, typesWith, verdictFor } from './found.ts';

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
  const { program, schedules, litmus, fault } = options;
  const counts = new Map<string, number>();
  const findings = new Map<string, { readonly finding: Finding; readonly choices: number[] }>();
  const verdict = verdictFor(program, litmus === null ? '' : 'litmus');
  const textOf = (run: Run): string => litmus?.observe(run) ?? run.outcome;
  const explored = explore(program, schedules, {
    types: typesWith(fault),
    judges: judgesOf(schedules),
    view: textOf,
    visit: (run, isSampled) => {
      const text = textOf(run);
      if (!isSampled) counts.set(text, (counts.get(text) ?? 0) + 1);
      for (const finding of verdict(run)) {
        const key = `${finding.judge} ${finding.rules.join(' ')}`;
        if (!findings.has(key)) findings.set(key, { finding, choices: [...run.choices] });
      }
      return true;
    },
  });
  const bounds = describeSchedules(schedules);
  const [first] = findings.values();
  return {
    program: program.name,
    bounds,
    explored,
    outcomes: [...counts]
      .map(([text, count]) => ({ text, count }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1)),
    findings: [...findings.values()].map(({ finding }) => finding),
    trace: first === undefined ? null : explain({ program, ...first, bounds }, fault),
  };
}
