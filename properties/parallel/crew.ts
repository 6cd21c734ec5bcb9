import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { ProgramError } from '../programs/operation.ts';
import type { Batches } from './batches.ts';
import { type FaultName, nameOf } from './fault-name.ts';
import type { JobKind, JobTypes } from './jobs.ts';
import type { Answer, Order } from './worker.ts';

/** Threads run what was built, also when this file itself was not. */
const WORKER: URL = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/properties/parallel/worker.js' : './worker.js',
  import.meta.url,
);

/** So many batches per worker are handed out: nobody waits while results are taken in order. */
const AHEAD = 2;

/** A run leaves much behind, nearly all of it dead at its end: fewer, larger collections. */
const YOUNG_MB = 128;

/**
 * Each seeded fault brings classes of its own, so code that was made fast for those before it is
 * thrown away again and again: it is made fast later than is usual.
 */
const PATIENCE = '--interrupt-budget=700000';

/**
 * A thread that is sent home while `require` links modules takes the whole process with it: Node asks
 * V8 about a graph that was never linked, which V8 takes for a fatal error. piscina tries `require`
 * first and then `import`, which may be stopped at any moment; so `require` does not know modules.
 */
export const IMPORTED_ONLY = '--no-experimental-require-module';

/** Worker threads that do batches. */
export class Crew {
  private readonly workers: number;
  private readonly pool: Piscina<Order, Answer>;

  constructor(workers: number) {
    this.workers = workers;
    setFlagsFromString(PATIENCE);
    this.pool = new Piscina({
      filename: WORKER.href,
      name: 'work',
      minThreads: workers,
      maxThreads: workers,
      execArgv: [IMPORTED_ONLY],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Whoever was told to stop may have answered already: the pool hears of work it does not know.
    this.pool.on('error', (error: Error) => {
      if (!error.message.startsWith('Unexpected message from Worker')) throw error;
    });
  }

  /** Does batches, several at a time; their results are taken as if it were one after the other. */
  async run<Kind extends JobKind>(batches: Batches<Kind>): Promise<void> {
    const { kind, fault } = batches;
    const name = fault === null ? null : nameOf(fault);
    const cancel = new AbortController();
    const running = new Map<number, Promise<Answer>>();
    let next = 0;
    try {
      for (let number = 0; ; number += 1) {
        while (running.size < this.workers * AHEAD) {
          const job = batches.job(next);
          if (job === null) break;
          const answer = this.pool.run({ kind, job, fault: name }, { signal: cancel.signal });
          // Whoever fails out of turn is heard in turn, or was not wanted.
          answer.catch(() => undefined);
          running.set(next, answer);
          next += 1;
        }
        const answer = running.get(number);
        if (answer === undefined) return;
        running.delete(number);
        if (!batches.merge(resultOf<Kind>(await answer), number)) return;
      }
    } finally {
      cancel.abort();
    }
  }

  /** Does one job; so many at a time as there are workers, and others wait. */
  async perform<Kind extends JobKind>(
    kind: Kind,
    job: JobTypes[Kind]['job'],
    fault: FaultName | null,
  ): Promise<JobTypes[Kind]['result']> {
    return resultOf<Kind>(await this.pool.run({ kind, job, fault }));
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function resultOf<Kind extends JobKind>(answer: Answer): JobTypes[Kind]['result'] {
  if ('wrongProgram' in answer) throw new ProgramError(answer.wrongProgram);
  return answer.result;
}

/** Lets a crew work, and sends it home whatever happens. */
export async function withCrew<T>(workers: number, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = new Crew(workers);
  try {
    return await work(crew);
  } finally {
    await crew.close();
  }
}
