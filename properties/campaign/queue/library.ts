/** What is used of BullMQ. Its own types are not there where the package is not, as it need not be. */
export interface QueueLibrary {
  readonly Queue: new (name: string, options: QueueOptions) => JobQueue;
  readonly QueueEvents: new (name: string, options: QueueOptions) => QueueEvents;
  readonly Worker: new (name: string, work: Work, options: WorkerOptions) => QueueWorker;
}

export interface QueueOptions {
  readonly connection: Connection;
}

export interface Connection {
  readonly url: string;
  readonly maxRetriesPerRequest: null;
  /** When to try again, and null for never. Default: always. Unit: ms. */
  readonly retryStrategy?: () => number | null;
}

export interface JobOptions {
  /** Another job with the same one is not added. */
  readonly jobId: string;
  readonly removeOnComplete: { /** Unit: s. */ readonly age: number };
  readonly removeOnFail: boolean;
}

/** Something with a connection, which complains here when it is lost, and gets it back. */
interface Connected {
  on(event: 'error', hear: (error: Error) => void): this;
  setMaxListeners(count: number): this;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export type QueueEvents = Connected;
export type QueueWorker = Connected;

export interface JobQueue extends Connected {
  add(name: string, data: unknown, options: JobOptions): Promise<QueuedJob>;
  getWorkersCount(): Promise<number>;
}

export interface QueuedJob {
  waitUntilFinished(events: QueueEvents): Promise<unknown>;
  remove(): Promise<void>;
}

export type Work = (job: { readonly data: unknown }) => Promise<unknown>;

export interface WorkerOptions extends QueueOptions {
  readonly concurrency: number;
  /** Unit: ms. */
  readonly lockDuration: number;
  /** Unit: ms. */
  readonly stalledInterval: number;
  readonly maxStalledCount: number;
}

/** A queue that cannot be used. The message is one line. */
export class QueueError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'QueueError';
  }
}

/** Not written where it is imported, so that nothing looks for it before somebody wants a queue. */
const LIBRARY: string = 'bullmq';

/** @throws {QueueError} when the package is not installed */
export async function loadQueueLibrary(): Promise<QueueLibrary> {
  try {
    const library: QueueLibrary = await import(LIBRARY);
    return library;
  } catch (cause) {
    if (!(cause instanceof Error) || Reflect.get(cause, 'code') !== 'ERR_MODULE_NOT_FOUND') {
      throw cause;
    }
    const missing = 'a queue needs packages that are not installed';
    throw new QueueError(`${missing}; expected npm install bullmq ioredis before`, { cause });
  }
}

/** Where a queue is, without what nobody else should read. */
function placeOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/**
 * Looks whether there is a server.
 *
 * @throws {QueueError} when there is none
 */
export async function reach({ Queue }: QueueLibrary, name: string, url: string): Promise<void> {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new QueueError(`'${url}' is no address of a queue; expected redis://HOST:PORT`);
  }
  const connection = { url, maxRetriesPerRequest: null, retryStrategy: () => null };
  const queue = new Queue(name, { connection });
  let complaint = '';
  queue.on('error', (error) => {
    if (complaint === '') complaint = error.message || String(Reflect.get(error, 'code'));
  });
  try {
    await queue.waitUntilReady();
    await queue.close();
  } catch (cause) {
    throw new QueueError(`${placeOf(url)}: cannot be reached: ${complaint}`, { cause });
  }
}
