import { isRuleId } from '../../model/rules/catalogue.ts';
import type { Trace } from '../../traces/trace.ts';
import { INTACT } from '../../impl/stack.ts';
import type { Fault } from '../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../judges/standard.ts';
import type { Program } from '../programs/program.ts';
import type { JudgeFactory } from '../run/judge.ts';
import { LabelledStrategy } from '../schedules/labelled.ts';
import { record } from './counterexample.ts';
import type { Stage } from './explain-failure.ts';
import { typesWith, verdictFor } from './found.ts';

/** What a replay showed. */
export type Replayed =
  /** The same run again, to the byte. */
  | { readonly kind: 'identical'; readonly trace: Trace }
  /** It fails again, but something in the run is different. */
  | { readonly kind: 'different'; readonly trace: Trace }
  /**
   * The code no longer offers a recorded choice. `trace`: what was found of a run that went on from
   * there with nothing special; null when nothing was.
   */
  | { readonly kind: 'stale'; readonly step: number; readonly trace: Trace | null }
  /** The same choices, and nothing is wrong any more. */
  | { readonly kind: 'passes' };

/** Runs the choices of a trace again, with or without the fault that it names. */
export function replay(
  trace: Trace,
  fault: Fault | null,
  watchers: readonly JudgeFactory[] = [],
): Replayed {
  return replayOn(trace, stageOf(trace, fault), watchers);
}

/** Where a trace is run again: the world with or without a fault. */
export function stageOf({ program, verdict }: Trace, fault: Fault | null): Stage {
  return {
    types: typesWith(fault),
    baseline: fault === null ? null : INTACT,
    verdict: verdictFor(program, verdict.judge),
    faultId: fault?.id ?? null,
  };
}

/**
 * The same in any world, such as one with a driver of somebody's own. `watchers` look on, and find
 * nothing.
 */
export function replayOn(
  trace: Trace,
  stage: Stage,
  watchers: readonly JudgeFactory[] = [],
): Replayed {
  const strategy = new LabelledStrategy(trace.choices);
  const program: Program = trace.program;
  const { judge, rules } = trace.verdict;
  const recorded = record({
    program,
    strategy,
    types: stage.types,
    judges: [...SINGLE_RUN_JUDGES, ...watchers],
    verdict: stage.verdict,
    target: { judge, rules: rules.filter(isRuleId) },
    faultId: stage.faultId,
    bounds: trace.verdict.bounds,
    deciding: decidingNumber(trace),
  });
  if (strategy.staleAt !== null) {
    return { kind: 'stale', step: strategy.staleAt, trace: recorded.trace };
  }
  if (recorded.trace === null) return { kind: 'passes' };
  const isSame = JSON.stringify(recorded.trace) === JSON.stringify(ordered(trace, recorded.trace));
  return { kind: isSame ? 'identical' : 'different', trace: recorded.trace };
}

/** The hash of the code says where a trace comes from, not what it shows. */
function ordered(trace: Trace, again: Trace): Trace {
  const { implementation, versions } = again;
  return sortLike({ ...trace, implementation, versions }, again);
}

/** Brings the keys of a parsed trace into the order of a recorded one. */
function sortLike<T>(value: T, like: unknown): T {
  if (Array.isArray(value)) {
    const other: readonly unknown[] = Array.isArray(like) ? like : [];
    return value.map((item: unknown, index) => sortLike(item, other[index])) as T; // same shape
  }
  if (typeof value !== 'object' || value === null) return value;
  const keys = typeof like === 'object' && like !== null ? Object.keys(like) : [];
  const entries = Object.entries(value);
  const rank = (key: string): number => (keys.includes(key) ? keys.indexOf(key) : keys.length);
  entries.sort(([first], [second]) => rank(first) - rank(second));
  const record: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const other = typeof like === 'object' && like !== null ? Reflect.get(like, key) : undefined;
    record[key] = sortLike<unknown>(item, other);
  }
  return record as T; // the same keys with the same values
}

function decidingNumber(trace: Trace): number | null {
  const { deciding } = trace.verdict;
  if (deciding === null) return null;
  return trace.choices.findIndex((choice) => choice.step === deciding) + 1;
}
