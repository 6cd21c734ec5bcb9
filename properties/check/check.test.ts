import { expect, test } from 'vitest';
import { formatTrace } from '../../traces/write.ts';
import { findFault } from '../faults/registry.ts';
import { check } from './check.ts';
import { replay } from './replay.ts';

const QUIET = { pattern: 'FENCE-046', seed: 1, budgetSteps: 0, progress: () => undefined };

test('a fault is found, shrunk, and replays to the same bytes from its file alone', () => {
  const fault = findFault('fence-046-no-second-look');
  const report = check({ ...QUIET, fault });
  const trace = report.findings[0]?.trace;
  if (trace === null || trace === undefined) throw new Error('no counterexample');
  expect(trace.verdict.rules).toContain('FENCE-046');
  expect(trace.program.tasks.length).toBeLessThanOrEqual(2);
  const read = JSON.parse(formatTrace(trace));
  expect(replay(read, fault).kind).toBe('identical');
  expect(replay(read, null).kind).not.toBe('identical');
});
