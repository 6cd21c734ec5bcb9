import type { Trace } from '../../traces/trace.ts';
import type { Stage } from '../check/explain-failure.ts';
import { type Replayed, replayOn } from '../check/replay.ts';
import { type SearchedAgain, searchAgainOn } from '../check/search-again.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { stageFor } from './battery/run-battery.ts';
import { limitsOf } from './battery/trial.ts';
import { batteryFor, type DriverClass } from './check-driver.ts';

export type { DriverClass } from './check-driver.ts';

/** The world in which a trace of a driver was found. */
function stageOf({ program }: Trace, driver: DriverClass): Stage {
  const battery = batteryFor(driver, limitsOf({}));
  // What a trial claims, its smaller programs claim as well.
  const trial = battery.trials.find((candidate) => candidate.program.name === program.name);
  return stageFor(battery, trial ?? { program });
}

/** Runs the choices of a trace again, with the driver as it is now. */
export function replayDriver(
  trace: Trace,
  driver: DriverClass,
  watchers: readonly JudgeFactory[] = [],
): Replayed {
  return replayOn(trace, stageOf(trace, driver), watchers);
}

/** Searches the program of a trace whose choices the driver no longer offers. */
export function searchDriverAgain(trace: Trace, driver: DriverClass, seed = 1): SearchedAgain {
  return searchAgainOn(trace, stageOf(trace, driver), seed);
}
