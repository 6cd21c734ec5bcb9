import type { Observer } from '../../impl/kernel/world.ts';
import type { Finding } from './finding.ts';
import type { Run } from './run.ts';

/**
 * Watches one run and says what is wrong with it. Judges know nothing of schedules, programs'
 * intentions or faults. One judge object serves one run.
 */
export interface Judge extends Observer {
  readonly name: string;
  /** Called once the run is over; findings may also have been noted on the way. */
  finish(run: Run): readonly Finding[];
}

/** Builds a fresh judge for each run. */
export type JudgeFactory = () => Judge;
