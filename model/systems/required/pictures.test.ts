import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { pictures } from './pictures.ts';

test('each property of a codec and its driver can be broken', () => {
  expect(
    survivors(pictures({ tasks: 3 }), {
      always: {
        'HW-CODEC-004': mistaken('watchdog.reset', 'buffer', 'done'),
        'HW-CODEC-002': unbound('handler.complete', 'job'),
        // It is reset, and whoever waits for it hears nothing.
        'HW-CODEC-001': unbound('watchdog.reset', 'job', 'buffer'),
      },
      deadlock: both(without('watchdog.reset'), without('watchdog.found')),
      sometimes: {
        'HW-CODEC-004': without('codec.hang', 'watchdog.reset', 'codec.partial'),
        'HW-CODEC-001': without('codec.lostInterrupt'),
      },
      // Nobody hears of the reset.
      eventually: { 'HW-CODEC-004': unbound('watchdog.reset', 'buffer') },
    }),
  ).toEqual([]);
});
