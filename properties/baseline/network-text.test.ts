import { expect, test } from 'vitest';
import { reachable } from '../../model/systems/reachable.ts';
import { SYSTEMS } from '../../model/systems/required/scopes.ts';
import { compareNetworks } from './compare/networks.ts';
import { isSameText, networkText, parseNetwork } from './network-text.ts';

/** The smaller ones: what is said of them does not depend on size. */
const STATES_MAX = 3_000;
const NETWORKS = SYSTEMS.slice(-12).map((make) => make().network);

test('networks come back as they were written', () => {
  for (const network of NETWORKS) {
    const text = networkText(network);
    expect(isSameText(text, networkText(network)), network.name).toBe(true);
    expect(compareNetworks(parseNetwork(network.name, text), network), network.name).toEqual([]);
  }
});

test('what comes back reaches as many states', () => {
  const small = NETWORKS.filter((network) => reachable(network, STATES_MAX).limit === null);
  expect(small.length).toBeGreaterThan(2);
  for (const network of small) {
    const back = parseNetwork(network.name, networkText(network));
    expect(reachable(back, STATES_MAX).count).toBe(reachable(network, STATES_MAX).count);
  }
});

test('a network without one of its moves is another one', () => {
  const [network] = NETWORKS;
  if (network === undefined) throw new Error('there is no system');
  const less = { ...network, moves: network.moves.slice(1) };
  expect(isSameText(networkText(network), networkText(less))).toBe(false);
});
