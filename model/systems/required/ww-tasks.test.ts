import { describe, expect, test } from 'vitest';
import { explore } from '../explore.ts';
import { survivors, unbound, without } from '../mutants.ts';
import type { Mutation } from '../mutants.ts';
import { network } from '../network.ts';
import type { Take } from '../network.ts';
import { wwTasks } from './ww-tasks.ts';
import type { WwTasksScope } from './ww-tasks.ts';

/** In some families of moves, takes are left out or changed. */
function changed(families: readonly string[], change: (take: Take) => Take | null): Mutation {
  return (moves) =>
    moves.map((move) => {
      if (!families.includes(move.family)) return move;
      const takes = move.takes.flatMap((take) => {
        const kept = change(take);
        return kept === null ? [] : [kept];
      });
      return { ...move, takes };
    });
}

const INSERTS = ['insert', 'insertEmpty', 'insertDie'];
const CHECKS = ['check', 'slow'];
const THEFTS = ['settle', 'lateWin'];

/** Whoever is told to look again is not told. */
const unless =
  (...events: readonly string[]) =>
  (take: Take): Take | null =>
    events.some((event) => take[1].startsWith(event)) ? null : take;

/** Whoever wounds itself does not. */
function unwounded([component, event]: Take): Take | null {
  if (event === 'wound' && component.name.startsWith('context')) return null;
  return [component, event.replace('wound acquire', 'acquire')];
}

function unchecked(take: Take): Take | null {
  const left = unless('dieFor')(take);
  return left === null ? null : unwounded(left);
}

function findsDeadlock(scope: WwTasksScope, mutation: Mutation | null): boolean {
  const { network: whole, properties } = wwTasks(scope);
  const { name, components, moves } = whole;
  const part = (): never => {
    throw new Error('no part is asked for');
  };
  const left = mutation === null ? moves : mutation(moves, part);
  const { mayEnd } = properties;
  const system = network(`mutant of ${name}`, components, left);
  const { violation } = explore(system, mayEnd === undefined ? {} : { mayEnd });
  return violation?.kind === 'deadlock';
}

const two = { tasks: 2, mutexes: 2 } as const;
const three = { tasks: 3, mutexes: 2 } as const;

/** The smallest configuration that shows each mistake, and that a smaller one does not. */
const MISTAKES: readonly (readonly [string, WwTasksScope, Mutation, boolean])[] = [
  ['no check: wait-die', { ...two, algorithm: 'waitDie' }, changed(CHECKS, unchecked), true],
  ['no check: wound-wait', { ...two, algorithm: 'woundWait' }, changed(CHECKS, unchecked), true],
  ['no kill', { ...two, algorithm: 'waitDie' }, changed(INSERTS, unless('dieFor')), false],
  ['no kill', { ...three, algorithm: 'waitDie' }, changed(INSERTS, unless('dieFor')), true],
  [
    'no wound',
    { ...two, algorithm: 'woundWait' },
    changed(INSERTS, unless('wound', 'rouse')),
    true,
  ],
  ['no wake', { ...two, algorithm: 'woundWait' }, changed(INSERTS, unless('rouse')), true],
  ['no wound by theft', { ...two, algorithm: 'woundWait' }, changed(THEFTS, unwounded), false],
  ['no wound by theft', { ...three, algorithm: 'woundWait' }, changed(THEFTS, unwounded), true],
];

describe('who waits for ever', () => {
  test.each(MISTAKES)('%s %o', (_name, scope, mutation, isFound) => {
    expect(findsDeadlock(scope, null)).toBe(false);
    expect(findsDeadlock(scope, mutation)).toBe(isFound);
  });
});

describe('each property of transactions can be broken', () => {
  /** Who comes to wait gives up instead. */
  const givesUp = (family: string): Mutation =>
    changed([family], ([component, event]) =>
      component.name.startsWith('task')
        ? [component, event.replace(/^insert\w*/, 'insertDie')]
        : [component, event],
    );
  const always = {
    'WW-005': unbound('takeFirst', 'mutex'),
    'WW-010': givesUp('insertEmpty'),
    'WW-051': givesUp('insert'),
  };
  const common = {
    deadlock: without('wakeHead'),
    eventually: { 'WW-052': without('retract') },
  };

  test('of wait-die', () => {
    const left = survivors(wwTasks({ ...three, algorithm: 'waitDie' }), {
      always: { ...always, 'WW-021': changed(INSERTS, unless('dieFor')) },
      sometimes: { 'WW-050': without('early', 'insertDie', 'lateDie') },
      ...common,
    });
    expect(left).toEqual([]);
  });

  test('of wound-wait', () => {
    const left = survivors(wwTasks({ ...two, algorithm: 'woundWait' }), {
      always,
      sometimes: {
        'WW-050': without('insertDie', 'lateDie'),
        'WW-022': changed([...INSERTS, ...CHECKS, ...THEFTS], unwounded),
      },
      ...common,
    });
    expect(left).toEqual([]);
  });
});
