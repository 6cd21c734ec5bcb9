import { expect, test } from 'vitest';
import { rogue, survivors, unbound, without } from '../mutants.ts';
import { chainLeaves } from './chain-leaves.ts';

test('each property of chains can be broken', () => {
  const always = {
    'CHAIN-005': rogue('own fence', 'signal=0'),
    'node and own fence': unbound('worker.signal', 'chain'),
    // The callback has run and is still on the list.
    'CHAIN-018 one callback': unbound('signaller.fire', 'node'),
    'CHAIN-021': unbound('signaller.fire', 'node'),
    'CHAIN-009 predecessor 0': unbound('poller.collectAtHead', 'leaf'),
  };
  const sometimes = {
    'CHAIN-018 the enabling walk': without('walker.signal'),
    'CHAIN-018 the work signals': without('worker.signal'),
    'CHAIN-018 a poll': without('poller.signal'),
    'CHAIN-006': without('signaller.signal'),
    'CHAIN-018 the work comes late': without('poller.signal'),
  };
  const eventually = { 'CHAIN-019': without('worker.work') };
  const deadlock = without('signaller.queueWork');
  const system = chainLeaves({ leaves: 2 });
  expect(survivors(system, { always, deadlock, sometimes, eventually })).toEqual([]);
});
