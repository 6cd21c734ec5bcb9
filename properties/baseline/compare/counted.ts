import type { Counted } from '../baseline.ts';
import { type Difference, onBothSides, sidesOf, teller } from './difference.ts';

/** Parts of which some are done. */
export function compareCounted(
  part: 'paths' | 'recordings',
  before: Readonly<Record<string, Counted>>,
  after: Readonly<Record<string, Counted>>,
): readonly Difference[] {
  const told = teller(part);
  const text = ({ total, done }: Counted): string => `${done} of ${total}`;
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name) => told(name, 'is gone', 'lost')),
    ...added.map((name) => told(name, 'is new', 'gained')),
    ...onBothSides(before, after).flatMap(([name, old, now]) => {
      if (text(old) === text(now)) return [];
      const isLost = now.total - now.done > old.total - old.done;
      return [told(name, `${text(now)}, was ${text(old)}`, isLost ? 'lost' : 'changed')];
    }),
  ];
}
