import { Crew } from '../../parallel/crew.ts';
import { ASKED } from '../schema.ts';
import { loadQueueLibrary, reach } from './library.ts';
import { queueName } from './name.ts';

export interface ServeOptions {
  readonly url: string;
  /** See `codeHash`. */
  readonly code: string;
  readonly threads: number;
  /** Hears of each job that is done. */
  readonly progress: () => void;
  /** Hears that the connection was lost; it is tried again. */
  readonly complain: (error: Error) => void;
}

/** Whoever does not say so often that it still works is taken for dead. Unit: ms. */
const LOCK_MS = 10_000;
/** So often somebody looks for jobs of the dead, which are then done again. Unit: ms. */
const LOOK_MS = 5000;
/** A job that has outlived so many workers is what kills them. */
const DEATHS_MAX = 20;

/**
 * Does jobs of campaigns until it is told to end, and then those that it has begun. Jobs run in
 * threads, so that this one can always say that it still works.
 *
 * @throws {QueueError} when there is no queue
 */
export async function serveQueue(options: ServeOptions): Promise<() => Promise<void>> {
  const { url, code, threads, progress, complain } = options;
  const library = await loadQueueLibrary();
  const name = queueName(code);
  await reach(library, name, url);
  const crew = new Crew(threads);
  const work = async ({ data }: { readonly data: unknown }): Promise<unknown> => {
    const { job, fault } = ASKED.parse(data);
    const named = fault === null ? null : { id: fault, module: null };
    const done = await crew.perform('campaign', job, named);
    progress();
    return done;
  };
  const worker = new library.Worker(name, work, {
    connection: { url, maxRetriesPerRequest: null },
    concurrency: threads,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_MS,
    maxStalledCount: DEATHS_MAX,
  });
  worker.on('error', complain);
  await worker.waitUntilReady();
  return async () => {
    await worker.close();
    await crew.close();
  };
}
