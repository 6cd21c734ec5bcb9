import { versions } from '../versions.ts';
import { coverage, type RuleStatus } from './coverage.ts';
import type { CheckOptions } from './options.ts';
import type { CheckReport, FamilyReport, StageResult } from './report.ts';
import { checkProperties } from './stage-properties.ts';

/** The main job: every property, litmus program, drawn program, table and recording. */
export function check(options: CheckOptions): CheckReport {
  const properties = checkProperties(options);
  const stages: StageResult[] = [properties];
  const ruleStates = coverage(properties.evidence);
  const built = ruleStates.filter(({ state }) => state !== 'notModelled');
  const checked = built.filter(({ state }) => state === 'checked').length;
  return {
    versions: versions(),
    seed: options.seed,
    pattern: options.pattern,
    fault: options.fault?.id ?? null,
    rules: { total: built.length, checked, unchecked: built.length - checked },
    families: byFamily(built),
    ruleStates,
    litmus: { total: 0, reproduced: 0 },
    systems: [],
    paths: null,
    recordings: null,
    faults:
      options.fault === null
        ? { total: properties.faultsTried.size, caught: properties.faultsCaught.size }
        : null,
    programs: 0,
    runs: sum(stages, ({ runs }) => runs),
    steps: sum(stages, ({ steps }) => steps),
    findings: stages.flatMap(({ findings }) => findings),
    weak: stages.flatMap(({ weak }) => weak),
    partial: stages.flatMap(({ partial }) => partial),
  };
}

function byFamily(rules: readonly RuleStatus[]): FamilyReport[] {
  const families = new Map<string, { total: number; checked: number }>();
  for (const { family, state } of rules) {
    const entry = families.get(family) ?? { total: 0, checked: 0 };
    entry.total += 1;
    if (state === 'checked') entry.checked += 1;
    families.set(family, entry);
  }
  return [...families].map(([family, counts]) => ({ family, ...counts }));
}

function sum(stages: readonly StageResult[], of: (stage: StageResult) => number): number {
  let total = 0;
  for (const stage of stages) total += of(stage);
  return total;
}
