import { describe, expect, test } from 'vitest';
import { both, rogue, survivors, unbound, without } from '../mutants.ts';
import { arrayLeaves } from './array-leaves.ts';

const always = {
  'ARRAY-010': rogue('own fence', 'signal=0'),
  'array and own fence': unbound('worker.signal', 'array'),
  'ARRAY-005': both(unbound('worker.clear', 'error word'), unbound('walker.clear', 'error word')),
  'ARRAY-016': unbound('signaller.record', 'fault'),
  // The callback has run and is still on the list.
  'ARRAY-008': unbound('signaller.run', 'node'),
};
const sometimes = {
  'ARRAY-009': without('walker.signal'),
  'ARRAY-010': without('worker.signal'),
  'ARRAY-016': without('signaller.fail'),
  'ARRAY-020': without('walker.put', 'walker.putLast'),
};
const polled = {
  'ARRAY-013 a poll completes': without('poller.signal'),
  'ARRAY-013 a poll is faster': without('poller.signal'),
  'ARRAY-015': without('poller.clear'),
};
const late = { 'ARRAY-018': without('signaller.record', 'walker.record') };
const eventually = {
  'the array signals': without('signaller.queueWork'),
  'ARRAY-012': without('worker.work'),
};
const deadlock = without('signaller.queueWork');

describe('each property of arrays can be broken', () => {
  test('when all leaves are needed', () => {
    const system = arrayLeaves({ mode: 'all', leaves: 2, isPolled: false });
    const lost = unbound('signaller.noError', 'fault');
    const all = { ...always, 'ARRAY-017': lost };
    expect(survivors(system, { always: all, deadlock, sometimes, eventually })).toEqual([]);
  });

  test('when all leaves are needed, and somebody polls', () => {
    const system = arrayLeaves({ mode: 'all', leaves: 2, isPolled: true });
    const some = { ...sometimes, ...polled };
    expect(survivors(system, { always, deadlock, sometimes: some, eventually })).toEqual([]);
  });

  test('when any leaf is enough', () => {
    const system = arrayLeaves({ mode: 'any', leaves: 2, isPolled: false });
    const some = { ...sometimes, ...late };
    expect(survivors(system, { always, deadlock, sometimes: some, eventually })).toEqual([]);
  });
});
