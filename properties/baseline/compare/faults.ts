import type { Baseline, FaultBaseline } from '../baseline.ts';
import { type Change, type Difference, onBothSides, sidesOf, teller } from './difference.ts';

/** Faults of the public catalogue. */
export function compareFaults(
  before: Baseline['faults'],
  after: Baseline['faults'],
): readonly Difference[] {
  const told = teller('fault');
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((id) => told(id, 'is not tried any more', 'lost')),
    ...added.map((id) => told(id, 'is new', 'gained')),
    ...onBothSides(before, after).flatMap(([id, old, now]) =>
      faultChanges(old, now).map(({ text, kind }) => ({
        ...told(id, text, kind),
        rules: old.rules,
      })),
    ),
  ];
}

function faultChanges(before: FaultBaseline, after: FaultBaseline): readonly Change[] {
  if (before.caughtBy !== null && after.caughtBy === null) {
    return [{ text: `is no longer caught; it was by ${before.caughtBy}`, kind: 'lost' }];
  }
  if (before.caughtBy === null && after.caughtBy !== null) {
    return [{ text: `is caught now, by ${after.caughtBy}`, kind: 'gained' }];
  }
  const changes: Change[] = [];
  if (before.caughtBy !== after.caughtBy) {
    const text = `is caught by ${after.caughtBy ?? ''}, was by ${before.caughtBy ?? ''}`;
    changes.push({ text, kind: 'changed' });
  }
  const size = ({ tasks, steps, preemptions }: FaultBaseline): string =>
    `${tasks} tasks, ${steps} steps, ${preemptions} preemptions`;
  if (size(before) !== size(after)) {
    changes.push({ text: `its trace has ${size(after)}; it had ${size(before)}`, kind: 'changed' });
  }
  return changes;
}
