import type { Task } from './task.ts';

/**
 * Something that nature may do at any step, whatever others do: send a signal, use a cache. What it
 * may do now is numbered from 1; a step of its lane does the alternative with that number.
 */
export interface Whim {
  readonly lane: Task;
  /** With alternative 0 it says that it does nothing more in this run, when nothing else can run. */
  readonly canEnd: boolean;
  /** How many things it could do now. */
  count(): number;
}
