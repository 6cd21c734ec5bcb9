import type { Baseline } from '../baseline.ts';
import { type Difference, onBothSides, sidesOf, teller } from './difference.ts';

/** Scenarios, and the rows of the fault matrix. */
export function compareShown(before: Baseline, after: Baseline): readonly Difference[] {
  const told = teller('scenario');
  const scenarios = sidesOf(Object.keys(before.scenarios), Object.keys(after.scenarios));
  const rows = sidesOf(before.matrix, after.matrix);
  const row = teller('matrix');
  return [
    ...scenarios.gone.map((id) => told(id, 'is not played any more', 'lost')),
    ...scenarios.added.map((id) => told(id, 'is new', 'gained')),
    ...onBothSides(before.scenarios, after.scenarios).flatMap(([id, old, now]) => {
      const changes: Difference[] = [];
      if (old.isHeld !== now.isHeld) {
        const text = now.isHeld ? 'holds now' : 'does not hold any more';
        changes.push(told(id, text, now.isHeld ? 'gained' : 'lost'));
      }
      if (old.variantsBroken !== now.variantsBroken) {
        const isLost = now.variantsBroken < old.variantsBroken;
        const text = `${now.variantsBroken} variants break, was ${old.variantsBroken}`;
        changes.push(told(id, text, isLost ? 'lost' : 'gained'));
      }
      return changes;
    }),
    ...rows.gone.map((id) => row(id, 'is not shown both ways any more', 'lost')),
    ...rows.added.map((id) => row(id, 'is shown both ways now', 'gained')),
  ];
}
