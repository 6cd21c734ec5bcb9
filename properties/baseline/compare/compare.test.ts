import { expect, test } from 'vitest';
import { boundedLifecycles } from '../../../model/lifecycles.ts';
import { family, network, range } from '../../../model/systems/network.ts';
import type { SystemMachine } from '../../../model/systems/machine.ts';
import { cachedTable } from '../../../model/table-cache.ts';
import type { Baseline } from '../baseline.ts';
import { EMPTY_BASELINE as EMPTY } from '../empty-baseline.ts';
import { machineBaseline } from '../machine-baseline.ts';
import { compareBaselines } from './compare.ts';
import { compareMachines } from './machines.ts';
import { statesBetween } from './system-states.ts';

const fence = machineBaseline(
  cachedTable(
    boundedLifecycles().find(({ kind }) => kind === 'fence') ?? fail('there is no fence'),
  ),
);

function fail(message: string): never {
  throw new Error(message);
}

/** The fence with other words for what an event does where `where` stands in the state. */
function changed(where: string, event: string, does: string | null): typeof fence {
  const states = Object.entries(fence.states).map(([state, entry]) => {
    if (!state.includes(where) || !(event in entry.on)) return [state, entry] as const;
    const { [event]: _, ...rest } = entry.on;
    return [state, { ...entry, on: does === null ? rest : { ...rest, [event]: does } }] as const;
  });
  return { ...fence, fingerprint: 'another', states: Object.fromEntries(states) };
}

test('another result of a call is told once for all states, with its rules', () => {
  const after = changed('completion signaled', 'signal', '0: stays [FENCE-028]');
  const [first, ...others] = compareMachines({ fence }, { fence: after });
  expect(others).toEqual([]);
  expect(first?.text).toMatch(/completion signaled.* --signal--> now returns 0, was -EINVAL/);
  expect(first?.rules).toContain('FENCE-028');
  expect(first?.details).toEqual([expect.stringMatching(/^in \d+ states$/)]);
});

test('an event that is forbidden now, or allowed now, says what it did', () => {
  const without = changed('life dying', 'free', null);
  expect(compareMachines({ fence }, { fence: without })[0]?.text).toContain(
    '--free--> is forbidden now, was life freed [FENCE-007 FENCE-008]',
  );
  expect(compareMachines({ fence: without }, { fence })[0]?.text).toContain(
    '--free--> is allowed now: life freed [FENCE-007 FENCE-008]',
  );
});

test('states that are gone are counted, and the nearest comes with its path', () => {
  const [first = fail('no state')] = Object.keys(fence.states).filter((state) =>
    state.startsWith('life freed'),
  );
  const { [first]: _, ...states } = fence.states;
  const after = { ...fence, fingerprint: 'another', states };
  const gone = compareMachines({ fence }, { fence: after }).find(({ text }) => /gone/.test(text));
  expect(gone?.text).toBe(`1 reachable state is gone, for example ${first}`);
  expect(gone?.details[0]).toMatch(/^by init, .*free$/);
});

test('machines with the same words in another order are the same', () => {
  const states = Object.fromEntries(Object.entries(fence.states).toReversed());
  const after = { ...fence, fingerprint: 'another', states };
  expect(compareMachines({ fence }, { fence: after })).toEqual([]);
});

/** Counts up to its last state. */
function counter(last: number): SystemMachine {
  const states = range(last + 1).map((value) => ({ value: `s${value}`, context: {} }));
  const up = Int32Array.from(range(last + 1), (value) => (value < last ? value + 1 : -1));
  return { name: 'counter', states, next: new Map([['up', up]]) };
}

test('states of a network are counted on both sides, with a shortest way to one', () => {
  const grid = (last: number) => {
    const parts = range(2).map((index) => ({ name: `c${index}`, machine: counter(last) }));
    const [one = fail('no part'), other = fail('no part')] = parts;
    return network('grid', parts, [
      ...family('one', {}, () => [[one, 'up']]),
      ...family('other', {}, () => [[other, 'up']]),
    ]);
  };
  expect(statesBetween(grid(2), grid(2))).toEqual([]);
  expect(statesBetween(grid(3), grid(2))).toEqual([
    '7 reachable states are gone, for example behind one, one, one:',
    '  c0 "s3"; c1 "s0"',
  ]);
  expect(statesBetween(grid(2), grid(3))[0]).toMatch(/^7 reachable states are new/);
});

const RULE = { state: 'checked', properties: ['a plan'], witnesses: { seen: 100 }, faults: ['f'] };
const FAULT = { caughtBy: 'FENCE-046', rules: ['FENCE-046'], tasks: 2, steps: 7, preemptions: 1 };

const LOSSES: readonly [string, Partial<Baseline>, Partial<Baseline>, string][] = [
  ['a rule', { rules: { R: RULE } }, { rules: {} }, 'is no rule any more'],
  [
    'a check',
    { rules: { R: RULE } },
    { rules: { R: { ...RULE, state: 'weak' } } },
    'is no longer checked: weak',
  ],
  [
    'a property',
    { rules: { R: RULE } },
    { rules: { R: { ...RULE, properties: [] } } },
    'has lost a property: a plan',
  ],
  [
    'a witness',
    { rules: { R: RULE } },
    { rules: { R: { ...RULE, witnesses: {} } } },
    'has lost the witness seen',
  ],
  [
    'a fault of a rule',
    { rules: { R: RULE } },
    { rules: { R: { ...RULE, faults: [] } } },
    'no finding names it for f',
  ],
  [
    'a fault of the catalogue',
    { faults: { B: FAULT } },
    { faults: { B: { ...FAULT, caughtBy: null } } },
    'is no longer caught; it was by FENCE-046',
  ],
  ['a litmus program', { litmus: { L: { sc: ['x'] } } }, {}, 'is not run any more'],
  [
    'a recording',
    { recordings: { t: c(3, 3) } },
    { recordings: { t: c(3, 2) } },
    '2 of 3, was 3 of 3',
  ],
  ['a path', { paths: { m: c(9, 9) } }, { paths: { m: c(10, 9) } }, '9 of 10, was 9 of 9'],
  [
    'a scenario',
    { scenarios: { s: { isHeld: true, variantsBroken: 2 } } },
    { scenarios: { s: { isHeld: false, variantsBroken: 2 } } },
    'does not hold any more',
  ],
  ['a row of the matrix', { matrix: ['cam.stall'] }, {}, 'is not shown both ways any more'],
];

function c(total: number, done: number): { total: number; done: number } {
  return { total, done };
}

test.each(LOSSES)('%s that is lost is told as lost, and as gained the other way', (...row) => {
  const [, before, after, text] = row;
  const lost = compareBaselines({ ...EMPTY, ...before }, { ...EMPTY, ...after });
  expect(lost).toMatchObject([{ kind: 'lost', text }]);
  const gained = compareBaselines({ ...EMPTY, ...after }, { ...EMPTY, ...before });
  expect(gained.map(({ kind }) => kind)).not.toContain('lost');
  expect(gained.length).toBe(1);
});

test('ways to end and sizes of traces that change are changes, not losses', () => {
  const before = { ...EMPTY, litmus: { L: { sc: ['x', 'y'] } }, faults: { B: FAULT } };
  const after = {
    ...EMPTY,
    litmus: { L: { sc: ['y', 'z'] } },
    faults: { B: { ...FAULT, steps: 9 } },
  };
  expect(compareBaselines(before, after)).toMatchObject(
    [
      { kind: 'changed', text: 'does not end any more (sc): x' },
      { kind: 'changed', text: 'ends so now (sc): z' },
      { kind: 'changed', text: /9 steps.*it had.*7 steps/ },
    ].map((one) => ({
      ...one,
      text: one.text instanceof RegExp ? expect.stringMatching(one.text) : one.text,
    })),
  );
});

test('a claim of the seed document loses what a rule behind it loses', () => {
  const rules = { 'FENCE-027': RULE };
  const weak = { 'FENCE-027': { ...RULE, state: 'weak' } };
  const found = compareBaselines({ ...EMPTY, rules }, { ...EMPTY, rules: weak });
  const claims = found.filter(({ part }) => part === 'claim');
  expect(claims.map(({ subject }) => subject)).toContain('DOC-006');
  expect(claims.every(({ kind, rules: [rule] }) => kind === 'lost' && rule === 'FENCE-027')).toBe(
    true,
  );
});

test('rules that are worded otherwise are told', () => {
  const [only, ...others] = compareBaselines(EMPTY, { ...EMPTY, spec: 'other words' });
  expect(others).toEqual([]);
  expect(only).toMatchObject({ part: 'rule', subject: 'texts', kind: 'changed' });
});

test('a baseline compared with itself has nothing to tell', () => {
  const whole = { ...EMPTY, machines: { fence }, rules: { R: RULE }, faults: { B: FAULT } };
  expect(compareBaselines(whole, structuredClone(whole))).toEqual([]);
});
