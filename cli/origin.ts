import { replay, type Replayed } from '../properties/check/replay.ts';
import { searchAgain, type SearchedAgain } from '../properties/check/search-again.ts';
import type { Fault } from '../properties/faults/fault.ts';
import type { DriverClass } from '../properties/own-driver/check-driver.ts';
import { replayDriver, searchDriverAgain } from '../properties/own-driver/replay-driver.ts';
import type { JudgeFactory } from '../properties/run/judge.ts';
import { DRIVER, type Trace } from '../traces/trace.ts';
import { resolveFault } from './arguments.ts';
import { driverNamed } from './driver-module.ts';
import { WrongUse } from './exit.ts';
import { knownFault } from './known-faults.ts';

/** What was said of the code that a trace belongs to. */
export interface OriginFlags {
  readonly fault?: string;
  readonly driver?: string;
}

/** The code that a trace is run in: ours, with or without a fault, or a driver of somebody's. */
export interface Origin {
  /** The module of the driver, for the command that is printed. */
  readonly driver?: string;
  replay(trace: Trace, watchers?: readonly JudgeFactory[]): Replayed;
  search(trace: Trace): SearchedAgain;
}

/** Finds the code that the trace of a file was found in. */
export async function originOf(trace: Trace, file: string, flags: OriginFlags): Promise<Origin> {
  const { driver, fault } = flags;
  if (driver !== undefined) {
    if (fault !== undefined) throw new WrongUse('--driver and --fault: expected one of them');
    return driverOrigin(await driverNamed(driver, driverOf(trace, file)), driver);
  }
  const seeded = fault === undefined ? faultOf(trace, file) : await resolveFault(fault);
  return {
    replay: (one, watchers) => replay(one, seeded, watchers),
    search: (one) => searchAgain(one, seeded),
  };
}

function driverOrigin(type: DriverClass, driver: string): Origin {
  return {
    driver,
    replay: (trace, watchers) => replayDriver(trace, type, watchers),
    search: (trace) => searchDriverAgain(trace, type),
  };
}

/** The name of the driver that a trace was found in. */
function driverOf({ fault }: Trace, file: string): string {
  if (fault?.startsWith(DRIVER) === true) return fault.slice(DRIVER.length);
  throw new WrongUse(`${file}: fault: the trace was found in no driver; expected no --driver`);
}

/** A trace that was found with a fault needs that fault. */
function faultOf(trace: Trace, file: string): Fault | null {
  if (trace.fault === null) return null;
  const found = knownFault(trace.fault);
  if (found !== null) return found;
  if (trace.fault.startsWith(DRIVER)) {
    const name = trace.fault.slice(DRIVER.length);
    throw new WrongUse(
      `${file}: fault: the trace was found in the driver "${name}"; ` +
        'expected --driver MODULE, with the module that exports it',
    );
  }
  throw new WrongUse(`${file}: fault: there is no fault "${trace.fault}"; expected --fault MODULE`);
}
