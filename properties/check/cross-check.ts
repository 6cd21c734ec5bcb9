import { INTACT, type StackTypes } from '../../impl/stack.ts';
import { type Fault, withFault } from '../faults/fault.ts';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { LITMUS } from '../litmus/index.ts';
import { ProgramError } from '../programs/operation.ts';
import type { Program } from '../programs/program.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { explore, type Explored, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { Run } from '../run/run.ts';
import type { Property } from './property.ts';
import { judgeRun } from './run-property.ts';

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
  const { types = INTACT, judge = (run) => run.findings } = options;
  const observe = (run: Run): string => observed(run, options.observe);
  const outcomes = new Set<string>();
  const verdicts = new Set<string>();
  const explored = explore(program, schedules, {
    types,
    judges: STANDARD_JUDGES,
    view: observe,
    // What random runs show, the search that is compared must show by itself.
    sampling: 0,
    visit: (run) => {
      outcomes.add(`${observe(run)} | ${run.outcome}`);
      for (const { judge: name, rules } of judge(run)) verdicts.add(`${name} ${rules.join(' ')}`);
      return true;
    },
  });
  return { outcomes, verdicts, explored };
}

/** With a fault, what is looked for may never have been made. */
function observed(run: Run, observe: SeeOptions['observe']): string {
  try {
    return observe?.(run) ?? '';
  } catch (error) {
    if (error instanceof ProgramError || error instanceof TypeError) return 'nothing to see';
    throw error;
  }
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

/** Enough for whatever has few enough schedules to be compared. */
const STATES_MAX = 100_000;

/** How strategies compare on many programs. */
export interface CrossChecked {
  /** Programs on which both came to their end. */
  compared: number;
  /** Programs with more schedules than were run, so that there was nothing to compare with. */
  leftOut: number;
  allRuns: number;
  dporRuns: number;
  /** Program and difference. */
  readonly differences: string[];
}

interface Subject {
  readonly program: Program;
  readonly options: SeeOptions;
  /** What is said of a run depends on the order of everything that it tells. */
  readonly keepsLog: boolean;
}

/** Whose programs are compared. */
interface Sources {
  readonly litmus: readonly (typeof LITMUS)[number][];
  readonly properties: readonly Property[];
}

const EVERYTHING: Sources = { litmus: LITMUS, properties: PROPERTIES };

/**
 * Compares partial-order reduction, and the search of states, with all schedules: on the litmus programs, and on those of the
 * properties that a fault should break. Programs with more than `runsMax` schedules are left out.
 */
export function crossCheck(
  fault: Fault | null,
  runsMax: number,
  from: Partial<Sources> = {},
): CrossChecked {
  const types = fault === null ? INTACT : withFault(INTACT, fault);
  const result: CrossChecked = {
    compared: 0,
    leftOut: 0,
    allRuns: 0,
    dporRuns: 0,
    differences: [],
  };
  const tooLarge = new Set<Program>();
  for (const subject of subjectsOf(fault, { ...EVERYTHING, ...from })) {
    const { program, options } = subject;
    const before = result.compared;
    // A program comes twice, and has as many schedules each time.
    if (tooLarge.has(program)) result.leftOut += 1;
    else compare(result, { ...subject, options: { ...options, types } }, runsMax);
    if (result.compared === before) tooLarge.add(program);
  }
  return result;
}

function compare(
  result: CrossChecked,
  { program, options, keepsLog }: Subject,
  runsMax: number,
): void {
  try {
    const all = see(program, { kind: 'all', runsMax }, options);
    if (!all.explored.isComplete) {
      result.leftOut += 1;
      return;
    }
    const dpor = see(program, { kind: 'dpor', runsMax: 2 * runsMax, keepsLog }, options);
    result.compared += 1;
    result.allRuns += all.explored.runs;
    result.dporRuns += dpor.explored.runs;
    const found = differences(all, dpor);
    if (!dpor.explored.isComplete) found.push('not finished');
    // Claims about the whole log of a run are no part of a state.
    if (!keepsLog) {
      const states = see(program, { kind: 'stateful', statesMax: STATES_MAX }, options);
      found.push(...differences(all, states).map((difference) => `by states, ${difference}`));
      if (!states.explored.isComplete) found.push('by states, not finished');
    }
    result.differences.push(...found.map((difference) => `${program.name}: ${difference}`));
  } catch (error) {
    // A fault may take from a program what it needs to go on.
    if (!(error instanceof ProgramError)) throw error;
    result.leftOut += 1;
  }
}

function* subjectsOf(fault: Fault | null, { litmus, properties }: Sources): Generator<Subject> {
  for (const property of properties) {
    if (fault !== null && !isAbout(property, fault)) continue;
    for (const program of property.programs) {
      yield { program, options: {}, keepsLog: false };
      // Claims may look at the whole log of a run, judges do not.
      const judge = (run: Run): readonly Finding[] => judgeRun(property, run);
      yield { program, options: { judge }, keepsLog: true };
    }
  }
  for (const { program, observe } of litmus) {
    yield { program, options: { observe }, keepsLog: false };
  }
}

function isAbout({ rules, faults }: Property, { id, breaks }: Fault): boolean {
  return faults.includes(id) || rules.some((rule) => breaks.includes(rule));
}
