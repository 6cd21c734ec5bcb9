import { SINGLE_RUN_JUDGES, STANDARD_JUDGES } from '../properties/judges/standard.ts';
import type { Program } from '../properties/programs/program.ts';
import { runOnce } from '../properties/run/explore.ts';
import type { JudgeFactory } from '../properties/run/judge.ts';
import { RandomStrategy } from '../properties/schedules/random.ts';
import { fenceProgram, longProgram, shortProgram } from './workloads.ts';

/** Pairs of measurements, one behind the other, so that both sides meet the same machine. */
const PAIRS = 15;
const WARM_UP = 2;

const WORKLOADS: readonly {
  readonly name: string;
  readonly program: Program;
  readonly runs: number;
}[] = [
  { name: 'fence, 3 adders, a waiter', program: fenceProgram(3), runs: 3000 },
  { name: 'short', program: shortProgram(), runs: 4000 },
  { name: 'long', program: longProgram(), runs: 8 },
];

/** Processor time of random runs of a program. Unit: microseconds. */
function measure({ program, runs }: (typeof WORKLOADS)[number], judges: readonly JudgeFactory[]) {
  const start = process.cpuUsage();
  for (let seed = 1; seed <= runs; seed += 1) {
    const { findings } = runOnce(program, new RandomStrategy(seed), { judges, notes: false });
    if (findings.length > 0) throw new Error(findings[0]?.message);
  }
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

// What finding races by clocks costs, beside the same random runs with all other judges.
for (const workload of WORKLOADS) {
  const ratios: number[] = [];
  const [without, beside]: [number[], number[]] = [[], []];
  for (let pair = -WARM_UP; pair < PAIRS; pair += 1) {
    // Who comes first alternates.
    const isFirst = pair % 2 === 0;
    const first = measure(workload, isFirst ? STANDARD_JUDGES : SINGLE_RUN_JUDGES);
    const second = measure(workload, isFirst ? SINGLE_RUN_JUDGES : STANDARD_JUDGES);
    if (pair < 0) continue;
    const [one, other] = isFirst ? [first, second] : [second, first];
    without.push(one);
    beside.push(other);
    ratios.push(other / one);
  }
  // Of what others do on the machine, the best rounds show least.
  const best = (times: readonly number[]): number => Math.min(...times);
  const perSecond = (times: readonly number[]): string =>
    ((workload.runs * 1e6) / best(times)).toFixed(0);
  const percent = (ratio: number): string => ((ratio - 1) * 100).toFixed(0);
  process.stdout.write(
    `${workload.name}: ${perSecond(without)} runs per second of processor time without races, ` +
      `${perSecond(beside)} with; costs ${percent(best(beside) / best(without))} %, ` +
      `${percent(median(ratios))} % in the median of ${PAIRS} pairs\n`,
  );
}
