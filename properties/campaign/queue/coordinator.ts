import { createHash } from 'node:crypto';
import type { CampaignBatches } from '../batches.ts';
import type { CampaignIdentity } from '../campaign.ts';
import type { CampaignJob } from '../job.ts';
import { DONE } from '../schema.ts';
import {
  type JobQueue,
  type JobOptions,
  loadQueueLibrary,
  type QueueEvents,
  reach,
} from './library.ts';
import { queueName } from './name.ts';

export interface QueueCampaign {
  readonly url: string;
  readonly identity: CampaignIdentity;
  /** Where the journal is: two campaigns of one identity share no jobs. */
  readonly folder: string;
  /** Hears that nobody is there to do the jobs, yet. */
  readonly onLonely: () => void;
  /** Hears that a connection was lost; it is tried again. */
  readonly complain: (error: Error) => void;
}

/** So many jobs wait or are being done; who has more threads than this gets nothing to do. */
const AHEAD = 64;
/** A result that nobody fetches is forgotten. Unit: s. */
const FORGOTTEN = 7 * 24 * 60 * 60;

/**
 * Looks for a queue before anything is written down.
 *
 * @throws {QueueError} when there is none
 */
export async function expectQueue(url: string, code: string): Promise<void> {
  await reach(await loadQueueLibrary(), queueName(code), url);
}

/**
 * Hands jobs to workers in other processes. A job is known by its number: one that was handed out
 * by a coordinator that died is not done again when it is done already, and is counted once.
 */
export async function runOnQueue(
  batches: CampaignBatches,
  { url, identity, folder, onLonely, complain }: QueueCampaign,
): Promise<void> {
  const library = await loadQueueLibrary();
  const name = queueName(identity.code);
  const options = { connection: { url, maxRetriesPerRequest: null } };
  const queue = new library.Queue(name, options);
  const events = new library.QueueEvents(name, options);
  for (const one of [queue, events]) one.setMaxListeners(0).on('error', complain);
  const prefix = createHash('sha256')
    .update(JSON.stringify([identity, folder]))
    .digest('hex');
  try {
    await events.waitUntilReady();
    if ((await queue.getWorkersCount()) === 0) onLonely();
    const fault = batches.fault?.id ?? null;
    await handOut(batches, new Desk({ queue, events, prefix: prefix.slice(0, 16), fault }));
  } finally {
    await events.close();
    await queue.close();
  }
}

async function handOut(batches: CampaignBatches, desk: Desk): Promise<void> {
  const running = new Set<Promise<void>>();
  for (let number = 0; ; number += 1) {
    const job = batches.job(number);
    if (job === null) break;
    const doing = desk.perform(job, (done) => batches.merge(DONE.parse(done), number));
    running.add(doing);
    const leave = (): boolean => running.delete(doing);
    doing.then(leave, leave);
    if (running.size >= AHEAD) await Promise.race(running);
  }
  await Promise.all(running);
}

interface DeskOptions {
  readonly queue: JobQueue;
  readonly events: QueueEvents;
  readonly prefix: string;
  readonly fault: string | null;
}

/** Where jobs are handed out, and taken back when they are done. */
class Desk {
  private readonly options: DeskOptions;

  constructor(options: DeskOptions) {
    this.options = options;
  }

  async perform(job: CampaignJob, take: (done: unknown) => void): Promise<void> {
    const { queue, events, prefix, fault } = this.options;
    const options: JobOptions = {
      jobId: `${prefix}-${job.number}`,
      removeOnComplete: { age: FORGOTTEN },
      removeOnFail: true,
    };
    const queued = await queue.add('job', { job, fault }, options);
    take(await queued.waitUntilFinished(events));
    // It is in the journal, and a coordinator that dies before this finds it there.
    await queued.remove();
  }
}
