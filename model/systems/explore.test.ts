import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { claim } from './claims.ts';
import { explore } from './explore.ts';
import { ASK, systemMachine } from './machine.ts';
import { family, network, range } from './network.ts';
import type { Component, Network } from './network.ts';
import type { Symmetry } from './symmetry.ts';

// Tasks that take one lock, work in two steps, and give it back, over and over.

const lock: Component = {
  name: 'lock',
  machine: systemMachine(
    createMachine({
      id: 'lock',
      initial: 'free',
      states: { free: { on: { take: 'held' } }, held: { on: { release: 'free' } } },
    }),
    [{ type: 'take' }, { type: 'release' }],
  ),
};

const taskMachine = systemMachine(
  createMachine({
    id: 'task',
    initial: 'idle',
    states: {
      idle: { on: { take: 'first', sneak: 'first' } },
      first: { on: { work: 'second' } },
      second: { on: { release: 'idle', look: 'second' } },
    },
  }),
  ['take', 'sneak', 'work', 'release', 'look'].map((type) => ({ type })),
);

const tasks = range(4).map((index): Component => ({ name: `task ${index}`, machine: taskMachine }));

/** Tasks 0 .. count - 1; `sneaks` lets task 1 pass by the lock. */
function locked(count: number, { sneaks }: { readonly sneaks: boolean }): Network {
  const some = tasks.slice(0, count);
  const t = range(count);
  const task = (index: number): Component => some[index] ?? lock;
  return network(
    'locked tasks',
    [lock, ...some],
    [
      ...family('take', { t }, ({ t }) => [
        [task(t), 'take'],
        [lock, 'take'],
      ]),
      ...family('work', { t }, ({ t }) => [[task(t), 'work']]),
      ...family('look', { t }, ({ t }) => [[task(t), 'look']]),
      ...family('release', { t }, ({ t }) => [
        [task(t), 'release'],
        [lock, 'release'],
      ]),
      ...(sneaks ? family('sneak', {}, () => [[task(1), 'sneak']]) : []),
    ],
  );
}

const exchangeable = (some: readonly Component[]): Symmetry => ({
  name: 'tasks',
  bundles: some.map((task) => [task]),
});

const exclusion = (count: number) =>
  range(count).flatMap((a) =>
    range(a).map((b) =>
      claim('one task at a time', [tasks[a] ?? lock, tasks[b] ?? lock], (one, other) =>
        [one, other].some(({ value }) => value === 'idle'),
      ),
    ),
  );

test('counts states, edges and depth', () => {
  const result = explore(locked(3, { sneaks: false }), { always: exclusion(3) });
  // The lock is free, or one of three tasks is in one of two places.
  expect(result).toMatchObject({ states: 7, edges: 3 + 3 + 6, depth: 2, complete: true });
  expect(result.violation).toBeNull();
});

test('finds a shortest counterexample, whatever remembers the states', () => {
  for (const memory of ['exact', 'fingerprint'] as const) {
    const broken = locked(3, { sneaks: true });
    const { violation, complete } = explore(broken, { always: exclusion(3) }, { memory });
    expect(complete).toBe(false);
    expect(violation).toMatchObject({ kind: 'always', property: 'one task at a time' });
    expect(violation?.trace?.moves).toEqual(['take(t 0)', 'sneak']);
    expect(violation?.trace?.states).toHaveLength(3);
  }
});

test('bit-state mode finds the state, but not the way to it', () => {
  const options = { memory: 'bits', bitField: 1 << 16 } as const;
  const { violation, omission } = explore(
    locked(3, { sneaks: true }),
    { always: exclusion(3) },
    options,
  );
  expect(violation?.trace).toBeNull();
  expect(violation?.state).toContain('task 1 "first"');
  expect(omission).toBeGreaterThan(0);
});

test('depth first finds the same states', () => {
  const whole = explore(locked(4, { sneaks: true }), {}, { order: 'depth' });
  const { states, edges } = explore(locked(4, { sneaks: true }));
  expect(whole).toMatchObject({ states, edges, complete: true });
  expect(() =>
    explore(locked(2, { sneaks: false }), {}, { order: 'depth', memory: 'bits' }),
  ).toThrow('exact memory');
});

test('a state without successor is a violation unless it may be one', () => {
  const once = systemMachine(
    createMachine({ id: 'once', initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } }),
    [{ type: 'go' }],
  );
  const one = { name: 'one', machine: once };
  const short = network(
    'once',
    [one],
    family('go', {}, () => [[one, 'go']]),
  );
  expect(explore(short).violation).toMatchObject({ kind: 'deadlock', state: ['one "b"'] });
  const mayEnd = claim('at b', [one], ({ value }) => value === 'b');
  expect(explore(short, { mayEnd })).toMatchObject({ violation: null, complete: true });
});

test('says which wanted states were never met', () => {
  const working = claim('task 0 works', [tasks[0] ?? lock], ({ value }) => value === 'second');
  const two = claim('two work', [tasks[0] ?? lock, tasks[1] ?? lock], (one, other) =>
    [one, other].every(({ value }) => value === 'second'),
  );
  const { neverMet } = explore(locked(2, { sneaks: false }), { sometimes: [working, two] });
  expect(neverMet).toEqual(['two work']);
});

test('no limit is silent', () => {
  const system = locked(4, { sneaks: true });
  expect(explore(system, {}, { depthMax: 1 })).toMatchObject({
    complete: false,
    depth: 1,
    limits: ['depth: 1'],
  });
  expect(explore(system, {}, { statesMax: 1 }).limits).toEqual(['states: 1']);
  expect(explore(system, {}, { memoryMaxMiB: 0 }).limits).toEqual(['memory: 0 MiB']);
  expect(explore(system, {}, { stop: () => 'time: 1 s' })).toMatchObject({
    complete: false,
    limits: ['time: 1 s'],
  });
});

test('symmetry leaves one order of identical tasks, and the same verdicts', () => {
  for (const count of [2, 3, 4]) {
    for (const sneaks of [false, true]) {
      const symmetry = [exchangeable(tasks.slice(sneaks ? 2 : 0, count))];
      const system = locked(count, { sneaks });
      const full = explore(system, {});
      const reduced = explore(system, {}, { symmetry });
      expect(reduced.complete).toBe(true);
      expect(reduced.depth).toBe(full.depth);
      // Free, or held by somebody in one of two places.
      if (!sneaks) expect(reduced.states).toBe(3);
      if (count - (sneaks ? 2 : 0) > 1) expect(reduced.states).toBeLessThan(full.states);
    }
  }
  const symmetry = [exchangeable(tasks.slice(0, 3))];
  const { violation } = explore(
    locked(3, { sneaks: false }),
    { always: exclusion(3) },
    { symmetry },
  );
  expect(violation).toBeNull();
});

test('a symmetry that is none is refused', () => {
  const symmetry = [exchangeable(tasks.slice(0, 3))];
  expect(() => explore(locked(3, { sneaks: true }), {}, { symmetry })).toThrow(
    'sneak has no mirror image',
  );
  const one = exclusion(3).slice(0, 1);
  expect(() => explore(locked(3, { sneaks: false }), { always: one }, { symmetry })).toThrow(
    'claim "one task at a time" has no mirror image',
  );
});

test('a counterexample under symmetry is a run of the real system', () => {
  const some = tasks.slice(0, 3);
  const t = range(3);
  const unlocked = network('unlocked tasks', some, [
    ...family('sneak', { t }, ({ t }) => [[some[t] ?? lock, 'sneak']]),
    ...family('work', { t }, ({ t }) => [[some[t] ?? lock, 'work']]),
  ]);
  const never = range(3).map((index) =>
    claim('nobody is second while another is first', [...some], (...states) => {
      const values = states.map(({ value }) => value);
      return index < 0 || !(values.includes('second') && values.includes('first'));
    }),
  );
  const options = { symmetry: [exchangeable(some)] };
  const { violation } = explore(unlocked, { always: never }, options);
  const full = explore(unlocked, { always: never }).violation;
  expect(violation?.property).toBe(full?.property);
  expect(violation?.trace?.moves).toHaveLength(full?.trace?.moves.length ?? -1);
  expect(violation?.trace?.moves).toHaveLength(3);
  expect(violation?.trace?.states.at(-1)?.toSorted()).toHaveLength(3);
});

test('a move that cannot be meant so is refused', () => {
  const [task = lock] = tasks;
  const of = (...takes: readonly (readonly [Component, string])[]) =>
    network(
      'wrong',
      [lock],
      family('move', {}, () => takes),
    );
  expect(() => of([lock, 'open'])).toThrow('lock has no event open');
  expect(() => of([task, 'take'])).toThrow('task 0 is not in the network');
  expect(() => of([lock, 'take'], [lock, 'release'])).toThrow('two events at once');
  expect(() => of()).toThrow('moves nobody');
  expect(() => network('twins', [lock, lock], [])).toThrow('same name');
});

test('a question is an event only where it is allowed', () => {
  const machine = systemMachine(
    createMachine({
      id: 'asked',
      initial: 'off',
      states: { off: { on: { toggle: 'on' } }, on: { on: { isOn: ASK, toggle: 'off' } } },
    }),
    [{ type: 'toggle' }, { type: 'isOn' }],
  );
  expect([...(machine.next.get('isOn') ?? [])]).toEqual([-1, 1]);
});
