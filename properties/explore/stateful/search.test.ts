import { describe, expect, test } from 'vitest';
import { draw, type Drawn, DrawnSubject, FLAVOURS, outcomesOfAll } from '../drawn.ts';
import { RandomNumbers } from '../../schedules/random-numbers.ts';
import type { Dependency } from '../steps/dependency.ts';
import { searchStates, type StatefulResult } from './search.ts';

const STATES_MAX = 20_000;
const RUNS_MAX = 3000;

interface Found {
  readonly outcomes: readonly string[];
  readonly result: StatefulResult;
}

function statesOf(drawn: Drawn, dependency?: Dependency): Found {
  const outcomes = new Set<string>();
  const result = searchStates(new DrawnSubject(drawn), {
    statesMax: STATES_MAX,
    ...(dependency === undefined ? {} : { dependency }),
    visit: (run) => {
      outcomes.add(run.outcome);
      return true;
    },
  });
  return { outcomes: [...outcomes].toSorted(), result };
}

/** Nothing commutes. */
const NOTHING_COMMUTES: Dependency = () => true;

function drawnOf(flavour: (typeof FLAVOURS)[number], count: number): readonly Drawn[] {
  const seeds = [...Array(count).keys()].map((index) => (index + 1) * 104_729);
  return seeds.map((seed) => draw(new RandomNumbers(seed), flavour));
}

describe('drawn programs have the outcomes that they have under all schedules', () => {
  test.each(FLAVOURS)('%s', (flavour) => {
    let compared = 0;
    let fewer = 0;
    for (const drawn of drawnOf(flavour, 75)) {
      const all = outcomesOfAll(drawn, RUNS_MAX);
      if (all === null) continue;
      const { outcomes, result } = statesOf(drawn);
      expect(outcomes).toEqual([...all.outcomes].toSorted());
      expect(result.isComplete).toBe(true);
      const { edges } = statesOf(drawn, NOTHING_COMMUTES).result;
      expect(result.edges).toBeLessThanOrEqual(edges);
      compared += 1;
      if (result.edges < edges) fewer += 1;
    }
    expect(compared).toBeGreaterThan(30);
    expect(fewer).toBeGreaterThan(5);
  });
});

describe('a dependency that leaves something out is noticed', () => {
  const name = (kind: number): string => ['read', 'write'][kind] ?? '';

  test.each([
    ['two writes', 'write write'],
    ['a read behind a write', 'write read'],
    ['a write behind a read', 'read write'],
  ] as const)('%s', (_what, left) => {
    const unsound: Dependency = (first, second) =>
      `${name(first)} ${name(second)}` !== left && (first !== 0 || second !== 0);
    const missed = drawnOf('cells', 40).filter((drawn) => {
      const all = outcomesOfAll(drawn, RUNS_MAX);
      return all !== null && statesOf(drawn, unsound).outcomes.length < all.outcomes.size;
    });
    expect(missed).not.toEqual([]);
  });
});
