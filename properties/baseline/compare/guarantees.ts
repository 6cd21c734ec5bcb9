import type { Baseline, Counted, FaultBaseline, RuleBaseline } from '../baseline.ts';
import { type Difference, type Part, sidesOf, some } from './difference.ts';

/** The ways in which litmus programs were seen to end. */
export function compareLitmus(
  before: Baseline['litmus'],
  after: Baseline['litmus'],
): readonly Difference[] {
  const told = teller('litmus');
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  const ends = both.flatMap((id) => {
    const worlds = new Set([...Object.keys(before[id] ?? {}), ...Object.keys(after[id] ?? {})]);
    return [...worlds].flatMap((world) => {
      const sides = sidesOf(before[id]?.[world] ?? [], after[id]?.[world] ?? []);
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

/** Rules: whether they are checked, by what, and how often what is interesting was reached. */
export function compareRules(
  before: Baseline['rules'],
  after: Baseline['rules'],
): readonly Difference[] {
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  const told = (rule: string, text: string, kind: Difference['kind']): Difference => ({
    ...teller('rule')(rule, text, kind),
    rules: [rule],
  });
  return [
    ...gone.map((rule) => told(rule, 'is no rule any more', 'lost')),
    ...added.map((rule) => told(rule, `is new, and ${after[rule]?.state ?? ''}`, 'gained')),
    ...both.flatMap((rule) => {
      const old = before[rule];
      const now = after[rule];
      if (old === undefined || now === undefined) return [];
      return ruleChanges(old, now).map(({ text, kind }) => told(rule, text, kind));
    }),
  ];
}

type Change = Pick<Difference, 'text' | 'kind'>;

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
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name): Change => ({ text: `has lost the witness ${name}`, kind: 'lost' })),
    ...added.map((name): Change => ({ text: `has a new witness ${name}`, kind: 'gained' })),
    ...both.flatMap((name): Change[] => {
      const [old = 0, now = 0] = [before[name], after[name]];
      if (old === now) return [];
      const text = `witness ${name}: at least ${now} times, was ${old}`;
      return [{ text, kind: now < old ? 'changed' : 'gained' }];
    }),
  ];
}

/** Faults of the public catalogue. */
export function compareFaults(
  before: Baseline['faults'],
  after: Baseline['faults'],
): readonly Difference[] {
  const told = teller('fault');
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((id) => told(id, 'is not tried any more', 'lost')),
    ...added.map((id) => told(id, 'is new', 'gained')),
    ...both.flatMap((id) => {
      const old = before[id];
      const now = after[id];
      if (old === undefined || now === undefined) return [];
      return faultChanges(old, now).map(({ text, kind }) => ({
        ...told(id, text, kind),
        rules: old.rules,
      }));
    }),
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

/** Parts of which some are done. */
export function compareCounted(
  part: 'paths' | 'recordings',
  before: Readonly<Record<string, Counted>>,
  after: Readonly<Record<string, Counted>>,
): readonly Difference[] {
  const told = teller(part);
  const text = ({ total, done }: Counted): string => `${done} of ${total}`;
  const { gone, added, both } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name) => told(name, 'is gone', 'lost')),
    ...added.map((name) => told(name, 'is new', 'gained')),
    ...both.flatMap((name) => {
      const old = before[name];
      const now = after[name];
      if (old === undefined || now === undefined || text(old) === text(now)) return [];
      const isLost = now.total - now.done > old.total - old.done;
      return [told(name, `${text(now)}, was ${text(old)}`, isLost ? 'lost' : 'changed')];
    }),
  ];
}

/** Scenarios, and the rows of the fault matrix. */
export function compareShown(before: Baseline, after: Baseline): readonly Difference[] {
  const told = teller('scenario');
  const scenarios = sidesOf(Object.keys(before.scenarios), Object.keys(after.scenarios));
  const rows = sidesOf(before.matrix, after.matrix);
  const row = teller('matrix');
  return [
    ...scenarios.gone.map((id) => told(id, 'is not played any more', 'lost')),
    ...scenarios.added.map((id) => told(id, 'is new', 'gained')),
    ...scenarios.both.flatMap((id) => {
      const [old, now] = [before.scenarios[id], after.scenarios[id]];
      if (old === undefined || now === undefined) return [];
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

function teller(part: Part) {
  return (subject: string, text: string, kind: Difference['kind']): Difference => ({
    part,
    subject,
    text,
    details: [],
    rules: [],
    kind,
  });
}
