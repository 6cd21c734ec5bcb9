import { SAMPLE_BATCH, SAMPLED_FIRST, type Sampling } from '../explore/sample.ts';
import { splitTree } from '../explore/tree-search.ts';
import type { Fault } from '../faults/fault.ts';
import type { Tested } from '../litmus/litmus.ts';
import type { Batches } from '../parallel/batches.ts';
import { hasOneRun, type Program } from '../programs/program.ts';
import { type Explored, runOnce, type Schedules } from '../run/explore.ts';
import {
  explorePart,
  type Part,
  type PartExplored,
  type PartFinding,
  type PartJob,
} from './explore-part.ts';
import { typesWith } from './found.ts';

/** Runs of one batch: some of those within which sampling learns. Unit: runs. */
const BATCH_RUNS: number = 4 * SAMPLE_BATCH;

/** Schedules whose work can be cut into parts. */
export type Divisible = Exclude<Schedules, { kind: 'stateful' | 'dpor' }>;

export function hasParts(schedules: Schedules): schedules is Divisible {
  return schedules.kind !== 'stateful' && schedules.kind !== 'dpor';
}

export interface Explorable {
  readonly program: Program;
  readonly litmus: Tested | null;
  readonly fault: Fault | null;
}

/** What several parts showed, as if it had been one. */
export class Sum {
  readonly counts = { runs: 0, steps: 0 };
  private readonly outcomes = new Map<string, number>();
  private readonly findings = new Map<string, PartFinding>();

  add({ explored, outcomes, findings }: PartExplored): void {
    this.counts.runs += explored.runs;
    this.counts.steps += explored.steps;
    for (const [text, count] of outcomes) {
      this.outcomes.set(text, (this.outcomes.get(text) ?? 0) + count);
    }
    for (const [key, finding] of findings) {
      if (!this.findings.has(key)) this.findings.set(key, finding);
    }
  }

  result(explored: Omit<Explored, 'runs' | 'steps'>): PartExplored {
    return {
      explored: { ...this.counts, ...explored },
      outcomes: [...this.outcomes],
      findings: [...this.findings],
    };
  }
}

/** Random schedules, so many per batch. */
export class SampleBatches implements Batches<'part'> {
  readonly kind = 'part';
  readonly fault: Fault | null;
  private readonly of: Explorable;
  private readonly sampling: Sampling;
  private readonly sum = new Sum();

  constructor(of: Explorable, sampling: Sampling) {
    this.of = of;
    this.sampling = sampling;
    this.fault = of.fault;
  }

  job(number: number): PartJob | null {
    const { sampling, of } = this;
    const from = number * BATCH_RUNS;
    const runs = Math.min(BATCH_RUNS, sampling.runs - from);
    if (runs <= 0) return null;
    const schedules = { ...sampling, runs, seed: sampling.seed + from };
    const part = { kind: 'whole', schedules } as const;
    return { program: of.program, isLitmus: of.litmus !== null, part };
  }

  merge(result: PartExplored): boolean {
    this.sum.add(result);
    return true;
  }

  result(): PartExplored {
    const sampled = { runs: 0, steps: 0 };
    return this.sum.result({ sampled, isComplete: false, isExhaustive: false });
  }
}

type TreePart = Extract<Part, { kind: 'tree' }>;

/** Every schedule, or those within a bound of preemptions: each bound is cut into parts. */
export class TreeBatches implements Batches<'part'> {
  readonly kind = 'part';
  readonly fault: Fault | null;
  private readonly of: Explorable;
  private readonly schedules: Extract<Schedules, { kind: 'all' | 'bounded' }>;
  private readonly sum = new Sum();
  /** Grows by the parts of the next bound when those before are done. */
  private readonly parts: Part[] = [];
  private readonly last: number;
  private bound: number;
  private pruned = false;
  private sampled: Explored['sampled'] = { runs: 0, steps: 0 };
  /** The largest bound within which everything was run. */
  private done: number | null = null;
  private isCut = false;

  constructor(of: Explorable, schedules: Extract<Schedules, { kind: 'all' | 'bounded' }>) {
    this.of = of;
    this.fault = of.fault;
    this.schedules = schedules;
    this.last = schedules.kind === 'bounded' ? schedules.preemptions : Number.POSITIVE_INFINITY;
    this.bound = schedules.kind === 'bounded' ? 0 : this.last;
    this.parts.push({ kind: 'first', runs: hasOneRun(of.program) ? 0 : SAMPLED_FIRST });
    this.beginBound();
  }

  private beginBound(): void {
    const { of, parts, bound } = this;
    const options = { types: typesWith(of.fault), judges: [], notes: false };
    const tree = splitTree((strategy) => runOnce(of.program, strategy, options), bound);
    const { runsMax } = this.schedules;
    this.pruned = tree.pruned;
    for (const prefix of tree.prefixes) {
      parts.push({ kind: 'tree', preemptionsMax: bound, prefix, runsMax });
    }
  }

  job(number: number): PartJob | null {
    const { of } = this;
    const part = this.parts[number];
    if (part === undefined) return null;
    return { program: of.program, isLitmus: of.litmus !== null, part };
  }

  merge(result: PartExplored, number: number): boolean {
    const part = this.parts[number];
    if (part?.kind === 'tree') return this.mergeTree(part, result, number);
    this.sampled = result.explored.sampled;
    this.sum.add(result);
    return true;
  }

  private mergeTree(part: TreePart, result: PartExplored, number: number): boolean {
    // There is one run at least.
    const left = Math.max(this.schedules.runsMax, 1) - this.sum.counts.runs;
    const fits = result.explored.isComplete && result.explored.runs <= left;
    if (left > 0) this.sum.add(fits ? result : this.cut(part, left));
    if (!fits) {
      this.isCut = true;
      return false;
    }
    this.pruned ||= !result.explored.isExhaustive;
    if (number === this.parts.length - 1) this.endBound();
    return true;
  }

  /** The same part, up to the number of runs that is left. */
  private cut(part: TreePart, runsMax: number): PartExplored {
    const { program, litmus, fault } = this.of;
    return explorePart({ program, isLitmus: litmus !== null, part: { ...part, runsMax } }, fault);
  }

  private endBound(): void {
    this.done = this.bound;
    // Nothing was left out, so larger bounds show the same schedules again.
    if (!this.pruned || this.bound === this.last) return;
    this.bound += 1;
    this.beginBound();
  }

  result(): PartExplored {
    const { sampled, isCut, pruned, done } = this;
    const level = this.schedules.kind === 'bounded' ? { level: done ?? -1 } : {};
    const isComplete = !isCut;
    const isExhaustive = isComplete && !pruned;
    return this.sum.result({ isComplete, isExhaustive, ...level, sampled });
  }
}
