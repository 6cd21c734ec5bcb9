import type { Trace } from '../../traces/trace.ts';
import { INTACT } from '../../impl/stack.ts';
import { Run } from '../run/run.ts';
import { LabelledStrategy } from '../schedules/labelled.ts';
import { RandomStrategy } from '../schedules/random.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { toCall } from './counterexample.ts';

/** So many schedules stand for all: what they agree on is expected. */
const RUNS = 64;

/**
 * What calls of a trace return where nothing is wrong, by task and number (`A 3`), as traces write
 * results. Calls whose result is a matter of the schedule are missing, and calls that may not return.
 */
export function intactResults({ program, choices }: Trace): ReadonlyMap<string, string> {
  const strategies: Strategy[] = [new LabelledStrategy(choices)];
  if (program.tasks.length > 1) {
    for (let seed = 1; seed < RUNS; seed += 1) strategies.push(new RandomStrategy(seed));
  }
  const all = strategies.map((strategy) => {
    const run = new Run(program, { types: INTACT, judges: [], notes: false }).execute(strategy);
    return new Map(run.calls.map(toCall).map((call) => [`${call.task} ${call.call}`, call.result]));
  });
  const agreed = new Map<string, string>();
  for (const [key, result] of all[0] ?? []) {
    if (result !== null && all.every((one) => one.get(key) === result)) agreed.set(key, result);
  }
  return agreed;
}
