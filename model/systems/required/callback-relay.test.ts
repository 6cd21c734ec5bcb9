import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { callbackRelay } from './callback-relay.ts';

test('each property of callbacks that move on can be broken', () => {
  expect(
    survivors(callbackRelay({ tasks: 2 }), {
      always: {
        'FENCE-032': both(
          unbound('issuer.run(f 1)', 'list'),
          mistaken('issuer.ran', 'callback', 'add'),
        ),
        'FENCE-033': unbound('issuer.run(f 0)', 'list'),
        'FENCE-031': unbound('issuer.release', 'list'),
      },
      // Between the look at the second fence and its lock, that fence signals.
      deadlock: without('relay.refuse'),
      sometimes: {
        'a callback runs for both': without('issuer.run(f 1)'),
        'all callbacks wait': without('relay.add'),
        'FENCE-046': without('relay.refuse', 'relay.seesDone'),
      },
      eventually: { 'FENCE-032': without('issuer.run(f 1)') },
    }),
  ).toEqual([]);
});
