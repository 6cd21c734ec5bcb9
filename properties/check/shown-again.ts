import type { Trace } from '../../traces/trace.ts';
import type { Fault } from '../faults/fault.ts';
import { replay } from './replay.ts';
import { searchAgain } from './search-again.ts';

/** How a trace that was kept shows again what it was kept for. */
export interface ShownAgain {
  readonly by:
    | 'replay'
    /** Another schedule of its program fails. */
    | 'same program';
  readonly trace: Trace;
}

/** Runs a trace again, and where that does not show `isWanted`, searches its program. */
export function shownAgain(
  trace: Trace,
  fault: Fault | null,
  isWanted: (shown: Trace) => boolean,
): ShownAgain | null {
  const again = replay(trace, fault);
  if (again.kind === 'identical' || again.kind === 'different') {
    // Only its head says that the code is another one: such a trace stays as it is.
    const shown = again.kind === 'identical' ? trace : again.trace;
    if (isWanted(shown)) return { by: 'replay', trace: shown };
  }
  const { trace: found } = searchAgain(trace, fault);
  return found !== null && isWanted(found) ? { by: 'same program', trace: found } : null;
}
