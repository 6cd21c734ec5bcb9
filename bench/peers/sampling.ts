import type { Sampled } from './peer.ts';

/** How long a sampler warms up, and how long it is measured. Unit: seconds of processor time. */
const WARM_UP_SECONDS = 0.5;
const ROUND_SECONDS = 0.4;
/** The best of so many rounds counts. */
const ROUNDS = 5;

/** Makes so many runs, with seeds from `seed` on, and returns how many steps they had. */
export type Batch = (runs: number, seed: number) => number | Promise<number>;

/** Measures how many random runs there are in a second. */
export async function measureRuns(batch: Batch, runsPerBatch: number): Promise<Sampled> {
  let seed = 1;
  const round = async (secondsMin: number): Promise<Sampled> => {
    const [start, startCpu] = [performance.now(), process.cpuUsage()];
    let [runs, steps, cpuSeconds] = [0, 0, 0];
    while (cpuSeconds < secondsMin) {
      steps += await batch(runsPerBatch, seed);
      seed += runsPerBatch;
      runs += runsPerBatch;
      const { user, system } = process.cpuUsage(startCpu);
      cpuSeconds = (user + system) / 1e6;
    }
    const seconds = (performance.now() - start) / 1000;
    return {
      mode: 'sample',
      runsPerSecond: Math.round(runs / seconds),
      runsPerCpuSecond: Math.round(runs / cpuSeconds),
      stepsPerRun: Number((steps / runs).toFixed(2)),
    };
  };
  let best = await round(WARM_UP_SECONDS);
  for (let nth = 0; nth < ROUNDS; nth += 1) {
    const next = await round(ROUND_SECONDS);
    if (next.runsPerCpuSecond > best.runsPerCpuSecond) best = next;
  }
  return best;
}

/** One line of JSON, for who compares. */
export async function printRuns(batch: Batch, runsPerBatch: number): Promise<void> {
  process.stdout.write(`${JSON.stringify(await measureRuns(batch, runsPerBatch))}\n`);
}
