import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import { DRAWN_SCHEDULES, type DrawnBatch, type DrawnJob, failureOf } from './draw-batch.ts';
import type { CheckOptions } from './options.ts';
import type { Met, StageResult } from './report.ts';

export interface DrawnResult extends StageResult {
  readonly programs: number;
}

/** Draws programs and schedules until the budget of steps is spent, with all judges on. */
export class DrawnStage implements Batches<'drawn'> {
  readonly kind = 'drawn';
  readonly fault: Fault | null;
  private readonly options: CheckOptions;
  private readonly counts = { programs: 0, runs: 0, steps: 0 };
  private readonly findings: Met[] = [];

  constructor(options: CheckOptions) {
    this.options = options;
    this.fault = options.fault;
  }

  job(number: number): DrawnJob | null {
    const { seed, budgetSteps } = this.options;
    return this.counts.steps < budgetSteps ? { seed: seed * 1_000_003 + number } : null;
  }

  merge({ programs, runs, steps, failure }: DrawnBatch): boolean {
    const { counts, options } = this;
    counts.programs += programs;
    counts.runs += runs;
    counts.steps += steps;
    if (failure !== null) {
      const bounds = `${counts.programs} drawn programs, ${DRAWN_SCHEDULES} schedules each`;
      const { finding } = failure;
      this.findings.push({
        finding,
        source: 'drawn programs',
        failure: failureOf(failure, bounds),
      });
      return false;
    }
    options.progress(`drawn programs: ${counts.programs}, ${counts.steps} steps`);
    return counts.steps < options.budgetSteps;
  }

  result(): DrawnResult {
    return { ...this.counts, findings: this.findings, weak: [], partial: [] };
  }
}
