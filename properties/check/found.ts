import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { Trace } from '../../traces/trace.ts';
import { type Fault, withFault } from '../faults/fault.ts';
import { judgeLitmus } from '../litmus/judge-litmus.ts';
import { testedBy } from '../litmus/tested-by.ts';
import type { Program } from '../programs/program.ts';
import { judgePlay, SCENARIO_JUDGE } from '../scenarios/judge-play.ts';
import { playOfProgram } from '../scenarios/find.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { INTENTIONS, type Verdict } from '../shrink/candidate.ts';
import { explainOn, type Failure, type Stage } from './explain-failure.ts';
import { judgedIn, judgeRun } from './run-property.ts';

export type { Failure } from './explain-failure.ts';

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
  const play = playOfProgram(program);
  if (play !== null) {
    return (run) => judgePlay(play, run).filter((one) => isClaim || one.judge !== SCENARIO_JUDGE);
  }
  return (run) => run.findings;
}

/** The classes of the world that a trace or a search runs in. */
export function typesWith(fault: Fault | null): StackTypes {
  return fault === null ? INTACT : withFault(INTACT, fault);
}

/**
 * Shrinks a failure, names the deciding choice, replays it once, and writes it down. `patience`: how
 * much of the usual effort there is time for.
 */
export function explain(failure: Failure, fault: Fault | null, patience = 1): Trace {
  const stage: Stage = {
    types: typesWith(fault),
    baseline: fault === null ? null : INTACT,
    verdict: verdictFor(failure.program, failure.finding.judge),
    faultId: fault?.id ?? null,
    patience,
  };
  return explainOn(stage, failure);
}
