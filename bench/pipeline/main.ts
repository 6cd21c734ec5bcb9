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
const FRAMES_OFF = 2000;
const FRAMES_ON = 300;
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

/** Frames per second of real and of processor time. */
function measure(frames: number, judges: readonly JudgeFactory[]): void {
  const { result: run, cpu, wall } = timed(() => play(frames, judges));
  const scans = Number(run.resultOf('A', 'bench.play'));
  console.log(
    `judges ${judges.length === 0 ? 'off' : 'on '}  ${String(frames).padStart(5)} frames  ` +
      `${(frames / wall).toFixed(0).padStart(6)}/s  ${(frames / cpu).toFixed(0).padStart(6)}/s CPU  ` +
      `${(run.world.steps / frames).toFixed(0)} steps and ${(scans / frames).toFixed(1)} scans each`,
  );
}

const { cpu: bare } = timed(() => bareLoop(BARE_DEPTH, BARE_STEPS));
console.log(
  `bare generator loop, depth ${BARE_DEPTH}: ${(BARE_STEPS / bare / 1e6).toFixed(1)} million steps/s CPU`,
);
for (let run = 0; run < WARM_UP_RUNS; run += 1) play(WARM_UP, []);
measure(FRAMES_OFF, []);
measure(FRAMES_ON, STANDARD_JUDGES);
