import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import type { Program } from '../properties/programs/program.ts';
import { runOnce } from '../properties/run/explore.ts';
import type { JudgeFactory } from '../properties/run/judge.ts';
import { RandomStrategy } from '../properties/schedules/random.ts';
import { bareLoop } from './bare-loop.ts';
import { longProgram, shortProgram } from './workloads.ts';

/** Nesting depth of the loop that everything is compared with. */
const BARE_DEPTH = 8;
const BARE_STEPS = 1_000_000;
/** Each figure is the best of so many rounds, taken in turn. */
const ROUNDS = 5;

/** Speeds of one run of the benchmark. Unit: per second. */
export interface EngineFigures {
  readonly bareSteps: number;
  readonly stepsWithoutJudges: number;
  readonly stepsWithJudges: number;
  readonly worlds: number;
  readonly shortRuns: number;
  readonly shortRunsWithJudges: number;
  readonly shortRunSteps: number;
}

/** Measures the engine beside a bare generator loop, all in one run on one machine. */
export function measureEngine(): EngineFigures {
  const long = longProgram();
  const short = shortProgram();
  const best = { bare: 0, off: 0, on: 0, worlds: 0, runs: 0, judged: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    best.bare = Math.max(
      best.bare,
      rate(() => bareLoop(BARE_DEPTH, BARE_STEPS)),
    );
    best.off = Math.max(
      best.off,
      rate(() => steps(long, 30, [])),
    );
    best.on = Math.max(
      best.on,
      rate(() => steps(long, 10, STANDARD_JUDGES)),
    );
    best.worlds = Math.max(
      best.worlds,
      rate(() => runs({ ...short, tasks: [] }, 5000, [])),
    );
    best.runs = Math.max(
      best.runs,
      rate(() => runs(short, 10_000, [])),
    );
    best.judged = Math.max(
      best.judged,
      rate(() => runs(short, 4000, STANDARD_JUDGES)),
    );
  }
  return {
    bareSteps: best.bare,
    stepsWithoutJudges: best.off,
    stepsWithJudges: best.on,
    worlds: best.worlds,
    shortRuns: best.runs,
    shortRunsWithJudges: best.judged,
    shortRunSteps: steps(short, 100, []) / 100,
  };
}

/** Units of work per second. */
function rate(work: () => number): number {
  const start = performance.now();
  const done = work();
  return (done * 1000) / (performance.now() - start);
}

function steps(program: Program, count: number, judges: readonly JudgeFactory[]): number {
  let total = 0;
  for (let seed = 0; seed < count; seed += 1) {
    const run = runOnce(program, new RandomStrategy(seed), { judges, notes: false });
    if (run.findings.length > 0) throw new Error(run.findings[0]?.message);
    total += run.world.steps;
  }
  return total;
}

function runs(program: Program, count: number, judges: readonly JudgeFactory[]): number {
  steps(program, count, judges);
  return count;
}
