import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { coverageText } from './coverage-text.ts';
import { runHere } from './in-process.ts';

const home = process.cwd();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-fuzz-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('fuzz', () => {
  test('says what it reached, and that the rest was left out', async () => {
    const { status, stdout } = await runHere('fuzz', '--runs', '100', '--json', 'report.json');
    expect(status).toBe(4);
    expect(stdout).toMatch(/pairs {7}fence \d+ of 202, callback \d+ of 17/);
    expect(stdout).toMatch(/corpus {6}\d+ programs that reached something new/);
    expect(stdout).toContain('no violation within these bounds');
    const report: unknown = JSON.parse(readFileSync('report.json', 'utf8'));
    expect(report).toMatchObject({ seed: 1, runs: 100, findings: [], trace: null });
  });

  test('a fault is shown with its counterexample', async () => {
    const words = ['--runs', '300', '--fault', 'fence-032-twice'];
    const { status, stdout } = await runHere('fuzz', ...words);
    expect(status).toBe(1);
    expect(stdout).toContain('FAIL');
    expect(stdout).toContain('npx dmabuf-verify replay traces/found/');
  });

  test('a number of runs that is none is wrong use', async () => {
    const { status, stderr } = await runHere('fuzz', '--runs', 'many');
    expect(status).toBe(2);
    expect(stderr).toContain('whole number');
  });
});

test('explore says what coverage has reached', async () => {
  const words = ['--strategy', 'coverage', '--runs', '40'];
  const { status, stdout } = await runHere('explore', 'race-02-add-signal', ...words);
  expect(status).toBe(4);
  expect(stdout).toMatch(/pairs {7}fence \d+ of 202, callback \d of 17\n/);
  expect(stdout).toMatch(/corpus {6}\d schedules that/);
});

test('new states are added up to a few numbers, and pairs beyond the bounds are said', () => {
  const lines = coverageText(
    {
      machines: [
        { machine: 'fence', reached: 3, possible: 9, beyond: 1 },
        { machine: 'resv', reached: 0, possible: 5, beyond: 0 },
      ],
      states: 25,
      corpus: 1,
      statesByBatch: [...Array<number>(24).fill(1), 1],
    },
    'schedule',
  );
  expect(lines).toEqual([
    'pairs       fence 3 of 9 and 1 beyond its bounds',
    'states      25 abstract states; new ones for every 48 runs: 3 3 3 3 3 3 3 3 1',
    'corpus      1 schedule that reached something new',
  ]);
});
