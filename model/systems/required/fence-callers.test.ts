import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { fenceCallers } from './fence-callers.ts';

test('each property of fences with callers can be broken', () => {
  const system = fenceCallers({ tasks: [['add'], ['wait']], fences: 1 });
  expect(
    survivors(system, {
      always: {
        // The node stays where it was, and runs again.
        'FENCE-032': both(unbound('issuer.run', 'list'), mistaken('issuer.ran', 'callback', 'add')),
        'a pending fence counts': unbound('add', 'list'),
        'FENCE-031': unbound('issuer.release', 'list'),
        'FENCE-027': both(unbound('issuer.signal', 'fence'), unbound('issuer.stamp', 'fence')),
        'FENCE-071': unbound('unlink', 'list'),
      },
      deadlock: without('issuer.wake', 'disturb'),
      sometimes: {
        'FENCE-069': without('disturb'),
        'a callback runs': without('issuer.run'),
        'all fences have signaled': without('issuer.signal'),
        'all calls have returned': without('release', 'seesDone', 'wait.seesDone'),
      },
      eventually: {
        'FENCE-032': without('issuer.run'),
        'FENCE-072': without('issuer.wake'),
        'the call of task': without('release'),
      },
    }),
  ).toEqual([]);
});
