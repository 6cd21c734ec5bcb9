import { tryFault } from '../properties/check/fault-matrix.ts';
import { FAULTS } from '../properties/faults/registry.ts';

/**
 * Tries faults with several seeds and prints a line for each: `node dist/bench/faults.js BUG 10`
 * takes those whose id contains the first word, with seeds from 1 to the number.
 */
function main(): void {
  const pattern = process.argv[2] ?? '';
  const seeds = Number(process.argv[3] ?? 1);
  const asked = FAULTS.filter(({ id }) => id.includes(pattern));
  let worst = 0;
  let bad = 0;
  for (const fault of asked) {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const start = performance.now();
      const row = tryFault(fault, seed);
      const seconds = (performance.now() - start) / 1000;
      worst = Math.max(worst, seconds);
      const isGood = row.isCaught && row.namesRule && row.replays && row.passesIntact;
      if (!isGood) bad += 1;
      process.stdout.write(
        `${isGood ? 'ok ' : 'BAD'} ${fault.id.padEnd(40)} seed ${seed} ${seconds.toFixed(1)} s ` +
          `${row.source ?? 'not caught'} [${row.rules.join(' ')}] breaks [${fault.breaks.join(' ')}] ` +
          `tasks ${row.tasks} steps ${row.steps} preemptions ${row.preemptions} ` +
          `replays ${row.replays} intact ${row.passesIntact}\n`,
      );
    }
  }
  process.stdout.write(`${asked.length} faults, ${bad} bad rows, worst ${worst.toFixed(1)} s\n`);
}

main();
