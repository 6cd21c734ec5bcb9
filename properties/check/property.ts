import type { RuleId } from '../../model/rules/catalogue.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import type { Schedules } from '../run/explore.ts';

/** What a judge calls the thing that it found: see `Finding.judge`. */
export type JudgeName =
  | 'warn'
  | 'bug'
  | 'use-after-free'
  | 'double-free'
  | 'refcount'
  | 'lockdep'
  | 'lock-misuse'
  | 'sleep-in-atomic'
  | 'stack-overflow'
  | 'deadlock'
  | 'livelock'
  | 'leak'
  | 'refinement'
  | 'walks'
  | 'ownership'
  | 'chains'
  | 'attachments'
  | 'mapped pages'
  | 'locking'
  | 'buffer calls'
  | 'job order'
  | 'results'
  | 'trace points'
  | 'hardware'
  | 'races';

/** Counts how often the interesting case of a property was reached. */
export interface Witness {
  readonly when: (run: Run) => boolean;
  /** Fewer than this, summed over all runs of the property, is a failure. */
  readonly atLeast: number;
}

/** One rule, and how it is checked. */
export interface Property {
  /** The rules that a broken claim breaks. The first one is the property's own. */
  readonly rules: readonly [RuleId, ...RuleId[]];
  /** Enough to judge the coverage without reading on. */
  readonly plan: string;
  readonly programs: readonly Program[];
  /** Default: every schedule with at most two preemptions, then random ones. */
  readonly schedules?: readonly Schedules[];
  /** What is wrong with this run, or null. Not asked for runs that crashed or blocked. */
  readonly holds?: (run: Run) => string | null;
  /** What is wrong with the set of all outcomes of one program, or null. */
  readonly outcomes?: (outcomes: ReadonlySet<string>, program: Program) => string | null;
  /** Whether one run of a program may end like this; a run that may not is a counterexample. */
  readonly mayEnd?: (outcome: string, program: Program) => boolean;
  /** Findings of these judges break this rule, too: they are part of its claim. */
  readonly forbids?: readonly JudgeName[];
  /** What these judges find is meant to happen in these programs. */
  readonly allows?: readonly JudgeName[];
  readonly witness: Readonly<Record<string, Witness>>;
  /** Seeded faults that break this rule; the finding must name it. */
  readonly faults: readonly string[];
}

/**
 * An id that is not in the catalogue does not compile. Programs that name no rule get the
 * property's own, so that their traces lead back to it.
 */
export function property(definition: Property): Property {
  const [rule] = definition.rules;
  const programs = definition.programs.map((one) => (one.rule === null ? { ...one, rule } : one));
  return { ...definition, programs };
}

/** A witness that is content with one run. */
export function reached(when: (run: Run) => boolean, atLeast = 1): Witness {
  return { when, atLeast };
}
