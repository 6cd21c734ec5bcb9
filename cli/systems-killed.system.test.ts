import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { RandomNumbers } from '../properties/schedules/random-numbers.ts';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** The largest system: its search takes some seconds. */
const SYSTEM = 'add/wait, add/wait, add/wait';
const KILLS = 20;
/** The command starts within this time. Unit: ms. */
const EARLIEST = 200;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-killed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = (file: string, workers: number): string[] => [
  ...[COMMAND, 'systems', SYSTEM, '--json', file, '--workers', String(workers)],
  ...['--checkpoint', 'search.checkpoint', '--checkpoint-every', '50000', '--resume'],
];

/** Starts the search and kills it after a while; true when it was still searching. */
function killedAfter(milliseconds: number, workers: number): Promise<boolean> {
  return new Promise((resolve) => {
    const search = spawn(process.execPath, words('killed.json', workers), { cwd: folder });
    const timer = setTimeout(() => search.kill('SIGKILL'), milliseconds);
    search.on('exit', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

function whole(file: string): string {
  const { status, stderr } = spawnSync(process.execPath, words(file, 1), {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr.replace(/^.* is not there yet.*\n/m, '')).toBe('');
  expect(status).toBe(0);
  return readFileSync(join(folder, file), 'utf8');
}

test('a search that is killed at any moment goes on to the same report', async () => {
  const started = performance.now();
  const expected = whole('whole.json');
  // A kill comes at any moment of a whole search, however fast the machine is.
  const latest = Math.round(performance.now() - started);
  const numbers = new RandomNumbers(9);
  let kills = 0;
  let resumed = 0;
  let ends = 0;
  while (kills < KILLS) {
    if (readdirSync(folder).includes('search.checkpoint')) resumed += 1;
    const wasKilled = await killedAfter(EARLIEST + numbers.below(latest), 1 + (kills % 2));
    if (wasKilled) kills += 1;
    else {
      // It came to its end in between: the report is whole, and the next search is a new one.
      ends += 1;
      expect(readFileSync(join(folder, 'killed.json'), 'utf8')).toBe(expected);
    }
    expect(ends).toBeLessThan(3 * KILLS);
  }
  expect(resumed).toBeGreaterThan(KILLS / 4);
  expect(whole('resumed.json')).toBe(expected);
  // A checkpoint is written beside its file first: what a kill left behind is no harm, and small in number.
  expect(readdirSync(folder).filter((name) => name.includes('checkpoint')).length).toBeLessThan(3);
}, 600_000);
