import { STANDARD_JUDGES } from '../../properties/judges/standard.ts';
import { program } from '../../properties/programs/parse.ts';
import type { JudgeFactory } from '../../properties/run/judge.ts';
import { Run } from '../../properties/run/run.ts';
import { FIRST } from '../../properties/schedules/strategy.ts';
import { bareLoop } from '../bare-loop.ts';
import './play.ts';

/** More than any of the runs needs. */
const STEPS_MAX = 100_000_000;
/**
 * Frames before the figures are taken, in each of several runs: code is compiled meanwhile, and once
 * more when a second machine shows that what was taken for the only one of its kind is not.
 */
const WARM_UP = 3000;
const WARM_UP_RUNS = 3;
const ROUNDS = 5;
const FRAMES_OFF = 1000;
const FRAMES_ON = 200;
/** A loop of generators as deep as requests mostly are, and its steps. */
const BARE_DEPTH = 8;
const BARE_STEPS = 1_000_000;

/** Seconds of processor time that something takes. Of real time: `wall`. */
function timed<T>(work: () => T): {
  readonly result: T;
  readonly cpu: number;
  readonly wall: number;
} {
  const [start, startCpu] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(startCpu);
  return { result, cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
}

function play(frames: number, judges: readonly JudgeFactory[]): Run {
  const one = program('pipeline', { tasks: { A: `r = bench.play(${frames})` } });
  const run = new Run(one, {
    judges: judges.map((create) => create()),
    notes: false,
    isUncounted: true,
    stepsMax: STEPS_MAX,
  });
  run.execute(FIRST);
  const [finding] = run.findings;
  const [violation] = run.violations;
  const wrong = finding?.message ?? violation?.message;
  if (wrong !== undefined) throw new Error(wrong);
  if (!run.isOver) throw new Error('the pipeline has come to a stop');
  return run;
}

interface Rate {
  readonly wall: number;
  readonly cpu: number;
  readonly steps: number;
  readonly scans: number;
}

/** Frames per second of real and of processor time. */
function rateOf(frames: number, judges: readonly JudgeFactory[]): Rate {
  const { result: run, cpu, wall } = timed(() => play(frames, judges));
  const scans = Number(run.resultOf('A', 'bench.play')) / frames;
  return { wall: frames / wall, cpu: frames / cpu, steps: run.world.steps / frames, scans };
}

/** The machine may be slower for seconds: several rounds, of which the middle one counts. */
function measure(frames: number, judges: readonly JudgeFactory[]): void {
  const rounds = Array.from({ length: ROUNDS }, () => rateOf(frames, judges));
  rounds.sort((first, second) => first.wall - second.wall);
  const [slowest, middle, fastest] = [0, ROUNDS >> 1, ROUNDS - 1].map((at) => rounds[at]);
  if (slowest === undefined || middle === undefined || fastest === undefined) return;
  console.log(
    `judges ${judges.length === 0 ? 'off' : 'on '}  ${middle.wall.toFixed(0).padStart(5)} frames/s` +
      `  (${slowest.wall.toFixed(0)} to ${fastest.wall.toFixed(0)} in ${ROUNDS} rounds of ${frames})` +
      `  ${middle.cpu.toFixed(0).padStart(5)}/s CPU` +
      `  ${middle.steps.toFixed(0)} steps and ${middle.scans.toFixed(1)} scans each`,
  );
}

const { cpu: bare } = timed(() => bareLoop(BARE_DEPTH, BARE_STEPS));
console.log(
  `bare generator loop, depth ${BARE_DEPTH}: ${(BARE_STEPS / bare / 1e6).toFixed(1)} million steps/s CPU`,
);
for (let run = 0; run < WARM_UP_RUNS; run += 1) play(WARM_UP, []);
measure(FRAMES_OFF, []);
measure(FRAMES_ON, STANDARD_JUDGES);
