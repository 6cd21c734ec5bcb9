import type { Fault } from '../faults/fault.ts';
import { LITMUS } from '../litmus/index.ts';
import type { Litmus } from '../litmus/litmus.ts';
import type { Batches } from '../parallel/batches.ts';
import type { CheckOptions } from './options.ts';
import type { Met, Reproduced, StageResult } from './report.ts';
import type { LitmusJob, LitmusTried, LitmusWorld } from './try-litmus.ts';

export interface LitmusResult extends StageResult, Reproduced {
  readonly ends: readonly LitmusEnds[];
}

/** How a litmus program was seen to end in one world. */
export interface LitmusEnds extends LitmusJob {
  readonly outcomes: readonly string[];
}

/** Searches every state of every litmus program; every program is a batch of its own. */
export class LitmusStage implements Batches<'litmus'> {
  readonly kind = 'litmus';
  readonly fault: Fault | null;
  private readonly progress: (text: string) => void;
  private readonly jobs: readonly LitmusJob[];
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };
  private readonly reproduced = new Map<LitmusWorld, number>();
  private readonly findings: Met[] = [];
  private readonly seen: LitmusEnds[] = [];

  constructor({ fault, progress }: CheckOptions, jobs: readonly LitmusJob[]) {
    this.fault = fault;
    this.progress = progress;
    this.jobs = jobs;
  }

  job(number: number): LitmusJob | null {
    const job = this.jobs[number] ?? null;
    if (job !== null) this.progress(job.id);
    return job;
  }

  merge({ runs, steps, sampled, ...tried }: LitmusTried, number: number): boolean {
    const { counts, reproduced } = this;
    counts.runs += runs;
    counts.steps += steps;
    counts.sampled += sampled;
    this.findings.push(...tried.findings);
    const job = this.jobs[number];
    if (job === undefined) throw new Error(`there is no litmus job ${number}`);
    this.seen.push({ ...job, outcomes: tried.outcomes });
    if (tried.isReproduced) reproduced.set(job.world, (reproduced.get(job.world) ?? 0) + 1);
    return true;
  }

  /** Programs of one world that were asked for, and those that ended as they should. */
  of(world: LitmusWorld): Reproduced {
    const total = this.jobs.filter((job) => job.world === world).length;
    return { total, reproduced: this.reproduced.get(world) ?? 0 };
  }

  result(): StageResult & Pick<LitmusResult, 'ends'> {
    const { counts, findings, seen } = this;
    return { ...counts, findings, weak: [], partial: [], ends: seen };
  }
}

/** The programs of the race windows: those that are asked for, or else that the pattern names. */
export class WindowsStage extends LitmusStage {
  constructor(options: CheckOptions, asked?: readonly LitmusJob[]) {
    super(options, asked ?? windowsIn('window', options.pattern));
  }

  override result(): LitmusResult {
    return { ...super.result(), ...this.of('window') };
  }
}

/** Those of the windows that are asked for, each in a world of this kind. */
export function windowsIn(world: LitmusWorld, pattern: string | null): readonly LitmusJob[] {
  return LITMUS.filter((litmus) => isAsked(litmus, pattern)).map(({ id }) => ({ id, world }));
}

/** What is checked of litmus programs: all, or those that a pattern names or whose rules it names. */
function isAsked({ id, outcomes }: Litmus, pattern: string | null): boolean {
  if (pattern === null || id.includes(pattern)) return true;
  return outcomes.some(({ rules }) => rules.some((rule) => rule.includes(pattern)));
}
