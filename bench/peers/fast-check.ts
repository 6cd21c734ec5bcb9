import fc, { type Scheduler } from 'fast-check';
import { printRuns } from './sampling.ts';

/** Every access to shared state is one task of fast-check's scheduler. */
export class Steps {
  count = 0;
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  next(label: string): Promise<void> {
    this.count += 1;
    return this.scheduler.schedule(Promise.resolve(), label);
  }
}

/** Tasks that cannot go on until somebody wakes them. */
export class Sleepers {
  private wakers: (() => void)[] = [];

  sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.wakers.push(resolve);
    });
  }

  wakeAll(): void {
    const { wakers } = this;
    this.wakers = [];
    for (const wake of wakers) wake();
  }
}

/** Runs tasks until none of them can go on. */
export async function settle(scheduler: Scheduler, tasks: readonly Promise<void>[]): Promise<void> {
  let ended = 0;
  const counted = tasks.map(async (task) => {
    await task;
    ended += 1;
  });
  await scheduler.waitIdle();
  if (ended < counted.length) throw new Error('deadlock');
}

/** One run; what it throws is its failure. */
export type Body = (scheduler: Scheduler, steps: Steps) => Promise<void>;

const RUNS_PER_BATCH = 500;

/** Random runs under fast-check's own scheduler. */
export function printRate(body: Body): Promise<void> {
  return printRuns(async (numRuns, seed) => {
    let count = 0;
    const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const steps = new Steps(scheduler);
      await body(scheduler, steps);
      count += steps.count;
    });
    await fc.assert(property, { numRuns, seed });
    return count;
  }, RUNS_PER_BATCH);
}

/** How it finds a failure from one seed. */
export interface Found {
  readonly runs: number;
  readonly milliseconds: number;
}

/** The first failing run, without making it smaller; null when there is none. */
export async function firstFailure(
  body: Body,
  seed: number,
  numRuns: number,
): Promise<Found | null> {
  const property = fc.asyncProperty(fc.scheduler(), (scheduler) =>
    body(scheduler, new Steps(scheduler)),
  );
  const start = performance.now();
  const result = await fc.check(property, { numRuns, seed, endOnFailure: true });
  const milliseconds = performance.now() - start;
  return result.failed ? { runs: result.numRuns, milliseconds } : null;
}
