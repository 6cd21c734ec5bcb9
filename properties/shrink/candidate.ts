import type { StackTypes } from '../../impl/stack.ts';
import { type FailingRun, trimmed } from '../explore/shrink-schedule.ts';
import type { Program } from '../programs/program.ts';
import { ProgramError } from '../programs/operation.ts';
import { runOnce } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import type { JudgeFactory } from '../run/judge.ts';
import type { Run } from '../run/run.ts';
import type { Strategy } from '../schedules/strategy.ts';
import { ReplayStrategy } from '../schedules/replay.ts';

/** Says what is wrong with a run; the shrinker keeps what still fails in the same way. */
export type Verdict = (run: Run) => readonly Finding[];

/** A failing run: program, choices, and what was found. */
export interface Candidate extends FailingRun {
  readonly program: Program;
  readonly finding: Finding;
}

export interface ShrinkContext {
  readonly types: StackTypes;
  readonly judges: readonly JudgeFactory[];
  readonly verdict: Verdict;
  /** What was found first: smaller runs must fail in the same way. */
  readonly target: Finding;
  /** The stack without the fault, when there is one: what fails there too proves nothing. */
  readonly baseline: StackTypes | null;
  /** Schedules are tried up to this part of the usual number. Default: 1, all of them. */
  readonly patience?: number;
}

/** Runs a program under a strategy and returns the failure, if it is the same one. */
export function tryCandidate(
  program: Program,
  strategy: Strategy,
  context: ShrinkContext,
): Candidate | null {
  const judged = judgedUnlessWrong(program, strategy, context);
  if (judged === null) return null;
  const finding = judged.findings.find((found) => isSame(found, context.target));
  return finding === undefined ? null : { program, choices: trimmed(judged.run.choices), finding };
}

interface Judged {
  readonly run: Run;
  readonly findings: readonly Finding[];
}

/**
 * A smaller program can be wrong in itself: it names what is no longer made, or lacks what is
 * looked at in the end.
 */
function judgedUnlessWrong(
  program: Program,
  strategy: Strategy,
  context: ShrinkContext,
): Judged | null {
  try {
    const run = runOnce(program, strategy, context);
    return { run, findings: context.verdict(run) };
  } catch (error) {
    if (error instanceof ProgramError) return null;
    throw error;
  }
}

/** Judges that know what a program is meant to do: without some call they may speak in error. */
export const INTENTIONS: ReadonlySet<string> = new Set(['property', 'litmus', 'scenario']);

/** A program with fewer calls still shows the defect, and not only that calls are missing. */
export function isTelling(candidate: Candidate, context: ShrinkContext): boolean {
  const { baseline, target } = context;
  if (baseline === null) return !INTENTIONS.has(target.judge);
  const strategy = new ReplayStrategy(candidate.choices);
  const judged = judgedUnlessWrong(candidate.program, strategy, { ...context, types: baseline });
  return judged !== null && judged.findings.length === 0;
}

/** Runs the very choices of a candidate. */
export function replayCandidate(
  program: Program,
  choices: readonly number[],
  context: ShrinkContext,
): Candidate | null {
  return tryCandidate(program, new ReplayStrategy(choices), context);
}

/** Same judge, and a rule in common when both name rules. */
export function isSame(found: Finding, target: Pick<Finding, 'judge' | 'rules'>): boolean {
  if (found.judge !== target.judge) return false;
  const [own] = target.rules;
  return own === undefined || found.rules.includes(own);
}
