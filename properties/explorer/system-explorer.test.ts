import { describe, expect, test } from 'vitest';

import { callbackRelay } from '../../model/systems/required/callback-relay.ts';
import type { System } from '../../model/systems/required/system.ts';
import { network } from '../../model/systems/network.ts';
import type { SystemState } from '../../traces/explorer/state.ts';
import { Around } from './around.ts';
import { WrongOrder } from './explorer.ts';
import { SystemExplorer } from './system-explorer.ts';
import { SystemWalk } from './system-walk.ts';

const sound = callbackRelay({ tasks: 2 });

/** Between the look at the second fence and its lock, that fence signals: nobody is told. */
function unsound(): System {
  const { network: whole, properties } = sound;
  const moves = whole.moves.filter(({ family }) => family !== 'relay.refuse');
  expect(moves.length).toBeLessThan(whole.moves.length);
  return { network: network('without refusal', whole.components, moves), properties };
}

async function choose(explorer: SystemExplorer, name: string): Promise<SystemState> {
  const { choices, position } = await explorer.state();
  explorer.follow({
    kind: 'choose',
    choice: choices.findIndex(({ who }) => who === name),
    position,
  });
  return explorer.state();
}

describe('moves of a system', () => {
  test('are made one after the other, taken back, and made again', async () => {
    const explorer = new SystemExplorer(sound);
    const first = await explorer.state();
    expect(first.choices.map(({ who }) => who)).toContain('begin.add(t 0)');
    const second = await choose(explorer, 'begin.add(t 0)');
    expect(second.path).toEqual(['begin.add(t 0)']);
    const moved = second.components.filter(({ before, now }) => before !== now);
    expect(moved.map(({ name }) => name)).toEqual(['task 0']);
    explorer.follow({ kind: 'jump', position: 0 });
    expect({ ...(await explorer.state()), known: 0 }).toEqual(first);
    explorer.follow({ kind: 'jump', position: 1 });
    expect({ ...(await explorer.state()), said: second.said }).toEqual(second);
  });

  test('give a state of one position, also when an order comes while it is made', async () => {
    const explorer = new SystemExplorer(sound);
    const before = await choose(explorer, 'begin.add(t 0)');
    const asked = explorer.state();
    explorer.follow({ kind: 'choose', choice: 0, position: 1 });
    expect(await asked).toEqual(before);
  });

  test('lead through the graph of states around the path', async () => {
    const explorer = new SystemExplorer(sound);
    const { graph, box, boxBefore } = await choose(explorer, 'begin.add(t 0)');
    const arrow = graph.arrows.find(({ from, to }) => from === boxBefore && to === box);
    expect(arrow?.labels).toEqual(['begin.add(t 0)']);
    expect(graph.boxes.find(({ id }) => id === box)?.name).toMatch(/^1 task 0: /);
    // Two levels on, and drawn somewhere.
    expect(graph.boxes.length).toBeGreaterThan(5);
    expect(graph.boxes.every(({ width }) => width > 0)).toBe(true);
  });
});

test('a graph that leaves states out says how many', () => {
  const walk = new SystemWalk(sound);
  const whole = new Around(walk, [walk.initial]);
  const { length } = whole.graph(0).boxes;
  expect(whole.omitted).toBe('');
  const cut = new Around(walk, [walk.initial], 5);
  expect(cut.graph(0).boxes).toHaveLength(5);
  expect(cut.omitted).toBe(` The graph leaves out ${length - 5} states that are as near.`);
});

describe('what is wrong with a system', () => {
  test('is searched from the state where one stands, on a shortest way', async () => {
    const explorer = new SystemExplorer(unsound());
    await choose(explorer, 'begin.add(t 1)');
    explorer.follow({ kind: 'find' });
    const { broken, choices, path, said } = await explorer.state();
    expect(path[0]).toBe('begin.add(t 1)');
    expect(choices).toEqual([]);
    expect(broken.map(({ name }) => name)).toEqual(['no dead end']);
    expect(said).toMatch(/^A violation \d+ moves on, after \d+ states: no dead end\.$/);
  });

  test('is nothing where all that can be reached is right', async () => {
    const explorer = new SystemExplorer(sound);
    explorer.follow({ kind: 'find' });
    const { said, broken, claims } = await explorer.state();
    expect(said).toMatch(/^No violation .*, all that can be reached from here\.$/);
    expect(broken).toEqual([]);
    expect(claims.filter(({ kind, holds }) => kind === 'always' && !holds)).toEqual([]);
  });
});

test.each([
  { kind: 'choose', choice: 999, position: 0 } as const,
  { kind: 'choose', choice: 0, position: 1 } as const,
  { kind: 'jump', position: 1 } as const,
  { kind: 'preemption', task: 'task 0' } as const,
  { kind: 'save', as: 'trace' } as const,
])('%j is refused, and changes nothing', async (order) => {
  const explorer = new SystemExplorer(sound);
  const before = await explorer.state();
  expect(() => explorer.follow(order)).toThrow(WrongOrder);
  expect(await explorer.state()).toEqual(before);
});
