import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Expected } from '../check/results.ts';
import type { Program } from '../programs/program.ts';
import type { Schedules } from '../run/explore.ts';
import type { Run } from '../run/run.ts';

/** One row of the fault matrix: something goes wrong, and what keeps it from doing harm. */
export interface MatrixRow {
  /** As the rules name it. */
  readonly id: string;
  /** What is violated without the mitigation; nothing, where the effect is only accounted. */
  readonly violates: readonly RuleId[];
  /** The fault that leaves the mitigation out, and what would hide that; null: none is needed. */
  readonly without: string | null;
  readonly program: Program;
  /** Runs in which nature may make its mistake at one place after the other; 0: it is told to. */
  readonly runsMax: number;
  /** The interesting thing has happened, in a run with the mitigation. */
  readonly reached: (run: Run) => boolean;
  /** What an end-to-end property says of a run that no books tell; rules are those of `violates`. */
  readonly expected?: Expected;
}

/** Without a mistake of nature, what can be chosen is the order of things that happen at one time. */
const ORDERS_MAX = 100;

export function schedulesOf({ runsMax }: MatrixRow): Schedules {
  if (runsMax > 0) return { kind: 'bounded', preemptions: 1, runsMax };
  return { kind: 'bounded', preemptions: 0, runsMax: ORDERS_MAX };
}

/** Something of this name has happened to an object of hardware or software. */
export function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}
