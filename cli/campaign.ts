import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';

import { type Command, InvalidArgumentError } from 'commander';

import { CampaignBatches, type CampaignLimits } from '../properties/campaign/batches.ts';
import type { CampaignIdentity } from '../properties/campaign/campaign.ts';
import { CampaignFolder } from '../properties/campaign/folder.ts';
import { expectQueue, runOnQueue } from '../properties/campaign/queue/coordinator.ts';
import type { Fault } from '../properties/faults/fault.ts';
import { runBatches } from '../properties/parallel/batches.ts';
import { withCrew } from '../properties/parallel/crew.ts';
import { codeHash, versions } from '../properties/versions.ts';
import { printable } from '../traces/printable.ts';
import { counted } from '../traces/report/text.ts';
import { resolveFault, wholeNumber, workers, writeJson } from './arguments.ts';
import { campaignText } from './campaign-text.ts';
import { EXIT, type ExitCode, WrongUse } from './exit.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface CampaignFlags {
  readonly time?: number;
  readonly jobs?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly fault?: string;
  readonly out: string;
  readonly queue?: string;
  readonly resume?: boolean;
  readonly json?: string;
}

/** `campaign`: random configurations for a given time, with a journal that survives `kill -9`. */
export function addCampaign(program: Command): void {
  program
    .command('campaign')
    .description(
      'run random configurations for a given time, and keep the smallest of each finding',
    )
    .option('--time <minutes>', 'begin no job later than this', minutes)
    .option('--jobs <number>', 'so many jobs in all', wholeNumber)
    .option('--seed <number>', 'where random choices come from', wholeNumber, 1)
    .option(
      '--workers <number>',
      'threads that share the work; by default one per processor, for many jobs',
      workers,
    )
    .option('--fault <id>', 'seed a fault, by its id or as a module that exports "fault"')
    .option('--out <folder>', 'where the journal and the traces are', 'campaign')
    .option('--resume', 'go on from the journal, when there is one')
    .option('--queue <url>', 'let campaign-worker processes do it: redis://127.0.0.1:6379')
    .option('--json <file>', 'write the whole report to a file')
    .action(async (flags: CampaignFlags) => {
      process.exitCode = await runCampaign(flags);
    });
}

function minutes(text: string): number {
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('expected a number of minutes, as 90 or 0.5.');
}

/** Jobs are a sample: without a finding there is always something that was left out. */
async function runCampaign(flags: CampaignFlags): Promise<ExitCode> {
  if (flags.time === undefined && flags.jobs === undefined) {
    throw new WrongUse('a campaign has no end of its own; expected --time or --jobs');
  }
  if (flags.queue !== undefined && flags.workers !== undefined) {
    throw new WrongUse('--workers: with --queue, each campaign-worker has its own; expected one');
  }
  const fault = flags.fault === undefined ? null : await resolveFault(flags.fault);
  if (flags.queue !== undefined && fault?.module !== undefined) {
    throw new WrongUse('--fault: workers of a queue load no modules; expected the id of a fault');
  }
  const identity = identityOf(flags, fault);
  if (flags.queue !== undefined) await expectQueue(flags.queue, identity.code);
  const folder = new CampaignFolder(flags.out, identity, flags.resume === true);
  if (folder.begun > 0) {
    process.stderr.write(`${printable(flags.out)}: ${counted(folder.begun, 'job')} done before\n`);
  }
  try {
    await perform(folder, fault, flags);
  } finally {
    folder.close();
  }
  const report = folder.campaign.report();
  const traces = folder.campaign.findings().map((finding) => folder.traceFile(finding));
  print(campaignText(report, traces).join('\n'));
  if (flags.json !== undefined) writeJson(flags.json, report);
  return report.findings.length > 0 ? EXIT.broken : EXIT.partial;
}

function identityOf({ seed }: CampaignFlags, fault: Fault | null): CampaignIdentity {
  return { seed, fault: fault?.id ?? null, code: codeHash(), versions: versions() };
}

async function perform(
  folder: CampaignFolder,
  fault: Fault | null,
  flags: CampaignFlags,
): Promise<void> {
  const progress = createProgress(process.stderr);
  const { campaign } = folder;
  const limits: CampaignLimits = {
    jobsMax: flags.jobs ?? Infinity,
    isOver: deadline(flags.time),
    progress: () => {
      const found = counted(campaign.findings().length, 'finding');
      const reached = counted(campaign.pairs, 'transition');
      progress.show(`campaign: ${counted(campaign.size, 'job')}, ${reached}, ${found}`);
    },
  };
  const batches = new CampaignBatches(folder, fault, limits);
  const threads = flags.workers ?? threadsFor(limits.jobsMax);
  if (flags.queue !== undefined) await coordinate(batches, folder, flags.queue, flags.out);
  else if (threads === 1) runBatches(batches);
  else await withCrew(threads, (crew) => crew.run(batches));
  progress.end();
}

/** What a thread costs at its start is the time of about so many jobs. */
const JOBS_OF_THREAD = 8;

function threadsFor(jobs: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(jobs / JOBS_OF_THREAD)));
}

async function coordinate(
  batches: CampaignBatches,
  { campaign }: CampaignFolder,
  url: string,
  out: string,
): Promise<void> {
  const complain = (text: string): boolean => process.stderr.write(`campaign: ${text}\n`);
  await runOnQueue(batches, {
    url,
    identity: campaign.identity,
    folder: resolve(out),
    onLonely: () => complain('waits for npx dmabuf-verify campaign-worker with the same --queue'),
    complain: (error) => complain(printable(error.message)),
  });
}

/** The clock decides how many jobs are begun, and nothing else. Unit: minutes. */
function deadline(time: number | undefined): () => boolean {
  if (time === undefined) return () => false;
  const end = Date.now() + 60_000 * time;
  return () => Date.now() >= end;
}
