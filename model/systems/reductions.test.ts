import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { claim } from './claims.ts';
import type { Properties } from './claims.ts';
import { explore } from './explore.ts';
import type { Exploration, ExploreOptions } from './explore.ts';
import { systemMachine } from './machine.ts';
import { family, network } from './network.ts';
import type { Component, Network } from './network.ts';
import { fenceCallers } from './required/fence-callers.ts';
import type { System } from './required/system.ts';
import { view } from './views.ts';

// Symmetries and views leave states out, and change no verdict.

const scopes = [
  { tasks: [['add'], ['add']], fences: 1 },
  { tasks: [['add'], ['wait']], fences: 2 },
  {
    tasks: [
      ['add', 'wait'],
      ['add', 'wait'],
    ],
    fences: 1,
  },
  { tasks: [['wait'], ['wait']], fences: 2 },
] as const;

/** With and without every reduction; views are tried out on all states. */
const variants = ({ symmetry = [], views = [] }: System): readonly ExploreOptions[] => [
  { symmetry },
  { views, proveStatesMax: 100_000 },
  { symmetry, views, proveStatesMax: 100_000 },
];

const verdict = ({ violation, complete, neverMet, limits }: Exploration) => ({
  kind: violation?.kind,
  moves: violation?.trace?.moves.length,
  complete,
  // What a search that was stopped has met depends on its way.
  neverMet: complete ? neverMet : null,
  limits,
});

/** All that reductions may not change; returns how many states each of them leaves. */
function compare({ network: system, properties }: System, options: readonly ExploreOptions[]) {
  const full = explore(system, properties);
  return options.map((one) => {
    const reduced = explore(system, properties, one);
    expect(verdict(reduced)).toEqual(verdict(full));
    expect(reduced.reductions.every(({ isProved }) => isProved)).toBe(true);
    return { full: full.states, reduced: reduced.states };
  });
}

for (const scope of scopes) {
  const system = fenceCallers(scope);
  test(`${system.network.name}: same verdict, fewer states`, () => {
    for (const { full, reduced } of compare(system, variants(system))) {
      expect(reduced).toBeLessThan(full);
    }
  });
}

/** Every state may be the last one, so that searches go on behind what was broken. */
function broken(scope: (typeof scopes)[number], change: (system: Network) => Network): System {
  const { network: system, properties, ...reductions } = fenceCallers(scope);
  return { network: change(system), properties, ...reductions };
}

test('what is broken is found with reductions, too, after as many moves', () => {
  for (const scope of scopes) {
    const early = broken(scope, ({ name, components, moves }) => {
      const part = (wanted: string): Component => {
        const found = components.find((component) => component.name === wanted);
        if (found === undefined) throw new Error(`no ${wanted}`);
        return found;
      };
      const leave = family('leaves early', { f: [...Array(scope.fences).keys()] }, ({ f }) => [
        [part(`issuer ${f}`), 'release'],
        [part(`lock ${f}`), `release(${scope.tasks.length + f})`],
      ]);
      return network(name, components, [...moves, ...leave]);
    });
    expect(explore(early.network, early.properties).violation?.kind).toBe('always');
    compare(early, variants(early));
    const stuck = broken(scope, ({ name, components, moves }) =>
      network(
        name,
        components,
        moves.filter((move) => move.family !== 'poll' && move.family !== 'issuer.stamp'),
      ),
    );
    expect(explore(stuck.network, stuck.properties).violation?.kind).toBe('deadlock');
    compare(stuck, variants(stuck));
  }
});

test('two tasks that can be exchanged leave one of each pair of states', () => {
  const { network: system, properties, symmetry = [] } = fenceCallers(scopes[0]);
  const [tasks] = symmetry;
  if (tasks === undefined) throw new Error('no symmetry');
  const full = explore(system, properties);
  const reduced = explore(system, properties, { symmetry: [tasks] });
  // Only where both are equally far is one state its own twin.
  expect(2 * reduced.states).toBeGreaterThan(full.states);
  expect(2 * reduced.states).toBeLessThan(1.2 * full.states);
});

test('a numbering that is none is refused', () => {
  const { network: system, properties, symmetry = [] } = fenceCallers(scopes[0]);
  const [tasks] = symmetry;
  if (tasks === undefined) throw new Error('no symmetry');
  const { rename: _, ...plain } = tasks;
  const wrong = [
    [plain, /has no mirror image/],
    [{ ...tasks, rename: () => 'acquire(7)' }, /acquire\(7\)|has no mirror image/],
  ] as const;
  for (const [one, message] of wrong) {
    expect(() => explore(system, properties, { symmetry: [one] })).toThrow(message);
  }
});

// A counter that nobody reads any more once the lamp is off.

const counter: Component = {
  name: 'counter',
  machine: systemMachine(
    createMachine({
      id: 'counter',
      initial: 'zero',
      states: {
        zero: { on: { up: 'one' } },
        one: { on: { up: 'two', isOne: { target: 'one', reenter: true } } },
        two: { on: { up: 'zero' } },
      },
    }),
    [{ type: 'up' }, { type: 'isOne' }],
  ),
};
const lamp: Component = {
  name: 'lamp',
  machine: systemMachine(
    createMachine({
      id: 'lamp',
      initial: 'on',
      states: {
        on: { on: { count: 'on', off: 'off' } },
        off: { on: { again: 'on', rest: 'off' } },
      },
    }),
    ['count', 'off', 'again', 'rest'].map((type) => ({ type })),
  ),
};
const counting = (readsInTheDark: boolean): Network =>
  network(
    'counting',
    [counter, lamp],
    [
      ...family('count', {}, () => [
        [lamp, 'count'],
        [counter, 'up'],
      ]),
      ...family('off', {}, () => [[lamp, 'off']]),
      ...family('rest', {}, () => [[lamp, 'rest']]),
      ...(readsInTheDark
        ? family('read', {}, () => [
            [lamp, 'rest'],
            [counter, 'isOne'],
          ])
        : []),
    ],
  );
const isDark = claim('the lamp is off', [lamp], ({ value }) => value === 'off');
const views = [view('counter in the dark', counter, isDark, () => null)];
const proved: ExploreOptions = { views, proveStatesMax: 10 };

test('a view that makes no difference is proved, or said to be believed', () => {
  expect(explore(counting(false)).states).toBe(6);
  expect(explore(counting(false), {}, proved)).toMatchObject({
    states: 4,
    reductions: [{ kind: 'view', name: 'counter in the dark', isProved: true }],
  });
  for (const options of [{ views }, { views, proveStatesMax: 5 }]) {
    expect(explore(counting(false), {}, options)).toMatchObject({
      states: 4,
      reductions: [{ kind: 'view', name: 'counter in the dark', isProved: false }],
    });
  }
});

test('a view that makes a difference is refused', () => {
  expect(() => explore(counting(true), {}, proved)).toThrow(
    'system counting: a view of "counter in the dark" makes a difference to move read in counter "one"',
  );
  const again = network(
    'again',
    [counter, lamp],
    [...counting(false).moves, ...family('again', {}, () => [[lamp, 'again']])],
  );
  expect(() => explore(again, {}, proved)).toThrow('makes a difference to move again');
  const claims: readonly Properties[] = [
    { always: [claim('never two', [counter], ({ value }) => value !== 'two')] },
    { sometimes: [claim('one', [counter], ({ value }) => value === 'one')] },
    { mayEnd: claim('one', [counter], ({ value }) => value === 'one') },
  ];
  for (const properties of claims) {
    expect(() => explore(counting(false), properties, proved)).toThrow(
      /makes a difference to claim "(never two|one)"/,
    );
  }
});

test('a counterexample under a view is a run of the real system', () => {
  const dark = claim('it never gets dark', [lamp], ({ value }) => value !== 'off');
  const { violation } = explore(counting(false), { always: [dark] }, { views });
  expect(violation?.trace?.moves).toEqual(['off']);
});
