import type { World } from '../../impl/kernel/world.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';

/** One run in progress: a world whose tasks have started, and what will be said of it. */
export interface Execution {
  readonly world: World;
  /** Every choice so far that had an alternative. */
  readonly choices: readonly number[];
  /** Nobody will ask for choices: they need not be counted where a strategy looks at none. */
  readonly isUncounted?: boolean;
  /** Nobody is told of single steps: a task may make several at once. */
  readonly isUnwatched?: boolean;
  /** Lets happen what `world.enumerate` has listed under this number, out of `count`. */
  perform(choice: number, count: number): void;
  /** Notes everything besides the world that decides how the run goes on, or what is said of it. */
  visitState(key: StateKey): void;
  /** Ends the run: nothing can happen any more, or it is cut because it has too many steps. */
  end(isCut: boolean): void;
}

/** What can be run again and again, each time under another schedule: a program with its judges. */
export interface Subject<E extends Execution = Execution> {
  /** A fresh run, ready for its first choice. The one before it is not used any more. */
  start(): E;
}
