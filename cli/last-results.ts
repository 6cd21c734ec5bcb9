import { existsSync } from 'node:fs';

import type { Baseline } from '../properties/baseline/baseline.ts';
import { ownBaseline, readBaseline } from '../properties/baseline/baseline-file.ts';
import { coverage, type RuleStatus } from '../properties/check/coverage.ts';

/** How each rule stood when the baseline was accepted; without one, only what has a property. */
export function lastResults(): readonly RuleStatus[] {
  const file = ownBaseline();
  return existsSync(file) ? withResults(coverage([]), readBaseline(file)) : coverage([]);
}

/** What was declared, with what was seen. */
export function withResults(
  declared: readonly RuleStatus[],
  { rules }: Pick<Baseline, 'rules'>,
): readonly RuleStatus[] {
  return declared.map((entry) => {
    const seen = rules[entry.rule];
    if (seen === undefined || !isState(seen.state)) return entry;
    return { ...entry, state: seen.state, faults: seen.faults, witnesses: seen.witnesses };
  });
}

function isState(text: string): text is RuleStatus['state'] {
  return text === 'checked' || text === 'weak' || text === 'unchecked';
}
