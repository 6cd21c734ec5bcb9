import { expect, test } from 'vitest';
import { both, rogue, survivors, unbound, without } from '../mutants.ts';
import { schedRing } from './sched-ring.ts';

test('each property of a ring that hangs can be broken', () => {
  const left = survivors(schedRing({ jobs: 2, credits: 2 }), {
    always: {
      // A recovery forgets what it takes from a job.
      'SCHED-015': unbound('recovery.giveBack', 'job'),
      'SCHED-016': rogue('hardware 0', 'start'),
      'SCHED-020': both(unbound('interrupt.complete', 'hardware'), without('recovery.drop')),
    },
    deadlock: without('recovery.reinsert'),
    sometimes: {
      'SCHED-035': without('interrupt.complete'),
      'SCHED-026': without('recovery.cancel'),
      'SCHED-022': without('hang'),
      'SCHED-023': without('recovery.isSpurious'),
    },
    eventually: {
      // Time is never up.
      'SCHED-026': without('recovery.expire'),
      'SCHED-020': without('worker.unlist'),
    },
  });
  expect(left).toEqual([]);
});
