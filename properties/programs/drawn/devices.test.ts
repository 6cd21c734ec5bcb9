import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INTACT, type StackTypes } from '../../../impl/stack.ts';
import { findFault } from '../../faults/registry.ts';
import { withFault } from '../../faults/fault.ts';
import { SINGLE_RUN_JUDGES } from '../../judges/standard.ts';
import { UnchangedJudge } from '../../judges/unchanged.ts';
import { Run } from '../../run/run.ts';
import { drawnSchedule, type DrawnSchedule, strategyOf } from '../../schedules/drawn.ts';
import '../operations/index.ts';
import { callText } from '../parse.ts';
import type { Program } from '../program.ts';
import { buildDeviceProgram, drawnDeviceProgram } from './devices.ts';

interface Counts {
  calls: number;
  refused: number;
  compared: number;
}

/** What the judges say of the first program that they complain about; null for none. */
function firstFinding(
  seed: number,
  runs: number,
  types: StackTypes,
  counts: Counts,
): string | null {
  let found: string | null = null;
  const passes = (program: Program, schedule: DrawnSchedule): boolean => {
    const unchanged = new UnchangedJudge();
    const judges = [...SINGLE_RUN_JUDGES.map((make) => make()), unchanged];
    const run = new Run(program, { types, judges, notes: false }).execute(
      strategyOf(schedule, 200),
    );
    counts.calls += run.calls.length;
    const results = run.calls.map(({ result }) => result);
    counts.refused += results.filter((result) => typeof result === 'number' && result < 0).length;
    counts.compared += unchanged.compared;
    found = run.findings[0]?.message ?? null;
    return found === null;
  };
  const options = { seed, numRuns: runs, endOnFailure: true };
  const checked = fc.check(fc.property(drawnDeviceProgram(), drawnSchedule(), passes), options);
  if (checked.failed && found === null)
    throw new Error('cannot run', { cause: checked.errorInstance });
  return found;
}

test('the intact stack has nothing to say of programs about devices, which are mostly valid', () => {
  const counts = { calls: 0, refused: 0, compared: 0 };
  expect(firstFinding(5, 150, INTACT, counts)).toBeNull();
  expect(counts.calls).toBeGreaterThan(2000);
  expect(counts.refused / counts.calls).toBeLessThan(0.5);
  expect(counts.refused / counts.calls).toBeGreaterThan(0.05);
  expect(counts.compared).toBeGreaterThan(300);
});

test.each([
  ['prime-001-keeps-number', 'changes files'],
  ['vgem-004-number-of-failures', 'and changes drmFile'],
  ['BUG-VGEM-02', 'after it was freed'],
])('they show %s', (id, message) => {
  const fault = findFault(id);
  if (fault === null) throw new Error(`there is no fault ${id}`);
  const counts = { calls: 0, refused: 0, compared: 0 };
  expect(firstFinding(1, 1500, withFault(INTACT, fault), counts)).toContain(message);
});

test('no numbers are a program, the plainest one', () => {
  const { setup, tasks } = buildDeviceProgram({ shape: [], tasks: [[]] });
  expect(tasks).toEqual([]);
  expect(setup.map(callText)).toContain('b0 = prime.export(d0, g0)');
});

test('tasks of other processes, forks and wrong arguments are drawn', () => {
  const programs = fc.sample(drawnDeviceProgram(), { seed: 3, numRuns: 200 });
  const calls = programs.flatMap(({ setup, tasks }) => [
    ...setup.map(callText),
    ...tasks.flatMap((task) => task.calls.map(callText)),
  ]);
  expect(programs.some(({ tasks }) => tasks.some(({ process }) => process === 'child'))).toBe(true);
  for (const part of ['sys.fork(child)', 'sys.send(', 'memory: bad', 'sys.kill(child)', ', 99']) {
    expect(
      calls.some((call) => call.includes(part)),
      part,
    ).toBe(true);
  }
});
