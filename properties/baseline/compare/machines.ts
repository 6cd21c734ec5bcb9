import { counted } from '../../../traces/report/text.ts';
import type { Baseline } from '../baseline.ts';
import { type MachineBaseline, parseTransition } from '../machine-baseline.ts';
import { parseState } from '../state-text.ts';
import { type Difference, onBothSides, sidesOf, some, teller } from './difference.ts';
import { shortestPaths } from './machine-walk.ts';

/** What has become of the machines of the model. */
export function compareMachines(
  before: Baseline['machines'],
  after: Baseline['machines'],
): readonly Difference[] {
  const { gone, added } = sidesOf(Object.keys(before), Object.keys(after));
  return [
    ...gone.map((name) => whole(name, 'is gone')),
    ...added.map((name) => whole(name, 'is new')),
    ...onBothSides(before, after).flatMap(([name, old, now]) =>
      old.fingerprint === now.fingerprint ? [] : compareMachine(name, old, now),
    ),
  ];
}

function whole(subject: string, text: string): Difference {
  return teller('machine')(subject, text, 'changed');
}

/** Nothing when only the order of states or events is another. */
function compareMachine(
  subject: string,
  before: MachineBaseline,
  after: MachineBaseline,
): readonly Difference[] {
  const { gone, added, both } = sidesOf(Object.keys(before.states), Object.keys(after.states));
  return [
    ...transitionChanges(subject, both, { before, after }),
    ...shownChanges(subject, both, { before, after }),
    ...statesOn(subject, gone, { machine: before, how: 'gone' }),
    ...statesOn(subject, added, { machine: after, how: 'new' }),
  ];
}

interface Both {
  readonly before: MachineBaseline;
  readonly after: MachineBaseline;
}

/** One change that several states share. */
interface Group {
  readonly event: string;
  readonly text: string;
  readonly rules: Set<string>;
  readonly states: string[];
}

/** States that were and are: what an event does there now, grouped by what has become of it. */
function transitionChanges(
  subject: string,
  states: readonly string[],
  { before, after }: Both,
): readonly Difference[] {
  const groups = new Map<string, Group>();
  for (const state of states) {
    const old = before.states[state]?.on ?? {};
    const now = after.states[state]?.on ?? {};
    for (const event of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (old[event] === now[event]) continue;
      const text = changeText(old[event], now[event]);
      const key = `${event} ${text}`;
      const group = groups.get(key) ?? { event, text, rules: new Set<string>(), states: [] };
      groups.set(key, group);
      group.states.push(state);
      for (const does of [old[event], now[event]]) {
        for (const rule of rulesOf(does)) group.rules.add(rule);
      }
    }
  }
  return [...groups.values()].map(({ event, text, rules, states: inStates }) => ({
    part: 'machine',
    subject,
    text: `${sharedParts(inStates)} --${event}--> ${text}`,
    details: inStates.length === 1 ? [] : [`in ${counted(inStates.length, 'state')}`],
    rules: [...rules],
    kind: 'changed',
  }));
}

/** `now returns 0, was -EINVAL` */
function changeText(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `is allowed now: ${after ?? ''}`;
  if (after === undefined) return `is forbidden now, was ${before}`;
  const old = parseTransition(before);
  const now = parseTransition(after);
  if (old === null || now === null) return `is ${after}, was ${before}`;
  const parts: string[] = [];
  if (old.returns !== now.returns) {
    parts.push(`now returns ${now.returns ?? 'nothing'}, was ${old.returns ?? 'nothing'}`);
  }
  if (old.changesText !== now.changesText) {
    parts.push(`now ${now.changesText}, was ${old.changesText}`);
  }
  if (old.rules.join(' ') !== now.rules.join(' ')) {
    parts.push(`now stands for ${some(now.rules)}, was ${some(old.rules)}`);
  }
  return parts.join('; ');
}

function rulesOf(transition: string | undefined): readonly string[] {
  return transition === undefined ? [] : (parseTransition(transition)?.rules ?? []);
}

/** The parts that all these states have in common, or of one state all of them. */
function sharedParts(states: readonly string[]): string {
  const [first, ...others] = states.map(parseState);
  if (first === undefined) return '';
  const shared = [...first].filter(([key, held]) => others.every((one) => one.get(key) === held));
  return shared.length === 0
    ? 'anywhere'
    : shared.map(([key, held]) => `${key} ${held}`).join(', ');
}

function shownChanges(
  subject: string,
  states: readonly string[],
  { before, after }: Both,
): readonly Difference[] {
  const changed = states.filter(
    (state) => before.states[state]?.shows !== after.states[state]?.shows,
  );
  const [first] = changed;
  if (first === undefined) return [];
  const shown = `${after.states[first]?.shows ?? ''}, was ${before.states[first]?.shows ?? ''}`;
  return [
    {
      part: 'machine',
      subject,
      text: `${counted(changed.length, 'state')} must look otherwise, for example ${first}`,
      details: [`shows ${shown}`],
      rules: [],
      kind: 'changed',
    },
  ];
}

/** States that are only on one side: how many, and how the nearest of them is reached there. */
function statesOn(
  subject: string,
  states: readonly string[],
  { machine, how }: { readonly machine: MachineBaseline; readonly how: 'gone' | 'new' },
): readonly Difference[] {
  if (states.length === 0) return [];
  const wanted = new Set(states);
  for (const [state, { events, does }] of shortestPaths(machine)) {
    if (!wanted.has(state)) continue;
    const are = states.length === 1 ? 'is' : 'are';
    const text = `${counted(states.length, 'reachable state')} ${are} ${how}, for example ${state}`;
    const details = [events.length === 0 ? 'the first state' : `by ${events.join(', ')}`];
    return [{ part: 'machine', subject, text, details, rules: rulesOf(does), kind: 'changed' }];
  }
  throw new Error(`${subject}: no path leads to ${states[0] ?? ''}`);
}
