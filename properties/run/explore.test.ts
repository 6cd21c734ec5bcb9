import { expect, test } from 'vitest';
import { QuiescenceJudge } from '../judges/quiescence.ts';
import { ViolationJudge } from '../judges/violations.ts';
import '../programs/operations/index.ts';
import { program } from '../programs/parse.ts';
import { explore } from './explore.ts';

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
