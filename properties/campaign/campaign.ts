import type { Trace } from '../../traces/trace.ts';
import { CoverageMap, type MachineCoverage } from '../explore/guided/coverage-map.ts';
import type { Finding } from '../run/finding.ts';
import type { Versions } from '../versions.ts';
import type { JobDone } from './job.ts';

/** What a campaign is of: with the same of all this, each of its jobs comes to the same. */
export interface CampaignIdentity {
  readonly seed: number;
  /** The seeded fault. */
  readonly fault: string | null;
  /** A hash of all code that decides what a job comes to. */
  readonly code: string;
  readonly versions: Versions;
}

/** A finding of one job, as it is kept. */
export interface FindingRecord {
  readonly signature: string;
  readonly finding: Finding;
  /** Null when there is no trace. */
  readonly size: Size | null;
  /** Null also when another job has a smaller one. */
  readonly trace: Trace | null;
}

/** How large a trace is. */
export interface Size {
  readonly calls: number;
  readonly steps: number;
}

/** A job that is done, as it is kept: what others have shown before is left out. */
export interface JobRecord {
  readonly job: number;
  readonly runs: number;
  readonly steps: number;
  readonly pairs: readonly string[];
  readonly findings: readonly FindingRecord[];
}

/** The smallest of all findings with one signature. */
export interface KeptFinding extends FindingRecord {
  /** The job that it is of. */
  readonly job: number;
  /** How many jobs found it. */
  readonly jobs: number;
}

/** Transitions that the first jobs have reached. */
export interface CurvePoint {
  readonly jobs: number;
  readonly pairs: number;
}

/** What a campaign has come to. It depends on the set of its jobs, and on no order among them. */
export interface CampaignReport extends CampaignIdentity {
  readonly jobs: number;
  readonly runs: number;
  readonly steps: number;
  readonly machines: readonly MachineCoverage[];
  readonly curve: readonly CurvePoint[];
  readonly findings: readonly ReportedFinding[];
}

export interface ReportedFinding extends Finding {
  readonly signature: string;
  readonly size: Size | null;
  readonly job: number;
  readonly jobs: number;
}

/** The curve has so many points, evenly spread. */
const CURVE_POINTS = 20;

/** Adds up jobs in whatever order they come, each of them once. */
export class Campaign {
  readonly identity: CampaignIdentity;
  private readonly jobs = new Set<number>();
  private readonly counts = { runs: 0, steps: 0 };
  /** The first job that reached each transition. */
  private readonly reachedBy = new Map<string, number>();
  private readonly kept = new Map<string, KeptFinding>();

  constructor(identity: CampaignIdentity) {
    this.identity = identity;
  }

  has(job: number): boolean {
    return this.jobs.has(job);
  }

  get size(): number {
    return this.jobs.size;
  }

  get pairs(): number {
    return this.reachedBy.size;
  }

  /** The smallest finding of each signature, in an order of their own. */
  findings(): readonly KeptFinding[] {
    return [...this.kept.values()].toSorted((one, other) =>
      orderOf(one) < orderOf(other) ? -1 : 1,
    );
  }

  /** What of a job must be kept, so that all that is kept gives the same as all jobs. */
  recordOf(job: number, { runs, steps, pairs, findings }: JobDone): JobRecord {
    return {
      job,
      runs,
      steps,
      pairs: pairs.filter((pair) => job < (this.reachedBy.get(pair) ?? Infinity)),
      findings: findings.map(({ signature, finding, trace }) => {
        const size = trace === null ? null : sizeOf(trace);
        const best = this.kept.get(signature);
        const isKept = best === undefined || isBefore({ size, job }, best);
        return { signature, finding, size, trace: isKept ? trace : null };
      }),
    };
  }

  /** Adds a job; false when it is there already. */
  add({ job, runs, steps, pairs, findings }: JobRecord): boolean {
    if (this.jobs.has(job)) return false;
    this.jobs.add(job);
    this.counts.runs += runs;
    this.counts.steps += steps;
    for (const pair of pairs) {
      this.reachedBy.set(pair, Math.min(job, this.reachedBy.get(pair) ?? Infinity));
    }
    for (const found of findings) this.keep(found, job);
    return true;
  }

  private keep(found: FindingRecord, job: number): void {
    const best = this.kept.get(found.signature);
    const jobs = (best?.jobs ?? 0) + 1;
    const isSmaller = best === undefined || isBefore({ size: found.size, job }, best);
    this.kept.set(found.signature, isSmaller ? { ...found, job, jobs } : { ...best, jobs });
  }

  report(): CampaignReport {
    const map = new CoverageMap();
    map.add({ pairs: [...this.reachedBy.keys()], states: [] });
    return {
      ...this.identity,
      jobs: this.jobs.size,
      ...this.counts,
      machines: map.machines(),
      curve: this.curve(),
      findings: this.findings().map(({ signature, finding, size, job, jobs }) => {
        return { signature, ...finding, size, job, jobs };
      }),
    };
  }

  private curve(): readonly CurvePoint[] {
    const numbers = [...this.jobs].toSorted((one, other) => one - other);
    const firsts = [...this.reachedBy.values()];
    const points = Math.min(CURVE_POINTS, numbers.length);
    return Array.from({ length: points }, (_none, index) => {
      const jobs = Math.ceil((numbers.length * (index + 1)) / points);
      const last = numbers[jobs - 1] ?? 0;
      return { jobs, pairs: firsts.filter((first) => first <= last).length };
    });
  }
}

function sizeOf({ verdict }: Trace): Size {
  const { calls, steps } = verdict.shrunk;
  return { calls, steps };
}

type Ranked = Pick<KeptFinding, 'size' | 'job'>;

/** Smaller, or as small and of an earlier job. What can be replayed comes before what cannot. */
function isBefore(one: Ranked, other: Ranked): boolean {
  if (one.size === null || other.size === null) {
    if (one.size === other.size) return one.job < other.job;
    return one.size !== null;
  }
  const { calls, steps } = one.size;
  if (calls !== other.size.calls) return calls < other.size.calls;
  if (steps !== other.size.steps) return steps < other.size.steps;
  return one.job < other.job;
}

function orderOf({ finding, signature }: KeptFinding): string {
  return `${finding.rules.join(' ')}; ${finding.judge}; ${signature}`;
}
