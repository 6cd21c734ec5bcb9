import type { Trace } from '../../traces/trace.ts';
import { INTACT } from '../../impl/stack.ts';
import { Run } from '../run/run.ts';
import { RandomStrategy } from '../schedules/random.ts';
import { FIRST, type Strategy } from '../schedules/strategy.ts';
import { toCall } from './counterexample.ts';

/** So many schedules stand for all. */
const RUNS = 256;

/**
 * The ways in which the program of a trace ends where nothing is wrong: what its calls return, by task
 * and number (`A 3`), as traces write results. No allocation fails and no signal comes, for nobody can
 * ask that of another machine.
 */
export function intactResults({ program }: Trace): readonly ReadonlyMap<string, string | null>[] {
  const world = { ...program.world, failuresMax: 0, interruptionsMax: 0 };
  const strategies: Strategy[] = [FIRST];
  if (program.tasks.length > 1) {
    for (let seed = 1; seed < RUNS; seed += 1) strategies.push(new RandomStrategy(seed));
  }
  return strategies.map((strategy) => {
    const options = { types: INTACT, judges: [], notes: false };
    const run = new Run({ ...program, world }, options).execute(strategy);
    return new Map(run.calls.map(toCall).map((call) => [`${call.task} ${call.call}`, call.result]));
  });
}
