import type { Program } from '../../programs/program.ts';
import type { Schedules } from '../../run/explore.ts';
import type { Run } from '../../run/run.ts';

/** One program that a driver is put through. */
export interface Trial {
  readonly program: Program;
  readonly schedules: readonly Schedules[];
  /** What is wrong with a run, or null; the judges watch besides. */
  readonly claim?: (run: Run) => string | null;
}

/** How much is tried. Equal options give equal reports. */
export interface BatteryOptions {
  /** For drawn programs and random schedules. Default: 1. */
  readonly seed?: number;
  /** Programs that are drawn. Default: 40. */
  readonly drawn?: number;
  /** Schedules of each program with two tasks, systematic and random ones. Default: 400. */
  readonly runsMax?: number;
  /** Failures that are shrunk and written down; the search goes on until then. Default: 8. */
  readonly failuresMax?: number;
  /** Failures are made small and explained; else they are shown as they were met. Default: yes. */
  readonly shrinks?: boolean;
}

/** All of them, with the defaults in place. */
export type Limits = Required<BatteryOptions>;

export function limitsOf(options: BatteryOptions): Limits {
  return { seed: 1, drawn: 40, runsMax: 400, failuresMax: 8, shrinks: true, ...options };
}

/** Schedules of a program with one task: these of a hundred of one with two. Unit: per cent. */
const ALONE = { bounded: 25, random: 10 };

/** Schedules of a program with one task, as far as engines and nature have a choice. */
export function alone({ seed, runsMax }: Limits): readonly Schedules[] {
  return [
    { kind: 'bounded', preemptions: 0, runsMax: Math.ceil((runsMax * ALONE.bounded) / 100) },
    { kind: 'random', runs: Math.ceil((runsMax * ALONE.random) / 100), seed },
  ];
}

/** Few preemptions first, where most mistakes are; then any. */
export function atOnce({ seed, runsMax }: Limits): readonly Schedules[] {
  return [
    { kind: 'bounded', preemptions: 1, runsMax: Math.ceil(runsMax / 2) },
    { kind: 'random', runs: Math.ceil(runsMax / 2), seed },
  ];
}
