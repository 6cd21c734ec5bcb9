import fc from 'fast-check';
import type { StackTypes } from '../../impl/stack.ts';
import { Guard, NondeterminismError } from '../explore/guard.ts';
import { STANDARD_JUDGES } from '../judges/standard.ts';
import { drawnProgram } from '../programs/drawn/arbitrary.ts';
import '../programs/operations/index.ts';
import type { Program } from '../programs/program.ts';
import { guardedRuns } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { drawnSchedule, strategyOf, type DrawnSchedule } from '../schedules/drawn.ts';
import { typesWith } from './found.ts';
import type { CheckOptions } from './options.ts';
import type { Met, StageResult } from './report.ts';

/** Schedules per drawn program. */
const SCHEDULES = 6;
/** Programs between two looks at the budget. */
const BATCH = 250;

export interface DrawnResult extends StageResult {
  readonly programs: number;
}

/** Draws programs and schedules until the budget of steps is spent, with all judges on. */
export function checkDrawn(options: CheckOptions): DrawnResult {
  const types = typesWith(options.fault);
  const counts = { programs: 0, runs: 0, steps: 0 };
  const findings: Met[] = [];
  for (let batch = 0; counts.steps < options.budgetSteps; batch += 1) {
    const failure = drawBatch(options.seed * 1_000_003 + batch, types, counts);
    if (failure !== null) {
      const bounds = `${counts.programs} drawn programs, ${SCHEDULES} schedules each`;
      const { finding } = failure;
      findings.push({ finding, source: 'drawn programs', failure: { ...failure, bounds } });
      break;
    }
    options.progress(`drawn programs: ${counts.programs}, ${counts.steps} steps`);
  }
  return { ...counts, findings, weak: [], partial: [] };
}

interface DrawnFailure {
  readonly program: Program;
  readonly choices: readonly number[];
  readonly finding: Finding;
}

/** One batch of programs; null when nothing was found. fast-check makes what it finds smaller. */
function drawBatch(
  seed: number,
  types: StackTypes,
  counts: { programs: number; runs: number; steps: number },
): DrawnFailure | null {
  let failure: DrawnFailure | null = null;
  const guard = new Guard();
  const schedules = fc.array(drawnSchedule(), { minLength: SCHEDULES, maxLength: SCHEDULES });
  const passes = (program: Program, list: readonly DrawnSchedule[]): boolean => {
    counts.programs += 1;
    const make = guardedRuns(program, { types, judges: STANDARD_JUDGES, notes: false, guard });
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
  const drawn = fc.check(fc.property(drawnProgram(), schedules, passes), { seed, numRuns: BATCH });
  // What throws is no finding, and must not pass as none: a defect of the suite.
  if (drawn.errorInstance instanceof NondeterminismError) throw drawn.errorInstance;
  if (drawn.failed && failure === null) {
    throw new Error('a drawn program cannot be run', { cause: drawn.errorInstance });
  }
  return failure;
}
