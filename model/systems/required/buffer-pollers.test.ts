import { expect, test } from 'vitest';
import { both, rogue, survivors, unbound, without } from '../mutants.ts';
import { bufferPollers } from './buffer-pollers.ts';

const system = bufferPollers({ tasks: 2, fences: 2 });

test('each property of polled buffers can be broken', () => {
  expect(
    survivors(system, {
      always: {
        // Somebody else links the node of the callback.
        'POLL-005': rogue('node 1', 'list'),
        // The callback wakes nobody.
        'POLL-012': unbound('signaller.wake', 'trigger'),
        // A fence that refuses nothing is taken for one that has signaled.
        'POLL-001': unbound('refuse', 'fence', 'callback'),
      },
      deadlock: unbound('signaller.wake', 'trigger'),
      sometimes: {
        'POLL-005': without('busy'),
        'POLL-006 the callback wakes': both(
          unbound('signaller.wake', 'trigger'),
          unbound('wake', 'trigger'),
        ),
        'POLL-006 the callback waits': without('signaller.run'),
      },
      eventually: { 'POLL-012': unbound('signaller.wake', 'trigger') },
    }),
  ).toEqual([]);
});
