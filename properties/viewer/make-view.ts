import { printableData } from '../../traces/printable.ts';
import type { Trace } from '../../traces/trace.ts';
import type { Seen } from '../../traces/viewer/seen.ts';
import type { View } from '../../traces/viewer/view.ts';
import { viewOf } from '../../traces/viewer/view-of.ts';
import type { Replayed } from '../check/replay.ts';
import { ProgramError } from '../programs/operation.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { RunWatch } from './run-watch.ts';
import { seenOf } from './seen-of.ts';

export interface MakeViewOptions {
  /** Runs the trace again where it was found; null: nobody can, and `notices` says why. */
  readonly replay: ((trace: Trace, watchers: readonly JudgeFactory[]) => Replayed) | null;
  readonly notices: readonly string[];
  /** See `ViewOptions`. */
  readonly places: ReadonlyMap<string, string>;
  readonly command: string | null;
}

/** What is missing on a page without a replay. */
const MISSING = 'States of model and implementation, locks, waits and frames are missing.';

/**
 * Prepares a trace for showing. It is replayed first: what is not in the trace is seen there. What
 * cannot be replayed is shown as far as it goes, and it is said that something is missing.
 */
export async function makeView(given: Trace, options: MakeViewOptions): Promise<View> {
  const { places, command } = options;
  const { trace, seen, notices } = watched(given, options);
  return viewOf(printableData(trace), {
    ...{ seen, places, command },
    notices: [...options.notices, ...notices, ...(seen === null ? [MISSING] : [])],
  });
}

interface Shown {
  readonly trace: Trace;
  readonly seen: Seen | null;
  readonly notices: readonly string[];
}

function watched(trace: Trace, { replay }: MakeViewOptions): Shown {
  if (replay === null) return { trace, seen: null, notices: [] };
  const watch = new RunWatch();
  let replayed: Replayed;
  try {
    replayed = replay(trace, [() => watch]);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return { trace, seen: null, notices: [`It cannot be replayed: ${error.message}`] };
  }
  switch (replayed.kind) {
    case 'identical':
      return { trace: replayed.trace, seen: seenOf(watch), notices: [] };
    case 'different':
      return {
        trace: replayed.trace,
        seen: seenOf(watch),
        notices: [
          'This is what the code does now; the file has another run, which failed as well.',
        ],
      };
    case 'stale':
      return {
        trace,
        seen: null,
        notices: [`Stale at step ${replayed.step}: the code has changed.`],
      };
    case 'passes':
      return { trace, seen: null, notices: ['With these choices nothing is wrong any more.'] };
    default:
      return replayed satisfies never;
  }
}
