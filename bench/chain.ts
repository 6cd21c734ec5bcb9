import { type ChainPhase, LongChain } from '../properties/rules/chain/long-chain.ts';

/** How many points there are, and how often each measurement is made. */
const SIZES: readonly (readonly [number, number])[] = [
  [1000, 10],
  [10_000, 4],
  [100_000, 2],
];

/** What comes before a phase, and the phase. */
const LIVES: Readonly<Record<ChainPhase, readonly ChainPhase[]>> = {
  build: ['build'],
  wait: ['build', 'wait'],
  collect: ['build', 'collect'],
  release: ['build', 'release'],
};

/** Processor time of the last phase. Unit: microseconds. */
function measure(count: number, life: readonly ChainPhase[]): number {
  const chain = new LongChain(count);
  let spent = 0;
  for (const phase of life) {
    const start = process.cpuUsage();
    chain.run(phase);
    const { user, system } = process.cpuUsage(start);
    spent = user + system;
  }
  return spent;
}

// Time for each point of the chain: it should not grow with their number.
for (const [name, life] of Object.entries(LIVES)) {
  const parts = SIZES.map(([count, rounds]) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) best = Math.min(best, measure(count, life));
    return `${((1000 * best) / count).toFixed(0)} ns at ${count}`;
  });
  process.stdout.write(`${name.padEnd(8)} for each point: ${parts.join(', ')}\n`);
}
