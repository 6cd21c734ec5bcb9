import type { StackTypes } from '../../impl/stack.ts';
import type { Trace } from '../../traces/trace.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import type { Program } from '../programs/program.ts';
import type { Finding } from '../run/finding.ts';
import { ReplayStrategy } from '../schedules/replay.ts';
import type { Candidate, ShrinkContext, Verdict } from '../shrink/candidate.ts';
import { decidingChoice } from '../shrink/deciding.ts';
import { shrink } from '../shrink/shrink.ts';
import { record } from './counterexample.ts';

/** A failing run, as the search met it. */
export interface Failure {
  readonly program: Program;
  readonly choices: readonly number[];
  readonly finding: Finding;
  readonly bounds: string;
}

/** What a failure was found in, and what it is held against. */
export interface Stage {
  readonly types: StackTypes;
  /** Without what was done wrong: what fails there too proves nothing. Null: nothing was. */
  readonly baseline: StackTypes | null;
  readonly verdict: Verdict;
  /** What was done wrong, for the trace's head. */
  readonly faultId: string | null;
  /** See `ShrinkContext.patience`. */
  readonly patience?: number;
}

/** Shrinks a failure, names the deciding choice, replays it once, and writes it down. */
export function explainOn(stage: Stage, failure: Failure): Trace {
  const { types, baseline, verdict, patience = 1 } = stage;
  const target = failure.finding;
  const judges = SINGLE_RUN_JUDGES;
  const context: ShrinkContext = { types, judges, verdict, target, baseline, patience };
  const small = shrink(failure, context);
  const { trace } = recordCandidate(small, context, stage.faultId, failure.bounds);
  const again = recordCandidate(small, context, stage.faultId, failure.bounds);
  if (trace === null || JSON.stringify(again.trace) !== JSON.stringify(trace)) {
    throw new Error(`a run of ${failure.program.name} is not reproducible: defect of the suite`);
  }
  return trace;
}

/** Writes a failure down as it was met. */
export function writeDown({ types, verdict, faultId }: Stage, failure: Failure): Trace {
  const { program, choices, finding: target, bounds } = failure;
  const { trace } = record({
    program,
    strategy: new ReplayStrategy(choices),
    types,
    judges: SINGLE_RUN_JUDGES,
    verdict,
    target,
    faultId,
    bounds,
    deciding: null,
  });
  if (trace !== null) return trace;
  throw new Error(`a run of ${program.name} is not reproducible: defect of the suite`);
}

function recordCandidate(
  small: Candidate,
  context: ShrinkContext,
  faultId: string | null,
  bounds: string,
): ReturnType<typeof record> {
  return record({
    program: small.program,
    strategy: new ReplayStrategy(small.choices),
    types: context.types,
    judges: context.judges,
    verdict: context.verdict,
    target: context.target,
    faultId,
    bounds,
    deciding: decidingChoice(small, context),
  });
}
