import type { Baseline } from '../baseline.ts';
import { type Difference, onBothSides, sidesOf, teller } from './difference.ts';

/** The ways in which litmus programs were seen to end. */
export function compareLitmus(
  before: Baseline['litmus'],
  after: Baseline['litmus'],
): readonly Difference[] {
  const told = teller('litmus');
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  const ends = onBothSides(before, after).flatMap(([id, old, now]) => {
    const worlds = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...worlds].flatMap((world) => {
      const sides = sidesOf(old[world] ?? [], now[world] ?? []);
      return [
        ...sides.gone.map((end) => told(id, `does not end any more (${world}): ${end}`, 'changed')),
        ...sides.added.map((end) => told(id, `ends so now (${world}): ${end}`, 'changed')),
      ];
    });
  });
  return [
    ...gone.map((id) => told(id, 'is not run any more', 'lost')),
    ...added.map((id) => told(id, 'is new', 'gained')),
    ...ends,
  ];
}
