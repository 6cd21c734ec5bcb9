import type { StackTypes } from '../../impl/stack.ts';
import type { Guard } from '../explore/guard.ts';
import { SAMPLED_FIRST } from '../explore/sample.ts';
import { judgesOf } from '../judges/standard.ts';
import { explore, type Explored, type Schedules } from '../run/explore.ts';
import type { Finding } from '../run/finding.ts';
import { judgeLitmus, SURPRISE } from './judge-litmus.ts';
import type { Tested } from './litmus.ts';

/** More schedules than any litmus program may have: running into it is reported. */
export const LITMUS_RUNS_MAX = 60_000;

/** Every schedule, run for itself: nothing is taken for granted. */
export const EVERY_SCHEDULE: Schedules = { kind: 'all', runsMax: LITMUS_RUNS_MAX };

/** Every state, met once: the same outcomes much sooner. */
export const EVERY_STATE: Schedules = { kind: 'stateful', statesMax: LITMUS_RUNS_MAX };

/**
 * Who stops once every outcome was seen draws so many runs before a search: most outcomes are
 * seldom rare, and a search meets the last of them late. Unit: runs.
 */
const DRAWN_TO_SEE = 10 * SAMPLED_FIRST;

/** At most so many findings are kept: more say nothing new. */
const FINDINGS_MAX = 5;

export interface LitmusOptions {
  readonly types?: StackTypes;
  /** Default: every schedule, up to `LITMUS_RUNS_MAX` runs. */
  readonly schedules?: Schedules;
  /** Stop at the first run that is not as it should be. */
  readonly stopsAtSurprise?: boolean;
  /**
   * Stop once every outcome was seen, also by chance. For who searches the program to its end where
   * stores are late: that holds each run of this world, so it holds each surprise.
   */
  readonly stopsWhenSeen?: boolean;
  /** Makes some runs twice; see `ExploreOptions.guard`. */
  readonly guard?: Guard;
}

/** What was seen of one litmus program, beside what should be. */
export interface LitmusResult {
  readonly id: string;
  readonly runs: number;
  readonly steps: number;
  /** Of the random runs before the search. */
  readonly sampled: Explored['sampled'];
  /** How often each outcome was seen: in runs, or in ways to end. */
  readonly seen: ReadonlyMap<string, number>;
  /** Outcomes that the rules allow and no schedule showed. */
  readonly missing: readonly string[];
  /** Outcomes that a schedule showed and the rules do not allow. */
  readonly unexpected: readonly string[];
  /** What was wrong with the first runs that were not as they should be. */
  readonly findings: readonly Finding[];
  /** No schedule was left out that was asked for. */
  readonly complete: boolean;
}

/** Explores a litmus program and compares what is seen with its outcomes. */
export function runLitmus(tested: Tested, options: LitmusOptions = {}): LitmusResult {
  const { types, schedules = EVERY_SCHEDULE } = options;
  const { stopsAtSurprise = false, stopsWhenSeen = false } = options;
  const expected = tested.outcomes.map(({ text }) => text);
  let isEnough = false;
  const seen = new Map<string, number>();
  const unexpected = new Set<string>();
  const findings: Finding[] = [];
  const explored = explore(tested.program, schedules, {
    ...(types === undefined ? {} : { types }),
    ...(options.guard === undefined ? {} : { guard: options.guard }),
    ...(stopsWhenSeen ? { sampling: DRAWN_TO_SEE } : {}),
    ...judgesOf(schedules),
    view: tested.observe,
    visit: (run, isSampled) => {
      const text = tested.observe(run);
      // A search to the end must meet by itself what a random run has shown before it.
      if (!isSampled || stopsWhenSeen) seen.set(text, (seen.get(text) ?? 0) + 1);
      const wrong = judgeLitmus(tested, run);
      if (wrong.some(({ judge }) => judge === SURPRISE)) unexpected.add(text);
      findings.push(...wrong.slice(0, FINDINGS_MAX - findings.length));
      isEnough = stopsWhenSeen && expected.every((one) => seen.has(one));
      return !isEnough && (!stopsAtSurprise || wrong.length === 0);
    },
  });
  return {
    id: tested.id,
    runs: explored.runs,
    steps: explored.steps,
    sampled: explored.sampled,
    seen,
    missing: expected.filter((text) => !seen.has(text)),
    unexpected: [...unexpected],
    findings,
    complete: explored.isComplete || isEnough,
  };
}

/** The outcome set is exactly the expected one, over every schedule, and no judge spoke. */
export function isReproduced(result: LitmusResult): boolean {
  const { missing, unexpected, findings, complete } = result;
  return complete && missing.length + unexpected.length + findings.length === 0;
}
