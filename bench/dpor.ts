import process from 'node:process';

import { STANDARD_JUDGES } from '../properties/judges/standard.ts';
import { LITMUS } from '../properties/litmus/index.ts';
import type { Program } from '../properties/programs/program.ts';
import { explore, type Explored, type Schedules } from '../properties/run/explore.ts';
import { shortProgram } from './workloads.ts';

/** More schedules of one program are not run: then the number stands with a `>`. */
const ALL_RUNS_MAX = 60_000;
const DPOR_RUNS_MAX = 100_000;

interface Measured {
  readonly explored: Explored;
  readonly cpuSeconds: number;
}

function measure(program: Program, schedules: Schedules): Measured {
  const before = process.cpuUsage();
  const explored = explore(program, schedules, { judges: STANDARD_JUDGES, visit: () => true });
  const { user, system } = process.cpuUsage(before);
  return { explored, cpuSeconds: (user + system) / 1e6 };
}

function row(name: string, cells: readonly (number | string)[]): string {
  const [all, ...rest] = cells.map(String);
  return `${name.padEnd(50)} ${(all ?? '').padStart(8)} ${rest.map((cell) => cell.padStart(9)).join(' ')}`;
}

/**
 * Every schedule beside one run of each class, for each litmus program whose id contains the first
 * word of the command line: `npm run bench:dpor -- race-06`.
 */
function main(): void {
  const word = process.argv[2] ?? '';
  const programs = [...LITMUS.map(({ program }) => program), shortProgram()];
  const asked = programs.filter(({ name }) => name.includes(word));
  const sum = { all: 0, explored: 0, redundant: 0, pruned: 0, allSeconds: 0, dporSeconds: 0 };
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(row('program', ['all', 'explored', 'redundant', 'pruned', 'ratio']));
  for (const program of asked) {
    const all = measure(program, { kind: 'all', runsMax: ALL_RUNS_MAX });
    const classes = measure(program, { kind: 'dpor', runsMax: DPOR_RUNS_MAX });
    const { runs, isComplete } = all.explored;
    const { explored = 0, redundant = 0, pruned = 0, isFinished } = classes.explored.dpor ?? {};
    if (isFinished !== true) throw new Error(`${program.name} was not explored to its end`);
    const isAtLeast = isComplete ? '' : '>';
    const ratio = (runs / (explored + redundant)).toFixed(1);
    print(
      row(program.name, [isAtLeast + runs, explored, redundant, pruned, `${isAtLeast}${ratio}`]),
    );
    sum.all += runs;
    sum.explored += explored;
    sum.redundant += redundant;
    sum.pruned += pruned;
    sum.allSeconds += all.cpuSeconds;
    sum.dporSeconds += classes.cpuSeconds;
  }
  const { all, explored, redundant, pruned, allSeconds, dporSeconds } = sum;
  const made = explored + redundant;
  print(row('all of them', [all, explored, redundant, pruned, (all / made).toFixed(1)]));
  print(
    `runs per processor second: all ${Math.round(all / allSeconds)}, dpor ${Math.round(made / dporSeconds)}`,
  );
}

main();
