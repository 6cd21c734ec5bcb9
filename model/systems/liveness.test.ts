import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { claim, strong, weak } from './claims.ts';
import type { Liveness } from './claims.ts';
import { Graph } from './graph.ts';
import type { Lasso } from './lasso.ts';
import { findLasso } from './liveness.ts';
import { systemMachine } from './machine.ts';
import { family, network } from './network.ts';
import type { Component, Network } from './network.ts';
import { refuteLasso } from './replay-lasso.ts';

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
      states: {
        left: { on: { spin: 'right', there: 'right' } },
        right: { on: { spin: 'left', back: 'left' } },
      },
    }),
    [{ type: 'spin' }, { type: 'there' }, { type: 'back' }],
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
const finishes: Liveness = { name: 'finishes', eventually: isDone, fair: weak('worker') };

/** The lasso that is found, walked once more. */
function lassoOf(system: Network, liveness: Liveness): Lasso | null {
  const lasso = findLasso(new Graph(system), liveness);
  if (lasso !== null) expect(refuteLasso(system, liveness, lasso)).toBeNull();
  return lasso;
}

test('a fair worker finishes, whoever spins', () => {
  expect(lassoOf(toy, finishes)).toBeNull();
  expect(lassoOf(toy, { ...finishes, fair: strong('worker') })).toBeNull();
});

test('without fairness somebody else spins for ever', () => {
  const lasso = lassoOf(toy, { ...finishes, fair: [] });
  expect(lasso).toMatchObject({ moves: [], cycle: ['spin', 'spin'] });
});

test('who only has to be fair in one family may stop before it', () => {
  const lasso = lassoOf(toy, { ...finishes, fair: weak('finish', 'spinner') });
  expect(lasso?.cycle).toEqual(['spin', 'spin']);
  const leads: Liveness = { ...finishes, whenever: isBusy, fair: weak('finish') };
  expect(lassoOf(toy, leads)).toBeNull();
  expect(lassoOf(toy, { ...leads, fair: weak('start') })?.moves).toEqual(['start']);
});

test('where nothing goes round, the system just stays', () => {
  const alone = network('alone', [worker], toy.moves.slice(0, 2));
  expect(lassoOf(alone, { ...finishes, fair: [] })).toMatchObject({
    moves: [],
    cycle: [],
    state: ['worker "idle"'],
  });
});

test('a fair move that stays enabled while others turn is made', () => {
  const gated = network(
    'gated',
    [worker, spinner],
    [
      ...family('start', {}, () => [
        [worker, 'start'],
        [spinner, 'spin'],
      ]),
      ...toy.moves.slice(1),
    ],
  );
  // `start` stays enabled while the spinner turns: both are always there.
  expect(lassoOf(gated, finishes)).toBeNull();
});

/** The worker starts only while the spinner is on the right. */
const doored = network(
  'doored',
  [worker, spinner],
  [
    ...family('start', {}, () => [
      [worker, 'start'],
      [spinner, 'back'],
    ]),
    ...toy.moves.slice(1),
  ],
);

test('a move that is enabled only now and then needs strong fairness', () => {
  expect(lassoOf(doored, finishes)?.cycle).toEqual(['spin', 'spin']);
  const fair = [...weak('spinner'), ...strong('worker')];
  expect(lassoOf(doored, { ...finishes, fair })).toBeNull();
  // Then the spinner may stop before the door has ever been open.
  const lasso = lassoOf(doored, { ...finishes, fair: strong('worker') });
  expect(lasso).toMatchObject({ moves: [], cycle: [] });
});

// Three places: b is between a and c, and from each of them somebody may leave for good.

const walker: Component = {
  name: 'walker',
  machine: systemMachine(
    createMachine({
      id: 'walker',
      initial: 'a',
      states: {
        a: { on: { ahead: 'b', rest: 'a', leaveA: 'gone' } },
        b: { on: { ahead: 'c', back: 'a' } },
        c: { on: { back: 'b', leaveC: 'gone' } },
        gone: {},
      },
    }),
    ['ahead', 'back', 'rest', 'leaveA', 'leaveC'].map((type) => ({ type })),
  ),
};
const places = network(
  'places',
  [walker],
  ['ahead', 'back', 'rest', 'leaveA', 'leaveC'].flatMap((name) =>
    family(name, {}, () => [[walker, name]]),
  ),
);
const leaves: Liveness = {
  name: 'leaves',
  eventually: claim('gone', [walker], ({ value }) => value === 'gone'),
  fair: strong('leaveC'),
};

test('what is left of a component without the states of a missed group is searched again', () => {
  // Around c nobody can go for ever, but around a and b.
  const near = lassoOf(places, { ...leaves, fair: [...strong('leaveC'), ...weak('walker')] });
  expect(near).toMatchObject({ moves: [], cycle: ['ahead', 'back'] });
  // Without a and c, b is left, where the run may stop unless the walker is fair.
  const both = strong('leaveA', 'leaveC');
  expect(lassoOf(places, { ...leaves, fair: both })).toMatchObject({ moves: ['ahead'], cycle: [] });
  expect(lassoOf(places, { ...leaves, fair: [...both, ...weak('walker')] })).toBeNull();
});

test('a round lets every strongly fair group have its turn', () => {
  const lasso = lassoOf(places, { ...leaves, fair: strong('ahead', 'rest', 'back') });
  expect(new Set(lasso?.cycle)).toEqual(new Set(['rest', 'ahead', 'back']));
});

test('fairness of nobody is a mistake', () => {
  expect(() => lassoOf(toy, { ...finishes, fair: weak('nobody') })).toThrow(
    'no component or family "nobody"',
  );
});

test('what is no lasso is refuted', () => {
  const lasso = lassoOf(doored, finishes);
  const state = ['worker "idle"', 'spinner "left"'];
  expect(lasso).toEqual({ moves: [], cycle: ['spin', 'spin'], state });
  const refute = (changed: Partial<Lasso>, liveness: Partial<Liveness> = {}): string | null =>
    refuteLasso(doored, { ...finishes, ...liveness }, { moves: [], cycle: [], state, ...changed });
  expect(refute({ cycle: ['spin', 'spin'] })).toBeNull();
  expect(refute({ cycle: ['spin', 'start'] })).toBe('the cycle does not close');
  expect(refute({ cycle: ['start'] })).toBe('move start is not enabled');
  expect(refute({ cycle: ['turn'] })).toBe('move turn is not enabled');
  expect(refute({ moves: ['spin'] })).toBe('the cycle begins elsewhere');
  expect(refute({ cycle: ['spin', 'spin'] }, { fair: strong('worker') })).toBe(
    'worker is not strongly fair',
  );
  expect(refute({}, { fair: weak('spinner') })).toBe('spinner is not weakly fair');
  const isLeft = claim('left', [spinner], ({ value }) => value === 'left');
  const isRight = claim('right', [spinner], ({ value }) => value === 'right');
  expect(refute({ cycle: ['spin', 'spin'] }, { eventually: isRight })).toBe(
    'the goal comes on the cycle',
  );
  expect(refute({ cycle: ['spin', 'spin'] }, { whenever: isBusy })).toBe(
    'the goal comes, or is not called for',
  );
  const right = { moves: ['spin'], state: ['worker "idle"', 'spinner "right"'] };
  expect(refute(right, { eventually: isLeft, fair: [] })).toBe(
    'the goal comes, or is not called for',
  );
  expect(refute(right, { whenever: isRight, eventually: isLeft, fair: [] })).toBeNull();
});
