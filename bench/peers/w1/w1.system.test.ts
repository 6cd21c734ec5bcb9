import { expect, test } from 'vitest';
import { explore } from '../../../model/systems/explore.ts';
import { w1 } from './network.ts';
import { SIZES } from './size.ts';

for (const name of ['three', 'medium'] as const) {
  test(`${name} has the states, edges and depth that all checkers find`, () => {
    const { network, properties } = w1(SIZES[name]);
    const { states, edges, depth } = SIZES[name];
    const result = explore(network, properties);
    expect(result).toMatchObject({ states, edges, depth, complete: true, violation: null });
    expect(explore(network, properties, { workers: 2 })).toEqual(result);
  });
}
