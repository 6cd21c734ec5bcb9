import process from 'node:process';

import { exploreProgramOn } from '../properties/check/explore-program.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { fenceProgram } from './workloads.ts';

const RUNS = 60_000;
const ROUNDS = 3;

/** Seconds that so many workers take for the same sample; threads are warm by then. */
async function seconds(workers: number, runs: number): Promise<number> {
  const schedules = { kind: 'random', runs, seed: 1 } as const;
  const options = { program: fenceProgram(3), litmus: null, schedules, fault: null };
  return withCrew(workers, async (crew) => {
    await exploreProgramOn(crew, { ...options, schedules: { ...schedules, runs: 5000 } });
    const start = performance.now();
    await exploreProgramOn(crew, options);
    return (performance.now() - start) / 1000;
  });
}

/** One worker beside two, in turn: the machine must have nothing else to do. */
async function main(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await seconds(1, RUNS);
    const two = await seconds(2, RUNS);
    process.stdout.write(
      `${RUNS} judged runs: 1 worker ${one.toFixed(2)} s, 2 workers ${two.toFixed(2)} s, ` +
        `${(one / two).toFixed(2)} x\n`,
    );
  }
}

await main();
