import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startRedis } from './redis-server.ts';

const COMMAND = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const [JOBS = 80, ROUNDS = 3] = process.argv.slice(2).map(Number);
/** The same jobs, made fast in each worker before they count. */
const WARM_UP = 20;

/** A worker that waits for jobs, with one thread. */
async function startWorker(url: string): Promise<ChildProcess> {
  const words = [COMMAND, 'campaign-worker', '--queue', url, '--workers', '1'];
  const worker = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(worker.stdout, 'data');
  return worker;
}

/** Seconds that a campaign takes, from its start to its end. */
async function seconds(url: string, out: string, jobs: number): Promise<number> {
  const words = [COMMAND, 'campaign', '--queue', url, '--jobs', String(jobs), '--out', out];
  const start = performance.now();
  const campaign = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(campaign, 'exit');
  if (code !== 4) throw new Error(`the campaign ended with ${String(code)}`);
  return (performance.now() - start) / 1000;
}

/** One worker process beside two, in turn: the machine should have nothing else to do. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-campaign-'));
  const redis = await startRedis();
  const workers: ChildProcess[] = [];
  let campaigns = 0;
  const next = (jobs: number): Promise<number> => {
    campaigns += 1;
    return seconds(redis.url, join(folder, String(campaigns)), jobs);
  };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const taken: number[] = [];
      for (const count of [1, 2]) {
        while (workers.length < count) workers.push(await startWorker(redis.url));
        await next(WARM_UP * count);
        taken.push(await next(JOBS));
      }
      const [one = 0, two = 0] = taken;
      process.stdout.write(
        `${JOBS} jobs: 1 worker ${(JOBS / one).toFixed(2)} jobs/s, 2 workers ` +
          `${(JOBS / two).toFixed(2)} jobs/s, ${(one / two).toFixed(2)} x; ` +
          `load ${loadavg()[0]?.toFixed(1)}\n`,
      );
      for (const worker of workers.splice(0)) {
        worker.kill();
        await once(worker, 'exit');
      }
    }
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
