import type { Trace } from '../../traces/trace.ts';
import { tryFault } from '../check/fault-matrix.ts';
import { replay } from '../check/replay.ts';
import { shownAgain } from '../check/shown-again.ts';
import type { Fault } from '../faults/fault.ts';
import { findFault } from '../faults/registry.ts';
import { keptTrace } from './kept-traces.ts';

/** A fault by its id, and how it is looked for. */
export interface KeptJob {
  readonly fault: string;
  readonly seed: number;
  /** Searched as if no trace were kept. */
  readonly isFull: boolean;
}

/** How a fault was caught. */
export type CaughtBy =
  /** Its kept trace still fails. */
  | 'replay'
  /** Another schedule of the kept trace's program fails. */
  | 'same program'
  /** It was searched for as `check --fault` does. */
  | 'search';

/** How one fault of the public catalogue fares, as data. */
export interface KeptTried {
  readonly fault: string;
  /** Null when it is not caught: nothing names a rule that it breaks. */
  readonly caughtBy: CaughtBy | null;
  /** The trace that shows it. */
  readonly trace: Trace | null;
  /** The trace shows nothing wrong without the fault. */
  readonly passesIntact: boolean;
}

/** Replays the kept trace of a fault, and searches where it fails no more. */
export function tryKept({ fault: id, seed, isFull }: KeptJob): KeptTried {
  const fault = findFault(id);
  if (fault === null) throw new Error(`there is no fault ${id}`);
  const kept = isFull ? null : keptTrace(fault.id);
  const found = (kept === null ? null : tryTrace(kept, fault)) ?? searched(fault, seed);
  const passesIntact = found.trace !== null && isSilent(found.trace);
  return { fault: fault.id, passesIntact, ...found };
}

type Caught = Pick<KeptTried, 'caughtBy' | 'trace'>;

/** What the kept trace or its program still shows; null when neither names a broken rule. */
function tryTrace(kept: Trace, fault: Fault): Caught | null {
  const shown = shownAgain(kept, fault, (trace) => names(trace, fault));
  return shown === null ? null : { caughtBy: shown.by, trace: shown.trace };
}

function searched(fault: Fault, seed: number): Caught {
  const { namesRule, trace } = tryFault(fault, seed);
  return namesRule ? { caughtBy: 'search', trace } : { caughtBy: null, trace: null };
}

function names({ verdict }: Trace, { breaks }: Fault): boolean {
  return breaks.some((rule) => verdict.rules.includes(rule));
}

function isSilent(trace: Trace): boolean {
  const { kind } = replay(trace, null);
  return kind === 'passes' || kind === 'stale';
}
