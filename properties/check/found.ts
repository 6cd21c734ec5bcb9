import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { Trace } from '../../traces/trace.ts';
import { type Fault, withFault } from '../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import { judgeLitmus } from '../litmus/judge-litmus.ts';
import { testedBy } from '../litmus/tested-by.ts';
import type { Program } from '../programs/program.ts';
import { PROPERTIES } from '../rules/registry.ts';
import type { Finding } from '../run/finding.ts';
import { ReplayStrategy } from '../schedules/replay.ts';
import {
  INTENTIONS,
  type Candidate,
  type ShrinkContext,
  type Verdict,
} from '../shrink/candidate.ts';
import { decidingChoice } from '../shrink/deciding.ts';
import { shrink } from '../shrink/shrink.ts';
import { record } from './counterexample.ts';
import { judgedIn, judgeRun } from './run-property.ts';

/** A failing run, as the search met it. */
export interface Failure {
  readonly program: Program;
  readonly choices: readonly number[];
  readonly finding: Finding;
  readonly bounds: string;
}

/**
 * What counts as wrong in a run of this program. A claim about the program counts only where a
 * claim was found broken: what a judge found is shown by smaller programs, to which the claim
 * says nothing.
 */
export function verdictFor(program: Program, judge: string): Verdict {
  const property = PROPERTIES.find(
    (candidate) =>
      candidate.rules[0] === program.rule &&
      candidate.programs.some((other) => other.name === program.name),
  );
  const isClaim = INTENTIONS.has(judge);
  if (property !== undefined) {
    return (run) => (isClaim ? judgeRun(property, run) : judgedIn(property, run));
  }
  const litmus = testedBy(program);
  if (litmus !== null) {
    return (run) => judgeLitmus(litmus, run).filter((found) => isClaim || found.judge !== 'litmus');
  }
  return (run) => run.findings;
}

/** The classes of the world that a trace or a search runs in. */
export function typesWith(fault: Fault | null): StackTypes {
  return fault === null ? INTACT : withFault(INTACT, fault);
}

/** Shrinks a failure, names the deciding choice, replays it once, and writes it down. */
export function explain(failure: Failure, fault: Fault | null): Trace {
  const verdict = verdictFor(failure.program, failure.finding.judge);
  const context: ShrinkContext = {
    types: typesWith(fault),
    judges: SINGLE_RUN_JUDGES,
    verdict,
    target: failure.finding,
    baseline: fault === null ? null : INTACT,
  };
  const small = shrink(failure, context);
  const { trace } = recordCandidate(small, context, fault, failure.bounds);
  const again = recordCandidate(small, context, fault, failure.bounds);
  if (trace === null || JSON.stringify(again.trace) !== JSON.stringify(trace)) {
    throw new Error(`a run of ${failure.program.name} is not reproducible: defect of the suite`);
  }
  return trace;
}

function recordCandidate(
  small: Candidate,
  context: ShrinkContext,
  fault: Fault | null,
  bounds: string,
): ReturnType<typeof record> {
  return record({
    program: small.program,
    strategy: new ReplayStrategy(small.choices),
    types: context.types,
    judges: context.judges,
    verdict: context.verdict,
    target: context.target,
    faultId: fault?.id ?? null,
    bounds,
    deciding: decidingChoice(small, context),
  });
}
