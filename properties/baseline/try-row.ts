import { type FaultRow, tryFault } from '../check/fault-matrix.ts';
import { findFault } from '../faults/registry.ts';

/** A fault and a seed: a search for itself. */
export interface RowJob {
  readonly fault: string;
  readonly seed: number;
}

/** A row of the matrix. Of two equal jobs only `seconds` may differ. */
export interface TimedRow extends FaultRow {
  /** How long its search took on the thread that did it, whatever else the machine did. */
  readonly seconds: number;
}

/** Searches for one fault as `check --fault` does. */
export function tryRow({ fault: id, seed }: RowJob): TimedRow {
  const fault = findFault(id);
  if (fault === null) throw new Error(`there is no fault ${id}`);
  const start = performance.now();
  const row = tryFault(fault, seed);
  return { ...row, seconds: (performance.now() - start) / 1000 };
}
