import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { evictions } from './evictions.ts';

test('each property of objects that are evicted can be broken', () => {
  const left = survivors(evictions({ owners: 2 }), {
    always: {
      // Who comes next is told of no copy.
      'EVICT-005': unbound('pass', 'job'),
      'EVICT-012': unbound('copy.bad', 'job'),
      'EVICT-003': unbound('lock', 'lock'),
      'EVICT-004': unbound('job.after', 'copy'),
    },
    deadlock: without('unlock'),
    sometimes: {
      'EVICT-005': without('free'),
      'EVICT-004': without('pass'),
      'EVICT-001': without('miss'),
      'EVICT-012': without('tryVictim'),
    },
    eventually: {
      'EVICT-001': without('unlockVictim'),
      'EVICT-012': without('copy.stamp'),
    },
  });
  expect(left).toEqual([]);
});

test('a job that takes no notice of the copy spoils it', () => {
  const left = survivors(evictions({ owners: 2 }), {
    always: { 'EVICT-005': unbound('job.after', 'copy') },
    deadlock: without('unlock'),
    sometimes: {},
    eventually: {},
  });
  expect(left.filter((line) => line.includes('EVICT-005') && line.includes('survives'))).toEqual(
    [],
  );
});
