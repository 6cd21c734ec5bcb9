import { expect, test } from 'vitest';
import { both, rogue, survivors, unbound, without } from '../mutants.ts';
import { timelineCallers } from './timeline-callers.ts';

test('each property of timelines can be broken', () => {
  expect(
    survivors(timelineCallers({ tasks: 2, valueMax: 2 }), {
      always: {
        'the timeline lists': unbound('unlist', 'timeline'),
        'SWSYNC-008': rogue('point 0', 'signal=0'),
        // The owner passes over a point that is on the list.
        'SWSYNC-010': unbound('owner.skip', 'node'),
        'SWSYNC-014': both(unbound('unlist', 'node'), unbound('owner.unlist', 'node')),
      },
      deadlock: without('owner.stamp'),
      sometimes: {
        'SWSYNC-014': without('owner.free'),
        'SWSYNC-012': without('owner.setError'),
        'SWSYNC-006': without('share', 'owner.takeOff', 'owner.fail'),
      },
      eventually: {
        'SWSYNC-008 point': without('owner.takeOff'),
        'SWSYNC-016': without('unlist', 'owner.unlist'),
        'SWSYNC-008 task': without('owner.takeOff'),
      },
    }),
  ).toEqual([]);
});
