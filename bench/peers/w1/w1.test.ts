import { expect, test } from 'vitest';
import { explore } from '../../../model/systems/explore.ts';
import { w1 } from './network.ts';
import { SIZES } from './size.ts';

// What the other checkers count, this one counts.

for (const name of ['tiny', 'small'] as const) {
  test(`${name} has the states, edges and depth that all checkers find`, () => {
    const { network, properties } = w1(SIZES[name]);
    const { states, edges, depth } = SIZES[name];
    const result = explore(network, properties);
    expect(result).toMatchObject({ states, edges, depth, complete: true, violation: null });
  });
}

test('depth first, fingerprints and several workers count the same', () => {
  const { network, properties } = w1(SIZES.small);
  const { states, edges } = SIZES.small;
  for (const options of [{ order: 'depth' }, { memory: 'fingerprint' }, { workers: 2 }] as const) {
    expect(explore(network, properties, options)).toMatchObject({ states, edges, complete: true });
  }
});

test('a fence never falls back below signaled', () => {
  const { network } = w1(SIZES.tiny);
  const machine = network.components.find(({ name }) => name === 'fence 0')?.machine;
  const isDone = (state: number): boolean =>
    /"status":"(ok|error)"/.test(JSON.stringify(machine?.states[state]?.value));
  for (const row of machine?.next.values() ?? []) {
    for (const [state, next] of row.entries()) {
      if (next >= 0 && isDone(state)) expect(isDone(next)).toBe(true);
    }
  }
});

test('a job without a reference for the hardware is found in 14 moves', () => {
  const { network, properties } = w1({ ...SIZES.small, bug: 1 });
  const one = explore(network, properties);
  expect(one.violation?.property).toBe('the signaler holds a live fence');
  expect(one.violation?.trace?.moves).toHaveLength(14);
  expect(explore(network, properties, { workers: 3 })).toEqual(one);
});

test('waiting instead of backing off is a deadlock after 4 moves', () => {
  const { network, properties } = w1({ ...SIZES.small, bug: 2 });
  const { violation } = explore(network, properties);
  expect(violation?.kind).toBe('deadlock');
  expect(violation?.trace?.moves).toHaveLength(4);
});
