import type { Observer, World } from '../../impl/kernel/world.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { MachineListener } from '../explore/guided/listener.ts';
import type { Finding } from './finding.ts';
import type { CallRecord } from './history.ts';
import type { Run } from './run.ts';

export type CallMoment = 'made' | 'begun';

/**
 * Watches one run and says what is wrong with it. Judges know nothing of schedules, programs'
 * intentions or faults. One judge object serves one run.
 */
export interface Judge extends Observer {
  readonly name: string;
  /**
   * What it has in mind, besides the state of the world. A judge without it cannot watch a search
   * that meets each state only once.
   */
  visitState?(key: StateKey, run: Run): void;
  /** The set-up is over, and nothing of the tasks has run yet. */
  tasksStart?(world: World): void;
  /** One of `count` > 1 things is about to happen; `world.enumerate` has just listed them. */
  choosing?(world: World, count: number): void;
  /** A call of a task has come back, with its result. */
  returned?(record: CallRecord, run: Run): void;
  /**
   * A call is made, or begins with its first access, at the current step. A judge that compares
   * such a moment with what others do says so here, by a touch: their order matters.
   */
  called?(moment: CallMoment, record: CallRecord, run: Run): void;
  /** It follows the machines of objects, and tells `listener` where they go. */
  tellMachines?(listener: MachineListener): void;
  /** Called once the run is over; findings may also have been noted on the way. */
  finish(run: Run): readonly Finding[];
}

/** Builds a fresh judge for each run. */
export type JudgeFactory = () => Judge;
