import { crossCheck } from '../properties/check/cross-check.ts';
import { FAULTS } from '../properties/faults/registry.ts';

/**
 * Holds partial-order reduction and the search of states against every schedule, with each seeded
 * fault whose id contains the first word: `node dist/bench/cross-check.js fence-04 200`. Programs
 * with more schedules than the number says are left out, and counted.
 */
function main(): void {
  const pattern = process.argv[2] ?? '';
  const runsMax = Number(process.argv[3] ?? 100);
  const sum = { compared: 0, leftOut: 0, different: 0 };
  for (const fault of FAULTS.filter(({ id }) => id.includes(pattern))) {
    const { compared, leftOut, differences } = crossCheck(fault, runsMax);
    sum.compared += compared;
    sum.leftOut += leftOut;
    sum.different += differences.length;
    for (const difference of differences) process.stdout.write(`${fault.id}: ${difference}\n`);
  }
  const { compared, leftOut, different } = sum;
  process.stdout.write(`${compared} compared, ${leftOut} left out, ${different} differences\n`);
  process.exitCode = different === 0 ? 0 : 1;
}

main();
