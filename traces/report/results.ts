import type { Trace } from '../trace.ts';

/**
 * How something that was checked stands. `lost`: it was guaranteed before, and is not any more.
 * `weak` is a check that cannot fail, which is as bad as a broken rule; `changed` is another thing
 * than before, which somebody has to accept. `partial` has found nothing but left something out;
 * `skipped` was not looked at.
 */
export type Status = 'failed' | 'lost' | 'weak' | 'changed' | 'partial' | 'skipped' | 'passed';

/** What fails a run, and how loud it is said; the rest is no alert. */
export const WRONG: Readonly<Partial<Record<Status, 'error' | 'warning'>>> = {
  failed: 'error',
  lost: 'error',
  weak: 'warning',
  changed: 'warning',
};

/** A line of a file, which is named relative to the root of the checkout. */
export interface Place {
  readonly file: string;
  /** Lines count from 1. */
  readonly line: number;
}

/** A counterexample, and what is known of it besides. */
export interface Kept {
  readonly trace: Trace;
  /** Where the trace is kept, for the command that replays it. */
  readonly file: string;
  /** Where the code of each operation is that the trace calls; unknown ones are missing. */
  readonly places: ReadonlyMap<string, Place>;
}

/** One thing that was checked, for whatever reads results of checks. */
export interface Result {
  /** A rule, or the name of what else was checked. Several results may be about the same. */
  readonly id: string;
  /** Results of one group are shown together: those of a family of rules, or of a stage. */
  readonly group: string;
  readonly status: Status;
  /** What was checked, in one line. */
  readonly title: string;
  /** All that there is to say about what was checked; the title once more when that is all. */
  readonly details: string;
  /** How it ended. */
  readonly message: string;
  /** What met it: a property, a litmus program, a file; null where that is what was checked. */
  readonly source: string | null;
  /** The counterexample; null when there is none, or when it got no search of its own. */
  readonly kept: Kept | null;
  /** Where to look first; null when no single place is to blame. */
  readonly place: Place | null;
}

/** What a verb has to say to the systems that run it. The order is part of it. */
export interface Results {
  /** Version of the package. */
  readonly version: string;
  readonly results: readonly Result[];
}

/** What a trace does not say itself about its result; without a place, it is where the run parts. */
export type ResultAbout = Pick<Result, 'group' | 'title' | 'details' | 'source' | 'place'>;

/** The result that a counterexample stands for. */
export function resultOfTrace(kept: Kept, about: ResultAbout): Result {
  const { rules, judge, message } = kept.trace.verdict;
  const place = about.place ?? partingPlace(kept);
  return { ...about, ...nameOf({ rules, judge, message }), status: 'failed', kept, place };
}

/** Where model and implementation part, as far as the code of that call is known. */
function partingPlace({ trace, places }: Kept): Place | null {
  const { steps, calls, verdict } = trace;
  const step = steps[(verdict.step ?? steps.length) - 1];
  const call = calls.find((one) => one.task === step?.task && one.call === step.call);
  return call === undefined ? null : (places.get(call.op) ?? null);
}

/** A finding is named after the first rule that it breaks, or after its judge. */
export function nameOf(finding: {
  readonly rules: readonly string[];
  readonly judge: string;
  readonly message: string;
}): Pick<Result, 'id' | 'message'> {
  const [first, ...others] = finding.rules;
  const also = others.length === 0 ? '' : ` (breaks ${others.join(', ')} too)`;
  return { id: first ?? finding.judge, message: `${finding.message}${also}` };
}
