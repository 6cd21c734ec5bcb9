import { describe, expect, test } from 'vitest';
import { SAMPLED_FIRST } from '../explore/sample.ts';
import { QuiescenceJudge } from '../judges/quiescence.ts';
import { ViolationJudge } from '../judges/violations.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { explore, type Explored, type Schedules } from './explore.ts';
import type { Run } from './run.ts';

const JUDGES = [() => new ViolationJudge(), () => new QuiescenceJudge()];

test('add and signal have exactly the two outcomes of FENCE-046', () => {
  const racing = program('race', {
    setup: 'f = fence.create(); cb = callback.create()',
    tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
  });
  const outcomes = new Set<string>();
  const findings: string[] = [];
  const explored = explore(
    racing,
    { kind: 'all', runsMax: 100_000 },
    {
      judges: JUDGES,
      visit: (run) => {
        outcomes.add(`${run.outcome} calls ${run.environment.callback('cb').calls}`);
        findings.push(...run.findings.map((finding) => finding.message));
        return true;
      },
    },
  );
  expect(explored.isComplete).toBe(true);
  expect(findings).toEqual([]);
  expect([...outcomes].toSorted()).toEqual(['A:-2 B:0 calls 0', 'A:0 B:0 calls 1']);
});

test('a wait that races with a signal always ends', () => {
  const racing = program('wait', {
    setup: 'f = fence.create()',
    tasks: { A: 'fence.wait(f)', B: 'fence.signal(f)' },
  });
  const outcomes = new Set<string>();
  const explored = explore(
    racing,
    { kind: 'all', runsMax: 100_000 },
    {
      judges: JUDGES,
      visit: (run) => {
        outcomes.add(run.outcome);
        expect(run.findings).toEqual([]);
        return true;
      },
    },
  );
  expect(explored.isComplete).toBe(true);
  expect(explored.runs).toBe(3);
  expect([...outcomes]).toEqual(['A:0 B:0']);
});

describe('the random runs before a search', () => {
  const racing = program('race', {
    setup: 'f = fence.create(); cb = callback.create()',
    tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
  });
  const SEARCHES: readonly Schedules[] = [
    { kind: 'all', runsMax: 1000 },
    { kind: 'bounded', preemptions: 1, runsMax: 1000 },
    { kind: 'stateful', statesMax: 1000 },
  ];

  function phases(schedules: Schedules, sampling: number | null): [Explored, boolean[], string] {
    const sampled: boolean[] = [];
    let outcomes = '';
    const explored = explore(racing, schedules, {
      judges: JUDGES,
      ...(sampling === null ? {} : { sampling }),
      visit: (run, isSampled) => {
        sampled.push(isSampled);
        if (!isSampled) outcomes += `${run.choices.join('')} ${run.outcome}\n`;
        return true;
      },
    });
    return [explored, sampled, outcomes];
  }

  test.each(SEARCHES)('$kind: they are seen, counted apart, and change nothing', (schedules) => {
    const [explored, sampled, outcomes] = phases(schedules, null);
    const [without, , expected] = phases(schedules, 0);
    expect(without.sampled).toEqual({ runs: 0, steps: 0 });
    expect(explored).toEqual({ ...without, sampled: explored.sampled });
    expect(explored.isComplete).toBe(true);
    expect(outcomes).toBe(expected);
    expect(explored.sampled.runs).toBe(SAMPLED_FIRST);
    expect(explored.sampled.steps).toBeGreaterThan(SAMPLED_FIRST);
    expect(sampled.slice(0, SAMPLED_FIRST)).toEqual(Array(SAMPLED_FIRST).fill(true));
    expect(sampled.slice(SAMPLED_FIRST)).not.toContain(true);
  });

  test.each(SEARCHES)('$kind: the visitor ends it with the first of them', (schedules) => {
    const explored = explore(racing, schedules, { judges: JUDGES, visit: () => false });
    expect(explored).toMatchObject({ runs: 0, steps: 0, isComplete: false, isExhaustive: false });
    expect(explored.sampled.runs).toBe(1);
  });

  test('differ from each other', () => {
    const seen = new Set<string>();
    const visit = (run: Run): boolean => seen.add(run.choices.join('')) !== undefined;
    explore(racing, { kind: 'bounded', preemptions: 0, runsMax: 0 }, { judges: JUDGES, visit });
    expect(seen.size).toBeGreaterThan(3);
  });

  test('there are none where nothing can be chosen', () => {
    const alone = program('alone', {
      setup: 'f = fence.create()',
      tasks: { A: 'fence.signal(f)' },
    });
    const all = { kind: 'all', runsMax: 9 } as const;
    const explored = explore(alone, all, { judges: JUDGES, visit: () => true });
    expect(explored).toMatchObject({ runs: 1, sampled: { runs: 0, steps: 0 } });
  });
});
