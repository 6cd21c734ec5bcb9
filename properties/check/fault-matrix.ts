import type { Trace } from '../../traces/trace.ts';
import { formatTrace } from '../../traces/write.ts';
import { parseTrace } from '../../traces/read.ts';
import type { Fault } from '../faults/fault.ts';
import { byTelling, runStages, type Stages } from './check.ts';
import { explain } from './found.ts';
import { CHECK_DEFAULTS, type CheckOptions } from './options.ts';
import { replay } from './replay.ts';
import type { Met } from './report.ts';

/** How one fault fared with one seed. */
export interface FaultRow {
  readonly fault: string;
  readonly seed: number;
  readonly isCaught: boolean;
  /** A finding names a rule that the fault breaks. */
  readonly namesRule: boolean;
  /** What met it: a property, a litmus program, a scenario, a recording, drawn programs. */
  readonly source: string | null;
  readonly rules: readonly string[];
  readonly tasks: number | null;
  readonly steps: number | null;
  readonly preemptions: number | null;
  /** The trace replays from its file alone. */
  readonly replays: boolean;
  /** The same trace shows nothing wrong without the fault. */
  readonly passesIntact: boolean;
  /** The smallest counterexample; null where none was found. */
  readonly trace: Trace | null;
}

/** Seeds a fault, searches as `check` does, and tries the counterexample both ways. */
export function tryFault(fault: Fault, seed: number): FaultRow {
  const names = ({ finding }: Met): boolean =>
    finding.rules.some((rule) => fault.breaks.includes(rule));
  // What is seen in programs of another rule may be about that rule once it is shrunk.
  const isEnough = (met: Met): boolean =>
    names(met) && fault.breaks.some((rule) => rule === met.source);
  const options: CheckOptions = { ...CHECK_DEFAULTS, seed, fault, isEnough };
  let met = allMet(runStages(options));
  // Something else than the broken rule was seen at once: look everywhere.
  if (!met.some(names)) met = allMet(runStages(options, false));
  const telling = byTelling(met);
  const found = telling.find(names) ?? telling[0] ?? null;
  const trace = smallest(telling.filter(names), fault);
  const rules = trace?.verdict.rules ?? found?.finding.rules ?? [];
  return {
    fault: fault.id,
    seed,
    isCaught: found !== null,
    namesRule: fault.breaks.some((rule) => rules.includes(rule)),
    source: found?.source ?? null,
    rules,
    tasks: trace?.verdict.shrunk.tasks ?? null,
    steps: trace?.verdict.shrunk.steps ?? null,
    preemptions: trace?.verdict.shrunk.preemptions ?? null,
    ...bothWays(trace, fault),
    trace,
  };
}

function allMet(stages: Stages): Met[] {
  const { properties, litmus, memory, scenarios, paths, recordings, drawn } = stages;
  return [properties, litmus, memory, scenarios, paths, recordings, drawn].flatMap(
    (stage) => stage?.findings ?? [],
  );
}

/** So many findings are shrunk to see which gets smallest. */
const SHRUNK_MAX = 3;
/** More than the steps of any trace. */
const STRAYED = 1e9;

/** The smallest trace; what was shrunk to something about other rules comes last. */
function smallest(met: readonly Met[], fault: Fault): Trace | null {
  let best: Trace | null = null;
  let bestSize = Infinity;
  for (const { failure } of met.slice(0, SHRUNK_MAX)) {
    if (failure === null) continue;
    const trace = explain(failure, fault);
    const { rules, shrunk } = trace.verdict;
    const strays = !fault.breaks.some((rule) => rules.includes(rule));
    const size = shrunk.steps + (strays ? STRAYED : 0);
    if (size < bestSize) [best, bestSize] = [trace, size];
  }
  return best;
}

function bothWays(trace: Trace | null, fault: Fault): { replays: boolean; passesIntact: boolean } {
  if (trace === null) return { replays: false, passesIntact: false };
  const read = parseTrace(formatTrace(trace), 'trace of the matrix');
  const intact = replay(read, null).kind;
  return {
    replays: replay(read, fault).kind === 'identical',
    passesIntact: intact === 'passes' || intact === 'stale',
  };
}
