import type { Fault } from '../faults/fault.ts';
import type { Batches } from '../parallel/batches.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { CheckOptions } from './options.ts';
import type { Met, ScenariosReport, StageResult } from './report.ts';
import type { ProgramReach } from './reach.ts';
import type { ScenarioJob, ScenarioTried } from './try-scenario.ts';

export interface ScenariosResult extends StageResult {
  readonly scenarios: ScenariosReport;
  /** Each scenario that was played. */
  readonly played: readonly ScenarioPlayed[];
}

/** Whether a scenario held, and how many of its variants broke; null when none was tried. */
export interface ScenarioPlayed {
  readonly id: string;
  readonly isHeld: boolean;
  readonly broken: number | null;
}

/** Plays every scenario that is asked for; each is a batch of its own. */
export class ScenariosStage implements Batches<'scenario'> {
  readonly kind = 'scenario';
  readonly fault: Fault | null;
  private readonly options: CheckOptions;
  private readonly asked: typeof SCENARIOS;
  private readonly counts = { runs: 0, steps: 0, sampled: 0 };
  private readonly findings: Met[] = [];
  private readonly reach: ProgramReach[] = [];
  private readonly weak: string[] = [];
  private readonly partial: string[] = [];
  private readonly played: ScenarioPlayed[] = [];

  constructor(options: CheckOptions) {
    const { pattern } = options;
    this.options = options;
    this.fault = options.fault;
    this.asked = SCENARIOS.filter(({ id }) => pattern === null || id.includes(pattern));
  }

  job(number: number): ScenarioJob | null {
    const asked = this.asked[number];
    if (asked === undefined) return null;
    const { seed, progress } = this.options;
    progress(`${asked.id}: ${asked.title}`);
    return { id: asked.id, seed };
  }

  merge({ runs, steps, sampled, findings, ...tried }: ScenarioTried, number: number): boolean {
    const id = this.asked[number]?.id;
    if (id === undefined) throw new Error(`there is no scenario ${number}`);
    this.counts.runs += runs;
    this.counts.steps += steps;
    this.counts.sampled += sampled;
    this.findings.push(...findings);
    this.reach.push(...tried.reach);
    this.weak.push(...tried.weak);
    this.partial.push(...tried.partial);
    this.played.push({ id, isHeld: findings.length === 0, broken: tried.broken });
    return true;
  }

  result(): ScenariosResult {
    const { counts, findings, weak, partial, played, reach } = this;
    const total = this.asked.length;
    const isVaried = this.fault === null;
    const variants = this.asked.reduce((sum, one) => sum + one.variants.length, 0);
    const scenarios: ScenariosReport = {
      total,
      held: played.filter(({ isHeld }) => isHeld).length,
      variants: isVaried ? { total: variants, broken: broken(played) } : null,
      plays: reach,
    };
    return { ...counts, findings, weak, partial, scenarios, played };
  }
}

function broken(played: readonly ScenarioPlayed[]): number {
  return played.reduce((sum, one) => sum + (one.broken ?? 0), 0);
}
