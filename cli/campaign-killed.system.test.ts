import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { RandomNumbers } from '../properties/schedules/random-numbers.ts';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const JOBS = 30;
const KILLS = 20;
/** Some jobs of this seed meet it, and others do not. */
const FAULT = ['--fault', 'fence-046-no-second-look', '--seed', '5055'];
/** A kill comes so long after a job was written down, at most. Unit: ms. */
const LATE_MAX_MS = 300;
const LOOK_MS = 5;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-campaign-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function words(out: string, workers: number): string[] {
  const limits = ['--jobs', String(JOBS), '--workers', String(workers), ...FAULT];
  return [COMMAND, 'campaign', ...limits, '--out', out, '--json', `${out}.json`, '--resume'];
}

/** What of a journal is whole. */
function written(out: string): string {
  const file = join(folder, out, 'journal.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

const lines = (text: string): number => text.split('\n').length - 1;

interface Moment {
  /** Lines of the journal. */
  readonly lines: number;
  /** Behind these. Unit: ms. */
  readonly late: number;
  readonly workers: number;
}

/** Goes on with the campaign and kills it at some moment; false when it came to its end before. */
async function killedAt(moment: Moment): Promise<boolean> {
  const campaign = spawn(process.execPath, words('killed', moment.workers), {
    cwd: folder,
    stdio: 'ignore',
  });
  let isOver = false;
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    campaign.on('exit', (_code, signal) => {
      isOver = true;
      resolve(signal);
    });
  });
  while (!isOver && lines(written('killed')) < moment.lines) await sleep(LOOK_MS);
  await sleep(moment.late);
  campaign.kill('SIGKILL');
  return (await ended) === 'SIGKILL';
}

/** The report and the traces that came of a campaign, once it has come to its end. */
function finished(out: string): Record<string, string> {
  const { status, stderr } = spawnSync(process.execPath, words(out, 1), {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).not.toContain('dmabuf-verify: ');
  expect(status).toBe(1);
  const traces = readdirSync(join(folder, out, 'findings')).toSorted();
  return Object.fromEntries(
    [`../../${out}.json`, ...traces].map((name) => [
      name.replace(/^.*\//, '').replace(out, 'report'),
      readFileSync(join(folder, out, 'findings', name), 'utf8'),
    ]),
  );
}

test('a campaign that is killed twenty times ends with the same findings', async () => {
  const expected = finished('whole');
  expect(Object.keys(expected).length).toBeGreaterThan(1);
  const numbers = new RandomNumbers(20);
  let before = '';
  let kills = 0;
  let resumed = 0;
  let ends = 0;
  while (kills < KILLS) {
    const wanted = lines(before) + (numbers.below(3) === 0 ? 1 : 0);
    const moment = { lines: wanted, late: numbers.below(LATE_MAX_MS), workers: 1 + (kills % 2) };
    if (!(await killedAt(moment))) {
      // It came to its end in between: the next one is a new one.
      ends += 1;
      expect(ends).toBeLessThan(KILLS);
      expect(finished('killed')).toEqual(expected);
      rmSync(join(folder, 'killed'), { recursive: true });
      before = '';
      continue;
    }
    kills += 1;
    const after = written('killed');
    // What was written down once is not done again: only what was being done is lost.
    expect(after.startsWith(before)).toBe(true);
    if (lines(before) > 1) resumed += 1;
    before = after;
  }
  expect(resumed).toBeGreaterThan(KILLS / 4);
  expect(finished('killed')).toEqual(expected);
  expect(written('killed').startsWith(before)).toBe(true);
  expect(lines(written('killed'))).toBe(JOBS + 1);
}, 1_800_000);
