import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import type { Program } from '../properties/programs/program.ts';
import { runOnce } from '../properties/run/explore.ts';
import type { JudgeFactory } from '../properties/run/judge.ts';
import { RandomStrategy } from '../properties/schedules/random.ts';
import { bareLoop } from './bare-loop.ts';
import { fenceProgram, longProgram, shortProgram } from './workloads.ts';

/** Nesting depth of the loop that everything is compared with. */
const BARE_DEPTH = 8;
const BARE_STEPS = 1_000_000;
/** Each figure is the best of so many rounds, taken in turn. */
const ROUNDS = 5;
/** Adders of the fence program. */
const ADDERS = 3;

/** How much there was of something. On a shared machine only processor time says much. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Something to measure: does its work and returns how many units of it there were. */
interface Figure {
  readonly name: string;
  readonly work: () => number;
}

function figures(): readonly Figure[] {
  const long = longProgram();
  const short = shortProgram();
  const fence = fenceProgram(ADDERS);
  const shortName = `runs of ${stepsPerRun(short)} steps`;
  const fenceName = `fence, ${ADDERS} adders, a waiter, ${stepsPerRun(fence)} steps`;
  return [
    {
      name: `bare generator loop, depth ${BARE_DEPTH}, steps`,
      work: () => bareLoop(BARE_DEPTH, BARE_STEPS),
    },
    { name: 'engine, judges off, steps', work: () => steps(long, 30, []) },
    { name: 'engine, all judges on, steps', work: () => steps(long, 10, STANDARD_JUDGES) },
    { name: 'worlds made and set up', work: () => runs({ ...short, tasks: [] }, 5000, []) },
    { name: `${shortName}, judges off`, work: () => runs(short, 10_000, []) },
    { name: `${shortName}, all judges on`, work: () => runs(short, 4000, STANDARD_JUDGES) },
    { name: `${fenceName}, judges off`, work: () => runs(fence, 10_000, []) },
    { name: `${fenceName}, all judges on`, work: () => runs(fence, 4000, STANDARD_JUDGES) },
  ];
}

/** Measures the engine beside a bare generator loop, all in one run on one machine. */
export function measureEngine(): readonly Rate[] {
  const all = figures();
  let best = all.map(measure);
  for (let round = 1; round < ROUNDS; round += 1) {
    best = best.map((rate, nth) => {
      const figure = all[nth];
      const next = figure === undefined ? rate : measure(figure);
      return next.perCpuSecond > rate.perCpuSecond ? next : rate;
    });
  }
  return best;
}

function measure({ name, work }: Figure): Rate {
  const [start, startCpu] = [performance.now(), process.cpuUsage()];
  const done = work();
  const { user, system } = process.cpuUsage(startCpu);
  const seconds = (performance.now() - start) / 1000;
  return { name, perSecond: done / seconds, perCpuSecond: (done * 1e6) / (user + system) };
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

function stepsPerRun(program: Program): string {
  return (steps(program, 100, []) / 100).toFixed(1);
}
