import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runHere } from './in-process.ts';

const home = process.cwd();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-campaign-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const read = (name: string): string => readFileSync(name, 'utf8');

describe('campaign', () => {
  test('goes on to the same report, with any number of workers', async () => {
    const seed = ['--seed', '196'];
    const begun = await runHere('campaign', ...seed, '--jobs', '2', '--out', 'one');
    expect(begun.status).toBe(4);
    expect(begun.stdout).toContain('explored    2 jobs');
    const all = [...seed, '--jobs', '3', '--json'];
    const one = await runHere('campaign', ...all, 'one.json', '--out', 'one', '--resume');
    expect(one.stderr).toContain('one: 2 jobs done before');
    expect(one.stdout).toMatch(/curve {7}\S+ {2}.*\d+ after 3 jobs\n/);
    expect(one.stdout).toContain('no violation within these bounds');
    await runHere('campaign', ...all, 'two.json', '--workers', '2', '--out', 'two');
    expect(read('one.json')).toBe(read('two.json'));
    expect(read('one/journal.jsonl')).toBe(read('two/journal.jsonl'));
  });

  test('keeps a trace of each finding, which replays', async () => {
    const words = ['--jobs', '3', '--workers', '1', '--fault', 'fence-032-twice', '--out', 'found'];
    const { status, stdout } = await runHere('campaign', ...words);
    expect(status).toBe(1);
    const traces = readdirSync('found/findings');
    expect(traces.length).toBeGreaterThan(0);
    for (const name of traces) {
      expect(stdout).toContain(`replay found/findings/${name}\n`);
      const replayed = await runHere('replay', `found/findings/${name}`);
      expect(replayed.status).toBe(1);
    }
  });

  test('ends in time', async () => {
    const words = ['--time', '0.00001', '--workers', '1', '--out', 'timed'];
    const { status, stdout } = await runHere('campaign', ...words);
    expect(status).toBe(4);
    expect(stdout).toMatch(/explored {4}[01] jobs?: /);
  });

  test.each([
    [['--jobs', 'many'], 'whole number'],
    [['--time', 'long'], 'number of minutes'],
    [[], 'expected --time or --jobs'],
    [['--jobs', '1', '--out', 'one'], 'is there already; --resume goes on from it'],
    [['--jobs', '1', '--out', 'one', '--resume', '--seed', '2'], 'of another campaign: seed 196'],
    [['--jobs', '1', '--queue', 'http://127.0.0.1'], 'is no address of a queue'],
    [['--jobs', '1', '--queue', 'redis://127.0.0.1:1'], 'cannot be reached: connect ECONNREFUSED'],
    [['--jobs', '1', '--queue', 'redis://127.0.0.1', '--workers', '1'], '--workers: with --queue'],
  ])('%j is wrong use', async (words, message) => {
    const { status, stderr } = await runHere('campaign', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync('campaign')).toBe(false);
  });

  test('a worker needs a queue', async () => {
    const none = await runHere('campaign-worker');
    expect(none.status).toBe(2);
    const { status, stderr } = await runHere('campaign-worker', '--queue', 'redis://127.0.0.1:1');
    expect(status).toBe(2);
    expect(stderr).toContain('redis://127.0.0.1:1: cannot be reached');
  });
});
