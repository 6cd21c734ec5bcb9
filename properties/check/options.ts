import type { Fault } from '../faults/fault.ts';
import type { Met } from './report.ts';

/** What `check` is asked to do. */
export interface CheckOptions {
  /** Only properties, litmus programs and scenarios whose id contains this. */
  readonly pattern: string | null;
  /** Where all random choices come from. */
  readonly seed: number;
  /** How many random steps to spend on drawn programs. Unit: steps. */
  readonly budgetSteps: number;
  /** Run with this mistake built in, and stop at the first finding. */
  readonly fault: Fault | null;
  /** With a fault: the search may end here, whatever else there is to see. */
  readonly isEnough: (met: Met) => boolean;
  /** Hears what is being done, in words. */
  readonly progress: (text: string) => void;
}

/** Drawn programs get so many steps unless told otherwise. */
export const BUDGET_STEPS = 500_000;

/** Everything, with seed 1, intact and in silence. */
export const CHECK_DEFAULTS: CheckOptions = {
  pattern: null,
  seed: 1,
  budgetSteps: BUDGET_STEPS,
  fault: null,
  isEnough: () => false,
  progress: () => undefined,
};
