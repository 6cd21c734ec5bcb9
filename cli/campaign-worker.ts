import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import process from 'node:process';

import type { Command } from 'commander';

import { serveQueue } from '../properties/campaign/queue/serve.ts';
import { codeHash } from '../properties/versions.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { workers } from './arguments.ts';
import { EXIT } from './exit.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface WorkerFlags {
  readonly queue: string;
  readonly workers?: number;
}

/** `campaign-worker`: does jobs of campaigns that another process coordinates. */
export function addCampaignWorker(program: Command): void {
  program
    .command('campaign-worker')
    .description('do jobs of campaigns that have the same queue, until interrupted')
    .requiredOption('--queue <url>', 'Redis or Valkey, as redis://127.0.0.1:6379')
    .option('--workers <number>', 'threads; one per processor by default', workers)
    .action(async (flags: WorkerFlags) => {
      await serve(flags);
      process.exitCode = EXIT.nothing;
    });
}

async function serve(flags: WorkerFlags): Promise<void> {
  const progress = createProgress(process.stderr);
  let jobs = 0;
  const close = await serveQueue({
    url: flags.queue,
    code: codeHash(),
    threads: flags.workers ?? availableParallelism(),
    progress: () => {
      jobs += 1;
      progress.show(`campaign-worker: ${counted(jobs, 'job')}`);
    },
    complain: (error) => process.stderr.write(`campaign-worker: ${printable(error.message)}\n`),
  });
  print('campaign-worker: waits for jobs');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await close();
  progress.end();
  print(`campaign-worker: ${counted(jobs, 'job')} done`);
}
