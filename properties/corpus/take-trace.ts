import { DRIVER, type Trace } from '../../traces/trace.ts';
import { replay } from '../check/replay.ts';
import { shownAgain, type ShownAgain } from '../check/shown-again.ts';
import type { Fault } from '../faults/fault.ts';

/** A trace that the corpus takes, or why it does not. */
export type Taken =
  | {
      readonly kind: 'taken';
      /** As it is to be kept: a run of the code as it is now. */
      readonly trace: Trace;
      readonly by: ShownAgain['by'];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Whether a trace belongs into the corpus: it shows again what it was found for, with its fault, and
 * nothing of that without. A trace without a fault is that of an open bug: it still fails in the code
 * as it is. So the fault in a file says what is expected of it, and nothing else has to.
 *
 * Without its fault the run is repeated, as far as its choices are there, and goes on from there; with
 * `isThorough` its program is searched, too, as is done once, when a trace comes to the corpus.
 */
export function takeTrace(
  trace: Trace,
  fault: Fault | null,
  { isThorough }: { readonly isThorough: boolean },
): Taken {
  if (trace.fault?.startsWith(DRIVER) === true) {
    return refused('it was found in a driver, which is not here; expected a trace of the stack');
  }
  const isSame = (shown: Trace): boolean => findingOf(shown) === findingOf(trace);
  const shown = shownAgain(trace, fault, isSame);
  const wanted = `"${findingOf(trace)}"`;
  if (shown === null && fault === null) {
    return refused(
      `it does not show ${wanted} any more; expected --fault, with what brings it back`,
    );
  }
  if (shown === null) {
    return refused(
      `it does not show ${wanted} with the fault ${fault?.id}; expected one that does`,
    );
  }
  if (fault !== null && failsIntact(shown.trace, { isSame, isThorough })) {
    return refused(`it shows ${wanted} without the fault ${fault.id}, too; expected it not to`);
  }
  return { kind: 'taken', ...shown };
}

/** Its choices, as far as the code offers them, and on with nothing special; or its whole program. */
function failsIntact(
  trace: Trace,
  how: { readonly isSame: (shown: Trace) => boolean; readonly isThorough: boolean },
): boolean {
  if (how.isThorough) return shownAgain(trace, null, how.isSame) !== null;
  const again = replay(trace, null);
  return again.kind !== 'passes' && again.trace !== null;
}

function refused(reason: string): Taken {
  return { kind: 'refused', reason };
}

/** What is found: who says so, and of which rules. */
function findingOf({ verdict }: Trace): string {
  return [verdict.judge, ...verdict.rules.toSorted()].join(' ');
}
