import { expect, test } from 'vitest';
import { INTACT } from '../../../impl/stack.ts';
import { CHAIN_FAULTS } from '../../faults/chain/index.ts';
import { withFault } from '../../faults/fault.ts';
import { type ChainPhase, LongChain } from './long-chain.ts';

const SHORT = 500;
/** A release that recurses goes deeper than any stack, also that of the engine. */
const LONG = 5000;

/** The whole life of a chain, or one that is dropped while everything in it is pending. */
const LIVES: readonly (readonly ChainPhase[])[] = [
  ['build', 'wait', 'release'],
  ['build', 'collect', 'release'],
  ['build', 'release'],
];

test.each(LIVES.map((life) => [life.join(', '), life] as const))('%s', (_name, life) => {
  const [short, long] = [new LongChain(SHORT), new LongChain(LONG)];
  for (const phase of life) {
    const [few, many] = [short.run(phase).steps, long.run(phase).steps];
    // A number of steps for each point, and a few for the rest.
    expect(many / LONG, phase).toBeLessThan((few / SHORT) * 1.05 + 0.01);
  }
  expect(long.nodesLeft).toBe(0);
  expect(long.stack.world.violations).toEqual([]);
});

test('a release that drops one predecessor after the other from within is caught', () => {
  const seeded = CHAIN_FAULTS.find(({ id }) => id === 'BUG-CHAIN-01');
  if (seeded === undefined) throw new Error('there is no fault BUG-CHAIN-01');
  const chain = new LongChain(SHORT, withFault(INTACT, seeded));
  chain.run('build');
  expect(() => chain.run('release')).toThrow();
  expect(chain.stack.world.violations.map(({ kind }) => kind)).toContain('stack-overflow');
});
