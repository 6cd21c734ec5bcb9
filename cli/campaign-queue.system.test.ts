import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type RedisServer, startRedis } from '../bench/redis-server.ts';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const JOBS = 20;
const LOOK_MS = 10;
const COMMON = ['--jobs', String(JOBS), '--fault', 'fence-046-no-second-look', '--seed', '5055'];

let folder = '';
let redis: RedisServer;
let expected: Record<string, string> = {};
const workers: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-campaign-queue-'));
  redis = await startRedis();
  const local = spawnSync(process.execPath, words('local', ['--workers', '1']), { cwd: folder });
  expect(local.status).toBe(1);
  expected = results('local');
  expect(Object.keys(expected).length).toBeGreaterThan(1);
}, 900_000);
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

function words(out: string, more: readonly string[]): string[] {
  return [COMMAND, 'campaign', ...COMMON, '--out', out, '--json', `${out}.json`, ...more];
}

/** The report and the traces that came of a campaign. */
function results(out: string): Record<string, string> {
  const findings = join(folder, out, 'findings');
  return Object.fromEntries([
    ['report', readFileSync(join(folder, `${out}.json`), 'utf8')],
    ...readdirSync(findings).map((name) => [name, readFileSync(join(findings, name), 'utf8')]),
  ]);
}

/** The numbers of the jobs that a journal has. */
function journalled(out: string): number[] {
  const file = join(folder, out, 'journal.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [, ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => /^\{"job":(\d+),/.exec(line)?.[1] ?? []).map(Number);
}

async function startWorker(): Promise<ChildProcess> {
  const own = [COMMAND, 'campaign-worker', '--queue', redis.url, '--workers', '1'];
  const worker = spawn(process.execPath, own, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(worker);
  await once(worker.stdout, 'data');
  return worker;
}

function coordinate(out: string, ...more: readonly string[]): ChildProcess {
  const own = words(out, ['--queue', redis.url, ...more]);
  return spawn(process.execPath, own, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function until(out: string, jobs: number): Promise<void> {
  while (journalled(out).length < jobs) await sleep(LOOK_MS);
}

async function killed(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL');
  await once(process, 'exit');
}

const inOrder = (out: string): number[] => journalled(out).toSorted((one, other) => one - other);
const all = Array.from({ length: JOBS }, (_none, job) => job);

test('jobs of a worker that is killed are done again, and the report is the same', async () => {
  const [first] = [await startWorker(), await startWorker()];
  const campaign = coordinate('queued');
  const ended = once(campaign, 'exit');
  await until('queued', 5);
  // With one thread it is in the middle of a job, as long as there are some.
  await killed(first);
  expect(await ended).toEqual([1, null]);
  expect(results('queued')).toEqual(expected);
  expect(inOrder('queued')).toEqual(all);
}, 900_000);

test('a coordinator that is killed goes on, and counts nothing twice', async () => {
  await startWorker();
  for (const jobs of [3, 10]) {
    const campaign = coordinate('resumed', '--resume');
    await until('resumed', jobs);
    await killed(campaign);
  }
  expect(journalled('resumed').length).toBeLessThan(JOBS);
  const [code] = await once(coordinate('resumed', '--resume'), 'exit');
  expect(code).toBe(1);
  expect(results('resumed')).toEqual(expected);
  expect(inOrder('resumed')).toEqual(all);
}, 900_000);
