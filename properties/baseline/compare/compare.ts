import type { Baseline } from '../baseline.ts';
import { claimsThatLost } from './claims.ts';
import { compareCounted } from './counted.ts';
import { type Difference, teller } from './difference.ts';
import { compareFaults } from './faults.ts';
import { compareLitmus } from './litmus.ts';
import { compareMachines } from './machines.ts';
import { compareRules } from './rules.ts';
import { compareShown } from './shown.ts';
import { compareSystems } from './systems.ts';

/** Everything that is not as the baseline says, the model first. */
export function compareBaselines(before: Baseline, after: Baseline): readonly Difference[] {
  const rules = compareRules(before.rules, after.rules);
  return [
    ...compareWords(before, after),
    ...compareMachines(before.machines, after.machines),
    ...compareSystems(before.systems, after.systems),
    ...compareLitmus(before.litmus, after.litmus),
    ...rules,
    ...claimsThatLost(rules),
    ...compareFaults(before.faults, after.faults),
    ...compareCounted('paths', before.paths, after.paths),
    ...compareCounted('recordings', before.recordings, after.recordings),
    ...compareShown(before, after),
  ];
}

/** Rules that are worded otherwise may be checked as before, and mean something else. */
function compareWords({ spec: before }: Baseline, { spec: after }: Baseline): Difference[] {
  if (before === after) return [];
  const text = 'a rule was added, dropped or is worded otherwise: read what checks it again';
  return [teller('rule')('texts', text, 'changed')];
}
