import type { Expected } from '../c/tables.ts';
import type { Kept, ResultAbout } from '../report/results.ts';
import type { Trace } from '../trace.ts';

/** A counterexample that leaves for another tool, with what the trace itself does not know. */
export interface Exported extends Kept {
  /** What it is a result of. */
  readonly about: ResultAbout;
  /** The ways in which the program ends where nothing is wrong. It takes some runs. */
  readonly expected: () => Expected;
}

/** A form that another tool reads. Equal traces give equal bytes. */
export interface Format {
  /** As `--format` takes it. */
  readonly name: string;
  /** Who reads it, and what is seen there, in one line. */
  readonly shows: string;
  /** Why this trace has no such form; null when it has. */
  readonly refuses?: (trace: Trace) => string | null;
  readonly write: (exported: Exported) => string;
}
