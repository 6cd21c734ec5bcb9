import { expect, test } from 'vitest';
import { INTACT } from '../../impl/stack.ts';
import { isWitnessed } from '../check/coverage.ts';
import { runProperty } from '../check/run-property.ts';
import { PROPERTIES } from '../rules/registry.ts';
import { PLAYS_BY_ID } from '../scenarios/deeper.ts';
import { runPlay } from '../scenarios/run-play.ts';
import { allSelftests } from '../selftests/registry.ts';
import { nameOf } from './test-name.ts';

const SEED = 1;

test.each(PROPERTIES.map((property, index) => [nameOf(property, index), property] as const))(
  '%s in full',
  (_name, property) => {
    const { broken, witnesses } = runProperty(property, { seed: SEED, stopsAtFinding: true });
    expect(broken.map(({ finding }) => finding.message)).toEqual([]);
    expect(isWitnessed({ property, witnesses, caught: [] })).toBe(true);
  },
);

test.each(PLAYS_BY_ID)('<%s> is played', (_id, play) => {
  const { broken } = runPlay(play, { types: INTACT, seed: SEED });
  expect(broken.map(({ finding }) => finding.message)).toEqual([]);
});

test.each(allSelftests(false).map((one) => [one.id, one] as const))('<%s> passes', (_id, one) => {
  expect(one.run().failure).toBeNull();
});
