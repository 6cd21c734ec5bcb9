import { describe, expect, test } from 'vitest';
import { typesWith } from '../../check/found.ts';
import { findFault } from '../../faults/registry.ts';
import { STANDARD_JUDGES } from '../../judges/standard.ts';
import '../../programs/operations/index.ts';
import { coverageCurve, type CurvePoint } from '../../run/coverage-curve.ts';
import { explore, type Schedules } from '../../run/explore.ts';
import { BATCH_RUNS, GENERATION_BATCHES, Guide, type Kept } from './guide.ts';
import type { Guided } from './guided-runs.ts';
import { arrayProgram, cornerProgram } from './hard-programs.ts';
import type { Sampling } from '../sample.ts';

/** An input that reached this one state. */
function kept(state: number, pair?: string): Kept<string> {
  const pairs = pair === undefined ? [] : [pair];
  return { input: `input ${state}`, reached: { pairs, states: [state] } };
}

describe('a guide', () => {
  const RUNS = 3 * GENERATION_BATCHES * BATCH_RUNS;

  test('a generation waits for the one before it, and knows its corpus and no more', () => {
    const guide = new Guide<string>({ seed: 1, runs: RUNS });
    const first = Array.from({ length: GENERATION_BATCHES }, (_, nth) => guide.job(nth));
    expect(first.map((job) => job?.parents)).toEqual(first.map(() => []));
    expect(guide.job(GENERATION_BATCHES)).toBeNull();
    for (let nth = 0; nth < GENERATION_BATCHES; nth += 1) guide.merge([kept(nth, 'a b c')]);
    const before = guide.job(GENERATION_BATCHES + 5);
    expect(before?.parents).toContain('input 0');
    guide.merge([kept(100)]);
    expect(guide.job(GENERATION_BATCHES + 5)).toEqual(before);
  });

  test('what is known is not kept again, and half of the parents reached new pairs', () => {
    const guide = new Guide<string>({ seed: 1, runs: RUNS });
    guide.merge([kept(0, 'a b c'), ...Array.from({ length: 99 }, (_, nth) => kept(nth))]);
    for (let nth = 1; nth < GENERATION_BATCHES; nth += 1) guide.merge([kept(nth)]);
    expect(guide.report()).toMatchObject({ states: 99, corpus: 99 });
    const { parents = [] } = guide.job(GENERATION_BATCHES) ?? {};
    const rare = parents.filter((input) => input === 'input 0').length;
    expect(rare).toBeGreaterThanOrEqual(parents.length / 2);
    expect(rare).toBeLessThan(parents.length);
  });

  test('the last batch has what is left', () => {
    const guide = new Guide<string>({ seed: 1, runs: BATCH_RUNS + 3 });
    expect(guide.job(0)?.runs).toBe(BATCH_RUNS);
    expect(guide.job(1)?.runs).toBe(3);
    expect(guide.job(2)).toBeNull();
  });
});

describe('guidance by coverage', () => {
  const RUNS = 1000;
  const judges = STANDARD_JUDGES;

  function end(schedules: Guided | Sampling): CurvePoint {
    const [point] = coverageCurve(arrayProgram(), schedules, [RUNS], { judges });
    if (point === undefined) throw new Error('the curve has no end');
    return point;
  }

  test('reaches more pairs and more states than as many random schedules', () => {
    const guided = end({ kind: 'coverage', runs: RUNS, seed: 1 });
    const random = end({ kind: 'random', runs: RUNS, seed: 1 });
    // 121 pairs and 4602 states, 95 and 707 when this was written.
    expect(guided.pairs).toBeGreaterThan(random.pairs + 10);
    expect(guided.states).toBeGreaterThan(3 * random.states);
  });

  test('reaches more than the same schedules without anything to go on from', () => {
    const guided = end({ kind: 'coverage', runs: RUNS, seed: 1 });
    const blind = end({ kind: 'coverage', runs: RUNS, seed: 1, isBlind: true });
    // 121 pairs and 4602 states, 110 and 3389 when this was written.
    expect(guided.pairs).toBeGreaterThan(blind.pairs);
    expect(guided.states).toBeGreaterThan(1.2 * blind.states);
  });

  test('finds a fault that as many random schedules miss', () => {
    const isFound = (schedules: Schedules): boolean => {
      let found = false;
      const visit = ({ findings }: { findings: readonly unknown[] }): boolean => {
        found = findings.length > 0;
        return !found;
      };
      const types = typesWith(findFault('fence-046-no-second-look'));
      explore(cornerProgram(), schedules, { types, judges, visit });
      return found;
    };
    expect(isFound({ kind: 'random', runs: 1000, seed: 1 })).toBe(false);
    expect(isFound({ kind: 'coverage', runs: 1000, seed: 1 })).toBe(true);
  });

  test('stops when the visitor says so', () => {
    let runs = 0;
    const visit = (): boolean => {
      runs += 1;
      return runs < 20;
    };
    const schedules = { kind: 'coverage', runs: RUNS, seed: 1 } as const;
    const explored = explore(cornerProgram(), schedules, { judges, visit });
    expect(explored).toMatchObject({ runs: 20, isComplete: false, isExhaustive: false });
  });
});
