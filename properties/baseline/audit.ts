import { runStagesOn, toReport } from '../check/check.ts';
import { CHECK_DEFAULTS } from '../check/options.ts';
import type { CheckReport } from '../check/report.ts';
import type { Crew } from '../parallel/crew.ts';
import type { Baseline } from './baseline.ts';
import { compareBaselines } from './compare/compare.ts';
import type { Difference } from './compare/difference.ts';
import { requiredNetworks } from './networks.ts';
import { observed } from './observe.ts';
import { type CarriedOver, NOTHING_CARRIED_OVER } from './since/overlay.ts';
import { KeptStage } from './stage-kept.ts';
import type { KeptTried } from './try-kept.ts';

export interface AuditOptions {
  readonly seed: number;
  /** Faults of the catalogue are searched for, whether or not their kept traces fail. */
  readonly isFull: boolean;
  readonly progress: (text: string) => void;
}

/**
 * What a change did: `broken`, a rule does not hold; `lost`, something is not guaranteed any more;
 * `changed`, everything that was looked at holds, and something of it is another thing.
 */
export type AuditVerdict = 'broken' | 'lost' | 'changed' | 'unchanged';

export interface Audit {
  readonly verdict: AuditVerdict;
  readonly differences: readonly Difference[];
  /** What the check behind it found. */
  readonly report: CheckReport;
  readonly kept: readonly KeptTried[];
  /** What a new baseline would say. */
  readonly observed: Baseline;
  /** What was not run again. */
  readonly carriedOver: CarriedOver;
}

/** Runs everything, and compares it with a baseline; null: there is none yet. */
export async function auditOn(
  crew: Crew,
  before: Baseline | null,
  { seed, isFull, progress }: AuditOptions,
): Promise<Audit> {
  const options = { ...CHECK_DEFAULTS, seed, progress };
  const keptStage = new KeptStage({ seed, isFull, rules: null, progress });
  const [stages] = await Promise.all([runStagesOn(crew, options), crew.run(keptStage)]);
  const report = toReport(options, stages);
  const kept = keptStage.result();
  const after = observed(stages, kept, requiredNetworks());
  const differences = before === null ? [] : compareBaselines(before, after);
  const verdict = verdictOf(report, differences);
  const carriedOver = NOTHING_CARRIED_OVER;
  return { verdict, differences, report, kept, observed: after, carriedOver };
}

/** What findings and differences amount to. */
export function verdictOf(
  { findings, weak, partial }: Pick<CheckReport, 'findings' | 'weak' | 'partial'>,
  differences: readonly Difference[],
): AuditVerdict {
  if (findings.length > 0) return 'broken';
  // What a bound has cut off says nothing, and a baseline is made of what was searched to its end.
  if (weak.length + partial.length > 0 || differences.some(({ kind }) => kind === 'lost'))
    return 'lost';
  return differences.length > 0 ? 'changed' : 'unchanged';
}
