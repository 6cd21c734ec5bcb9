import process from 'node:process';

import { fuzz } from '../properties/check/fuzz.ts';
import type { Guided } from '../properties/explore/guided/guided-runs.ts';
import type { Sampling } from '../properties/explore/sample.ts';
import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import { coverageCurve } from '../properties/run/coverage-curve.ts';
import { arrayProgram, cornerProgram } from '../properties/explore/guided/hard-programs.ts';
import { fenceProgram } from './workloads.ts';

/** Where the curves are read. Unit: runs. */
const MARKS = [100, 300, 1000, 3000] as const;
/** Each figure is the sum over these, so that no lucky seed decides. */
const SEEDS = [1, 100_001, 200_001] as const;
const FUZZ_RUNS = [1000, 6000] as const;

function schedulesOf(seed: number): readonly (Guided | Sampling)[] {
  const runs = MARKS[MARKS.length - 1] ?? 0;
  return [
    { kind: 'random', runs, seed },
    { kind: 'pct', runs, seed, depth: 3 },
    { kind: 'pos', runs, seed },
    { kind: 'coverage', runs, seed },
  ];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function row(cells: readonly (number | string)[]): string {
  const [name = '', kind = '', ...rest] = cells.map(String);
  return `${name.padEnd(16)} ${kind.padEnd(9)} ${rest.map((cell) => cell.padStart(12)).join('')}`;
}

/** Pairs and abstract states of one program, by strategy and number of runs. */
function programs(): void {
  print(row(['pairs/states', 'strategy', ...MARKS.map((runs) => `${runs} runs`)]));
  for (const program of [cornerProgram(), fenceProgram(3), arrayProgram()]) {
    for (const [nth, { kind }] of schedulesOf(1).entries()) {
      const sums = MARKS.map(() => ({ pairs: 0, states: 0 }));
      for (const seed of SEEDS) {
        const schedules = schedulesOf(seed)[nth];
        if (schedules === undefined) continue;
        const judges = STANDARD_JUDGES;
        for (const [at, point] of coverageCurve(program, schedules, MARKS, { judges }).entries()) {
          const sum = sums[at];
          if (sum === undefined) continue;
          sum.pairs += point.pairs;
          sum.states += point.states;
        }
      }
      const mean = (sum: number): string => (sum / SEEDS.length).toFixed(0);
      const cells = sums.map(({ pairs, states }) => `${mean(pairs)}/${mean(states)}`);
      print(row([program.name, kind, ...cells]));
    }
  }
}

/** Pairs of drawn programs, by guidance and number of runs. */
function drawn(): void {
  print('');
  print(row(['pairs/states', 'programs', ...FUZZ_RUNS.map((runs) => `${runs} runs`)]));
  for (const isBlind of [true, false]) {
    const cells = FUZZ_RUNS.map((runs) => {
      let [pairs, states] = [0, 0];
      for (const seed of SEEDS) {
        const { coverage } = fuzz({ runs, seed, fault: null, isBlind });
        for (const { reached, beyond } of coverage.machines) pairs += reached + beyond;
        states += coverage.states;
      }
      return `${(pairs / SEEDS.length).toFixed(0)}/${(states / SEEDS.length).toFixed(0)}`;
    });
    print(row(['drawn programs', isBlind ? 'drawn' : 'mutated', ...cells]));
  }
}

/** Coverage over runs, for each way to draw schedules, and for drawn programs. */
programs();
drawn();
