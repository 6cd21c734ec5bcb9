import type { Strategy } from '../schedules/strategy.ts';
import type { Execution, Subject } from './subject.ts';

/** How long one run may get before it counts as endless. Unit: steps. */
export const RUN_STEPS_MAX = 20_000;

/** Lets a strategy answer every choice of a run, up to its end. True: it was cut. */
export function drive(
  execution: Execution,
  strategy: Strategy,
  stepsMax: number = RUN_STEPS_MAX,
): boolean {
  const { world } = execution;
  if (strategy.isFirst === true && execution.isUncounted === true) {
    return goOn(execution, stepsMax);
  }
  while (!world.crashed) {
    const count = world.enumerate();
    if (count === 0) return false;
    if (world.steps >= stepsMax) return true;
    const choice = count > 1 ? strategy.choose(world, count) : 0;
    strategy.performs?.(world, choice);
    execution.perform(choice, count);
  }
  return false;
}

/** The same where choice 0 is taken each time, and nobody asks how many others there were. */
function goOn(execution: Execution, stepsMax: number): boolean {
  const { world } = execution;
  world.letGoOn(execution.isUnwatched === true ? stepsMax : 0);
  try {
    while (!world.crashed) {
      if (!world.hasNext()) return false;
      if (world.steps >= stepsMax) return true;
      execution.perform(0, 1);
    }
    return false;
  } finally {
    world.letGoOn(0);
  }
}

/** One run under a strategy, from its start to its end. */
export function runUnder<E extends Execution>(subject: Subject<E>, strategy: Strategy): E {
  const execution = subject.start();
  execution.end(drive(execution, strategy));
  return execution;
}
