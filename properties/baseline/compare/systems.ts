import type { Baseline, SystemBaseline } from '../baseline.ts';
import { isSameText, parseNetwork } from '../network-text.ts';
import { compareNetworks } from './networks.ts';
import { type Difference, onBothSides, sidesOf } from './difference.ts';
import { statesBetween } from './system-states.ts';

const COUNTS = ['states', 'edges', 'depth'] as const;

/** What has become of the networks of machines, and of what is claimed of them. */
export function compareSystems(
  before: Baseline['systems'],
  after: Baseline['systems'],
): readonly Difference[] {
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name) => toDifference(name, { text: 'is not searched any more', kind: 'lost' })),
    ...added.map((name) => toDifference(name, { text: 'is new', kind: 'gained' })),
    ...onBothSides(before, after).flatMap((both) => compareSystem(...both)),
  ];
}

function compareSystem(
  subject: string,
  before: SystemBaseline,
  after: SystemBaseline,
): readonly Difference[] {
  const claims = compareClaims(subject, before, after);
  const counts = COUNTS.filter((count) => before[count] !== after[count]);
  const isSame = isSameText(before.network, after.network);
  if (isSame && counts.length === 0 && before.isComplete === after.isComplete) return claims;
  const old = parseNetwork(subject, before.network);
  const now = parseNetwork(subject, after.network);
  const numbers = counts.map((count) => `${after[count]} ${count}, was ${before[count]}`);
  const bounds = before.isComplete === after.isComplete ? [] : [completeText(after.isComplete)];
  const changes = isSame ? [] : compareNetworks(old, now);
  const text = [...numbers, ...bounds].join('; ');
  // Searching both costs seconds, and is left out where not even a count has changed.
  const reached = counts.length > 0 && !isSame ? statesBetween(old, now) : [];
  if (text === '' && reached.length === 0 && changes.length === 0) return claims;
  return [
    ...claims,
    toDifference(subject, {
      text: text === '' ? 'is made of other parts, and reaches as many states' : text,
      details: [...reached, ...changes],
      kind: before.isComplete && !after.isComplete ? 'lost' : 'changed',
    }),
  ];
}

function completeText(isComplete: boolean): string {
  return isComplete ? 'searched to its end now' : 'not searched to its end any more';
}

/** A claim that is gone, or holds no more, is a loss also where nothing else has changed. */
function compareClaims(
  subject: string,
  { properties: before }: SystemBaseline,
  { properties: after }: SystemBaseline,
): readonly Difference[] {
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  const changed = both.filter((claim) => before[claim] !== after[claim]);
  return [
    ...gone.map((claim) =>
      toDifference(subject, { text: `does not claim ${claim} any more`, kind: 'lost' }),
    ),
    ...added.map((claim) =>
      toDifference(subject, { text: `claims ${claim}: ${after[claim] ?? ''}`, kind: 'gained' }),
    ),
    ...changed.map((claim) =>
      toDifference(subject, {
        text: `${claim}: ${after[claim] ?? ''}, was ${before[claim] ?? ''}`,
        kind: after[claim] === 'holds' ? 'gained' : 'lost',
      }),
    ),
  ];
}

function toDifference(
  subject: string,
  { text, details = [], kind }: Pick<Difference, 'text' | 'kind'> & Partial<Difference>,
): Difference {
  return { part: 'system', subject, text, details, rules: [], kind };
}
