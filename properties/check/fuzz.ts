import type { Trace } from '../../traces/trace.ts';
import { type CoverageReport, Guide } from '../explore/guided/guide.ts';
import type { Fault } from '../faults/fault.ts';
import { type Batches, runBatches } from '../parallel/batches.ts';
import type { Crew } from '../parallel/crew.ts';
import type { Finding } from '../run/finding.ts';
import { type Versions, versions } from '../versions.ts';
import { byTelling } from './check.ts';
import { type DrawnFailure, failureOf } from './draw-batch.ts';
import { explain } from './found.ts';
import type { FuzzBatch, FuzzInput, FuzzJob } from './fuzz-batch.ts';

export interface FuzzOptions {
  /** Each run has a program and a schedule of its own. */
  readonly runs: number;
  readonly seed: number;
  readonly fault: Fault | null;
  /** Nothing is mutated: for comparison. */
  readonly isBlind?: boolean;
}

/** What `fuzz` showed. Equal options give equal bytes. */
export interface FuzzReport {
  readonly versions: Versions;
  readonly seed: number;
  readonly fault: string | null;
  readonly bounds: string;
  readonly runs: number;
  readonly steps: number;
  readonly coverage: CoverageReport;
  /** Each judge speaks once about each set of rules; the most telling one comes first. */
  readonly findings: readonly Finding[];
  /** The counterexample to the first of them. */
  readonly trace: Trace | null;
}

/** Draws programs and schedules, keeps those that reach something new, and mutates them. */
export function fuzz(options: FuzzOptions): FuzzReport {
  const batches = new FuzzBatches(options);
  runBatches(batches);
  return batches.report();
}

/** The same with worker threads, and the same report. */
export async function fuzzOn(crew: Crew, options: FuzzOptions): Promise<FuzzReport> {
  const batches = new FuzzBatches(options);
  await crew.run(batches);
  return batches.report();
}

class FuzzBatches implements Batches<'fuzz'> {
  readonly kind = 'fuzz';
  readonly fault: Fault | null;
  private readonly options: FuzzOptions;
  private readonly guide: Guide<FuzzInput>;
  private readonly counts = { runs: 0, steps: 0 };
  private readonly failures = new Map<string, DrawnFailure>();

  constructor(options: FuzzOptions) {
    this.options = options;
    this.fault = options.fault;
    this.guide = new Guide(options);
  }

  job(number: number): FuzzJob | null {
    return this.guide.job(number);
  }

  merge({ runs, steps, kept, failures }: FuzzBatch): boolean {
    this.counts.runs += runs;
    this.counts.steps += steps;
    this.guide.merge(kept);
    for (const [key, failure] of failures) {
      if (!this.failures.has(key)) this.failures.set(key, failure);
    }
    return true;
  }

  report(): FuzzReport {
    const { options, fault } = this;
    const bounds = `${options.runs} programs, drawn or like those that reached something new`;
    const met = byTelling(
      [...this.failures.values()].map((failure) => ({
        finding: failure.finding,
        source: 'fuzz',
        failure: failureOf(failure, bounds),
      })),
    );
    const failure = met[0]?.failure ?? null;
    return {
      versions: versions(),
      seed: options.seed,
      fault: fault?.id ?? null,
      bounds,
      ...this.counts,
      coverage: this.guide.report(),
      findings: met.map(({ finding }) => finding),
      trace: failure === null ? null : explain(failure, fault),
    };
  }
}
