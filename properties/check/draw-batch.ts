import fc from 'fast-check';
import { Guard, NondeterminismError } from '../explore/guard.ts';
import type { Fault } from '../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import { UnchangedJudge } from '../judges/unchanged.ts';
import { drawnProgram } from '../programs/drawn/arbitrary.ts';
import { DRAWN_DEVICES, drawnDeviceProgram } from '../programs/drawn/devices.ts';
import { DRAWN_SYNCOBJS, drawnSyncobjProgram } from '../programs/drawn/syncobjs.ts';
import '../programs/operations/index.ts';
import type { Program } from '../programs/program.ts';
import { guardedRuns } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { drawnSchedule, strategyOf, type DrawnSchedule } from '../schedules/drawn.ts';
import { type Failure, typesWith } from './found.ts';
import { whyStuck } from './stuck.ts';

/** Schedules per drawn program. */
export const DRAWN_SCHEDULES = 6;
/** Programs between two looks at the budget. */
const BATCH = 250;

/** A batch is its seed. */
export interface DrawnJob {
  readonly seed: number;
}

/** What a batch of drawn programs has come to. */
export interface DrawnBatch {
  readonly programs: number;
  readonly runs: number;
  readonly steps: number;
  readonly failure: DrawnFailure | null;
}

export interface DrawnFailure {
  readonly program: Program;
  /** Null when the run cannot go on, so that nothing can be replayed. */
  readonly choices: readonly number[] | null;
  readonly finding: Finding;
}

/** What is needed to show it again, if it can be shown. */
export function failureOf(
  { program, choices, finding }: DrawnFailure,
  bounds: string,
): Failure | null {
  return choices === null ? null : { program, choices, finding, bounds };
}

/** The finding that a drawn program is stuck; what it drew says nothing about rules. */
export function stuckDrawn(program: Program, error: unknown): DrawnFailure {
  const finding = {
    rules: [],
    judge: 'program',
    message: whyStuck(error),
    step: null,
    expected: null,
  };
  return { program, choices: null, finding };
}

/** So many programs of other kinds for one about devices, and one about synchronisation objects. */
const OTHERS = 3;

const WITH_WRONG_ARGUMENTS: ReadonlySet<string> = new Set([DRAWN_DEVICES, DRAWN_SYNCOBJS]);

/** Calls that are refused are looked at where wrong arguments are mixed in on purpose. */
const REFUSAL_JUDGES: readonly JudgeFactory[] = [...SINGLE_RUN_JUDGES, () => new UnchangedJudge()];

function anyProgram(): fc.Arbitrary<Program> {
  return fc.oneof(
    { arbitrary: drawnProgram(), weight: OTHERS },
    { arbitrary: drawnDeviceProgram(), weight: 1 },
    { arbitrary: drawnSyncobjProgram(), weight: 1 },
  );
}

/** One batch of programs, up to the first failure. fast-check makes what it finds smaller. */
export function drawBatch({ seed }: DrawnJob, fault: Fault | null): DrawnBatch {
  const types = typesWith(fault);
  const counts = { programs: 0, runs: 0, steps: 0 };
  let failure: DrawnFailure | null = null;
  const guard = new Guard();
  const schedules = fc.array(drawnSchedule(), {
    minLength: DRAWN_SCHEDULES,
    maxLength: DRAWN_SCHEDULES,
  });
  const passes = (program: Program, list: readonly DrawnSchedule[]): boolean => {
    try {
      return isSilent(program, list);
    } catch (error) {
      failure = stuckDrawn(program, error);
      return false;
    }
  };
  const isSilent = (program: Program, list: readonly DrawnSchedule[]): boolean => {
    counts.programs += 1;
    const isWrong = WITH_WRONG_ARGUMENTS.has(program.name);
    const judges = isWrong ? REFUSAL_JUDGES : SINGLE_RUN_JUDGES;
    const make = guardedRuns(program, { types, judges, notes: false, guard });
    let length = 0;
    for (const schedule of list) {
      const run = make(strategyOf(schedule, length));
      length = Math.max(length, run.world.steps);
      counts.runs += 1;
      counts.steps += run.world.steps;
      const [finding] = run.findings;
      if (finding === undefined) continue;
      failure = { program, choices: run.choices, finding };
      return false;
    }
    return true;
  };
  const drawn = fc.check(fc.property(anyProgram(), schedules, passes), { seed, numRuns: BATCH });
  if (drawn.errorInstance instanceof NondeterminismError) throw drawn.errorInstance;
  // What throws is no finding, and must not pass as none: a defect of the suite.
  if (drawn.failed && failure === null) {
    throw new Error('a drawn program cannot be run', { cause: drawn.errorInstance });
  }
  return { ...counts, failure };
}
