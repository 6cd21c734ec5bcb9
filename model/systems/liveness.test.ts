import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { claim } from './claims.ts';
import type { Liveness } from './claims.ts';
import { Graph } from './graph.ts';
import { findLasso } from './liveness.ts';
import type { Lasso } from './liveness.ts';
import { systemMachine } from './machine.ts';
import { family, network } from './network.ts';
import type { Component, Network } from './network.ts';
import { fenceCallers } from './required/fence-callers.ts';
import { timelineCallers } from './required/timeline-callers.ts';

// A worker that finishes, beside a spinner that never does.

const worker: Component = {
  name: 'worker',
  machine: systemMachine(
    createMachine({
      id: 'worker',
      initial: 'idle',
      states: { idle: { on: { start: 'busy' } }, busy: { on: { finish: 'done' } }, done: {} },
    }),
    [{ type: 'start' }, { type: 'finish' }],
  ),
};

const spinner: Component = {
  name: 'spinner',
  machine: systemMachine(
    createMachine({
      id: 'spinner',
      initial: 'left',
      states: { left: { on: { spin: 'right' } }, right: { on: { spin: 'left' } } },
    }),
    [{ type: 'spin' }],
  ),
};

const toy = network(
  'toy',
  [worker, spinner],
  [
    ...family('start', {}, () => [[worker, 'start']]),
    ...family('finish', {}, () => [[worker, 'finish']]),
    ...family('spin', {}, () => [[spinner, 'spin']]),
  ],
);

const isDone = claim('done', [worker], ({ value }) => value === 'done');
const isBusy = claim('busy', [worker], ({ value }) => value === 'busy');
const finishes: Liveness = { name: 'finishes', eventually: isDone, fair: ['worker'] };

test('a fair worker finishes, whoever spins', () => {
  expect(findLasso(new Graph(toy), finishes)).toBeNull();
});

test('without fairness somebody else spins for ever', () => {
  const lasso = findLasso(new Graph(toy), { ...finishes, fair: [] });
  expect(lasso).toMatchObject({ moves: [], cycle: ['spin', 'spin'] });
});

test('who only has to be fair in one family may stop before it', () => {
  const lasso = findLasso(new Graph(toy), { ...finishes, fair: ['finish', 'spinner'] });
  expect(lasso?.cycle).toEqual(['spin', 'spin']);
  const leads: Liveness = { ...finishes, whenever: isBusy, fair: ['finish'] };
  expect(findLasso(new Graph(toy), leads)).toBeNull();
  expect(findLasso(new Graph(toy), { ...leads, fair: ['start'] })?.moves).toEqual(['start']);
});

test('where nothing goes round, the system just stays', () => {
  const alone = network('alone', [worker], toy.moves.slice(0, 2));
  expect(findLasso(new Graph(alone), { ...finishes, fair: [] })).toMatchObject({
    moves: [],
    cycle: [],
    state: ['worker "idle"'],
  });
});

test('a fair move that is enabled only now and then may be missed for ever', () => {
  const gated = network(
    'gated',
    [worker, spinner],
    [
      ...family('start', {}, () => [
        [worker, 'start'],
        [spinner, 'spin'],
      ]),
      ...family('finish', {}, () => [[worker, 'finish']]),
      ...family('spin', {}, () => [[spinner, 'spin']]),
    ],
  );
  // `start` stays enabled while the spinner turns: both are always there.
  expect(findLasso(new Graph(gated), finishes)).toBeNull();
});

test('fairness of nobody is a mistake', () => {
  expect(() => findLasso(new Graph(toy), { ...finishes, fair: ['nobody'] })).toThrow(
    'no component or family "nobody"',
  );
});

/** Runs the moves of a lasso on the tables alone; returns the states on its cycle. */
function replay({ components, moves }: Network, { moves: prefix, cycle }: Lasso) {
  const at = new Map(components.map((component) => [component, 0]));
  const step = (name: string): void => {
    const next = moves
      .filter((move) => move.name === name)
      .map(({ takes }) =>
        takes.map(([component, event]) => {
          const row = component.machine.next.get(event);
          return [component, row?.[at.get(component) ?? 0] ?? -1] as const;
        }),
      )
      .find((targets) => targets.every(([, target]) => target >= 0));
    expect(next, name).toBeDefined();
    for (const [component, target] of next ?? []) at.set(component, target);
  };
  for (const name of prefix) step(name);
  const visited = [new Map(at)];
  for (const name of cycle) {
    step(name);
    visited.push(new Map(at));
  }
  expect(visited.at(-1)).toEqual(visited[0]);
  return visited;
}

const CALLERS = { tasks: [['add'], ['wait']], fences: 2 } as const;

for (const [name, system] of [
  ['fence', fenceCallers(CALLERS)],
  ['timeline', timelineCallers({ tasks: 2, valueMax: 2 })],
] as const) {
  describe(name, () => {
    const graph = new Graph(system.network);
    for (const one of system.properties.eventually ?? []) {
      test(`${one.name}, and not without fairness`, () => {
        expect(findLasso(graph, one)).toBeNull();
        const drivers = new Set(['issuer 0', 'issuer 1', 'owner']);
        const others = one.fair.filter((fair) => !drivers.has(fair));
        for (const fair of [[], others]) {
          const lasso = findLasso(graph, { ...one, fair });
          expect(lasso).not.toBeNull();
          if (lasso === null) continue;
          expect(lasso.cycle.length).toBeGreaterThan(0);
          for (const states of replay(system.network, lasso)) {
            const { over, cells } = one.eventually;
            const cell = over.reduce(
              (index, component) =>
                index * component.machine.states.length + (states.get(component) ?? 0),
              0,
            );
            expect(cells[cell]).toBe(0);
          }
        }
      });
    }
  });
}

test('a sleeper whom nobody wakes is found', () => {
  const { network: system, properties } = fenceCallers(CALLERS);
  const lost = system.moves.filter(({ family: of }) => of !== 'issuer.wake' && of !== 'timeUp');
  const graph = new Graph(network('lost wake-ups', system.components, lost));
  const sleeper = properties.eventually?.find(({ name }) => name.includes('sleeper'));
  expect(sleeper).toBeDefined();
  if (sleeper !== undefined) expect(findLasso(graph, sleeper)).not.toBeNull();
});
