import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import type { TimedRow } from '../properties/baseline/try-row.ts';
import { matrixPage } from './faults-page.ts';
import { matrixText } from './faults-text.ts';
import { runHere } from './in-process.ts';

const ROW: TimedRow = {
  fault: 'BUG-FENCE-05',
  seed: 1,
  isCaught: true,
  namesRule: true,
  source: 'FENCE-046',
  rules: ['FENCE-046'],
  tasks: 2,
  steps: 7,
  preemptions: 1,
  replays: true,
  passesIntact: true,
  trace: null,
  seconds: 2.04,
};

const folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('faults', () => {
  test('one fault: a row on the terminal, in a file and on a page', async () => {
    const json = join(folder, 'rows.json');
    const html = join(folder, 'rows.html');
    const words = ['faults', 'BUG-FENCE-05', '--json', json, '--html', html, '--workers', '1'];
    const { status, stdout } = await runHere(...words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/BUG-FENCE-05 +1 +FENCE-\d+ /);
    expect(stdout).toContain('1 of 1 fault caught in each of 1 searches');
    const { rows } = JSON.parse(readFileSync(json, 'utf8')) as { rows: readonly TimedRow[] };
    expect(rows).toMatchObject([{ fault: 'BUG-FENCE-05', isCaught: true, replays: true }]);
    expect(readFileSync(html, 'utf8')).toContain('<th scope="row">BUG-FENCE-05</th>');
  });

  test('no fault is called so', async () => {
    const { status, stderr } = await runHere('faults', 'BUG-FENC-05');
    expect(status).toBe(2);
    expect(stderr).toContain('BUG-FENC');
  });
});

test('a fault that one seed misses is not caught', () => {
  const rows = [ROW, { ...ROW, seed: 2, isCaught: false, source: null, seconds: 8 }];
  expect(matrixText(rows).at(-1)).toBe(
    '0 of 1 fault caught in each of 2 searches; median 8.0 s, slowest 8.0 s',
  );
  expect(matrixPage(rows).match(/class="missed"/g)).toHaveLength(1);
});

test('names on a page are text, whatever they are', () => {
  const page = matrixPage([{ ...ROW, source: '<script>alert(1)</script>' }]);
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script>');
});
