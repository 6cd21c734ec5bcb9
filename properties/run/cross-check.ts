import type { StackTypes } from '../../impl/stack.ts';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import type { Program } from '../programs/program.ts';
import { explore, type Explored, type Schedules } from './explore.ts';
import type { Finding } from './finding.ts';
import type { Run } from './run.ts';

export interface SeeOptions {
  readonly types?: StackTypes;
  /** What is compared of a run, besides what was returned and what the judges say. */
  readonly observe?: (run: Run) => string;
  /** What is wrong with a run. Default: what the judges found. */
  readonly judge?: (run: Run) => readonly Finding[];
}

/** What an exploration has seen of a program. */
export interface Seen {
  readonly outcomes: ReadonlySet<string>;
  /** Each judge that spoke, with the rules that it named. */
  readonly verdicts: ReadonlySet<string>;
  readonly explored: Explored;
}

/** Runs a program under these schedules, and collects everything that can be seen of it. */
export function see(program: Program, schedules: Schedules, options: SeeOptions = {}): Seen {
  const { types, observe = () => '', judge = (run) => run.findings } = options;
  const outcomes = new Set<string>();
  const verdicts = new Set<string>();
  const explored = explore(program, schedules, {
    ...(types === undefined ? {} : { types }),
    judges: STANDARD_JUDGES,
    visit: (run) => {
      outcomes.add(`${observe(run)} | ${run.outcome}`);
      for (const { judge: name, rules } of judge(run)) verdicts.add(`${name} ${rules.join(' ')}`);
      return true;
    },
  });
  return { outcomes, verdicts, explored };
}

/** What two explorations of one program do not have in common, in words. */
export function differences(expected: Seen, actual: Seen): string[] {
  return [
    ...compared('outcome', expected.outcomes, actual.outcomes),
    ...compared('verdict', expected.verdicts, actual.verdicts),
  ];
}

function compared(
  what: string,
  expected: ReadonlySet<string>,
  actual: ReadonlySet<string>,
): string[] {
  const missing = [...expected].filter((one) => !actual.has(one));
  const extra = [...actual].filter((one) => !expected.has(one));
  return [
    ...missing.map((one) => `${what} not seen: ${one}`),
    ...extra.map((one) => `${what} out of nowhere: ${one}`),
  ];
}
