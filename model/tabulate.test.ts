import { expect, test } from 'vitest';
import { setup } from 'xstate';
import type { EventFor, Lifecycle } from './lifecycle.ts';
import { boundedLifecycles } from './lifecycles.ts';
import { fenceMachine } from './machines/fence.ts';
import { answers, embodies, returns } from './returns.ts';
import { FORBIDDEN, fingerprint, stepOf, tabulate } from './tabulate.ts';

const toy = setup({ types: { events: {} as EventFor<'fence'> }, actions: answers });

function lifecycleOf(machine: Lifecycle['machine']): Lifecycle {
  return {
    kind: 'fence',
    scope: {},
    machine,
    alphabet: [{ type: 'init' }, { type: 'signal' }],
    forbids: {},
    view: (snapshot) => ({ state: String(snapshot.value), context: {} }),
    take: ({ name }) => ({ type: name }),
  };
}

test('a table says what a small machine says', () => {
  const table = tabulate(
    lifecycleOf(
      toy.createMachine({
        initial: 'unborn',
        states: {
          unborn: { on: { init: { target: 'born', actions: embodies('FENCE-001') } } },
          born: { on: { signal: { actions: returns(0, 'FENCE-027') } } },
        },
      }),
    ),
  );
  expect([...table.next]).toEqual([1, FORBIDDEN, FORBIDDEN, 1]);
  expect([table.states, table.edges, table.depth]).toEqual([2, 2, 1]);
  expect(stepOf(table, 0, 0)).toEqual({ state: 1, returns: null, rules: ['FENCE-001'] });
  expect(stepOf(table, 0, 1)).toBeNull();
  expect(stepOf(table, 1, 1)).toEqual({ state: 1, returns: 0, rules: ['FENCE-027'] });
  expect(() => stepOf(table, 2, 0)).toThrow(RangeError);
});

test('a counter without a guard stops at the bound, and a path is named', () => {
  const endless = fenceMachine({ referencesMax: Infinity, callbacksMax: 1, errors: [] });
  expect(() => tabulate(endless, { statesMax: 500 })).toThrow(
    /^fence \(referencesMax Infinity, callbacksMax 1, errors \) has more than 500 states; one is: init, (get, )+/,
  );
});

test('a transition that says nothing is a defect', () => {
  const silent = toy.createMachine({
    initial: 'unborn',
    states: { unborn: { on: { init: 'born' } }, born: {} },
  });
  expect(() => tabulate(lifecycleOf(silent))).toThrow(/init in .*: the transition has no answer/);
});

test('two regions that answer the same event are a defect', () => {
  const said = { init: { actions: returns(0) } } as const;
  const both = toy.createMachine({
    type: 'parallel',
    states: { a: { on: said }, b: { on: said } },
  });
  expect(() => tabulate(lifecycleOf(both))).toThrow(/two regions answer the same event/);
});

test('a fingerprint stays when nothing changed, and changes with one result', () => {
  const machine = (value: number): Lifecycle =>
    lifecycleOf(
      toy.createMachine({
        initial: 'born',
        states: { born: { on: { signal: { actions: returns(value) } } } },
      }),
    );
  expect(fingerprint(tabulate(machine(0)))).toBe(fingerprint(tabulate(machine(0))));
  expect(fingerprint(tabulate(machine(0)))).not.toBe(fingerprint(tabulate(machine(1))));
  expect(fingerprint(tabulate(machine(0)))).toMatch(
    /^fence: 1 states, 1 edges, depth 0, [0-9a-f]{12}$/,
  );
});

/** What may happen at any time. */
const NEVER_FORBIDDEN: ReadonlySet<string> = new Set([
  // The driver of a video queue may say at any time that its hardware has failed, and again.
  'vb2Queue error',
]);

test('every event of every alphabet happens somewhere and is forbidden somewhere', () => {
  for (const lifecycle of boundedLifecycles()) {
    const table = tabulate(lifecycle);
    for (const [index, event] of table.events.entries()) {
      const cells = Array.from({ length: table.states }, (_, state) => stepOf(table, state, index));
      const name = `${lifecycle.kind} ${event.type} ${event.detail}`;
      expect(
        cells.some((step) => step === null),
        name,
      ).toBe(!NEVER_FORBIDDEN.has(`${lifecycle.kind} ${event.type}`));
      expect(
        cells.some((step) => step !== null),
        name,
      ).toBe(true);
    }
  }
});

test('each bounded machine stays small', () => {
  for (const lifecycle of boundedLifecycles()) {
    expect(tabulate(lifecycle).edges, lifecycle.kind).toBeLessThan(3000);
  }
});
