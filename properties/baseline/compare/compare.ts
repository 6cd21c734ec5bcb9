import type { Baseline } from '../baseline.ts';
import { claimsThatLost } from './claims.ts';
import type { Difference } from './difference.ts';
import {
  compareCounted,
  compareFaults,
  compareLitmus,
  compareRules,
  compareShown,
} from './guarantees.ts';
import { compareMachines } from './machines.ts';
import { compareSystems } from './systems.ts';

/** Everything that is not as the baseline says, the model first. */
export function compareBaselines(before: Baseline, after: Baseline): readonly Difference[] {
  const rules = compareRules(before.rules, after.rules);
  return [
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
