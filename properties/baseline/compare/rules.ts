import type { Baseline, RuleBaseline } from '../baseline.ts';
import { type Change, type Difference, onBothSides, sidesOf, some, teller } from './difference.ts';

/** Rules: whether they are checked, by what, and how often what is interesting was reached. */
export function compareRules(
  before: Baseline['rules'],
  after: Baseline['rules'],
): readonly Difference[] {
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  const told = (rule: string, text: string, kind: Difference['kind']): Difference => ({
    ...teller('rule')(rule, text, kind),
    rules: [rule],
  });
  return [
    ...gone.map((rule) => told(rule, 'is no rule any more', 'lost')),
    ...added.map((rule) => told(rule, `is new, and ${after[rule]?.state ?? ''}`, 'gained')),
    ...onBothSides(before, after).flatMap(([rule, old, now]) =>
      ruleChanges(old, now).map(({ text, kind }) => told(rule, text, kind)),
    ),
  ];
}

function ruleChanges(before: RuleBaseline, after: RuleBaseline): readonly Change[] {
  const changes: Change[] = [];
  if (before.state !== after.state) {
    const isLost = before.state === 'checked';
    const text = isLost ? `is no longer checked: ${after.state}` : `is ${after.state} now`;
    changes.push({ text, kind: isLost ? 'lost' : 'gained' });
  }
  const plans = sidesOf(before.properties, after.properties);
  changes.push(
    ...plans.gone.map((plan): Change => ({ text: `has lost a property: ${plan}`, kind: 'lost' })),
    ...plans.added.map((plan): Change => ({ text: `has a new property: ${plan}`, kind: 'gained' })),
  );
  const faults = sidesOf(before.faults, after.faults);
  if (faults.gone.length > 0) {
    changes.push({ text: `no finding names it for ${some(faults.gone)}`, kind: 'lost' });
  }
  if (faults.added.length > 0) {
    changes.push({ text: `a finding names it for ${some(faults.added)}`, kind: 'gained' });
  }
  return [...changes, ...witnessChanges(before.witnesses, after.witnesses)];
}

/** A witness that is gone is a case that nobody looks at any more. */
function witnessChanges(
  before: RuleBaseline['witnesses'],
  after: RuleBaseline['witnesses'],
): readonly Change[] {
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name): Change => ({ text: `has lost the witness ${name}`, kind: 'lost' })),
    ...added.map((name): Change => ({ text: `has a new witness ${name}`, kind: 'gained' })),
    ...onBothSides(before, after).flatMap(([name, old, now]): Change[] => {
      if (old === now) return [];
      const text = `witness ${name}: at least ${now} times, was ${old}`;
      return [{ text, kind: now < old ? 'changed' : 'gained' }];
    }),
  ];
}
