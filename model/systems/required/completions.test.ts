import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { completions } from './completions.ts';

test('each property of completions can be broken', () => {
  expect(
    survivors(completions({ jobs: 2 }), {
      always: {
        // It believes every interrupt.
        'HW-IRQ-008 nobody is told': mistaken('handler.find', 'note', 'isQueued'),
        // It looks, and takes no note of what it finds.
        'HW-IRQ-008 nobody signals': mistaken('handler.find', 'note', 'isDone'),
        'HW-IRQ-004': unbound('handler.end', 'line'),
        'HW-IRQ-005': unbound('remover.synchronise', 'line'),
        'HW-TIME-004': both(
          unbound('remover.waitForTimer', 'timer'),
          unbound('remover.free', 'timer'),
        ),
      },
      deadlock: without('fallback.begin'),
      sometimes: {
        'HW-IRQ-008 a job': without('device.lostInterrupt'),
        'HW-IRQ-001': without('device.coalesce', 'device.lostInterrupt'),
        'HW-IRQ-008 both': without('fallback.begin'),
        'HW-IRQ-005 an interrupt': without('device.assert'),
        'HW-IRQ-005 a handler': without('handler.begin'),
        'HW-TIME-004': without('fallback.begin'),
      },
      eventually: {
        'HW-IRQ-008': without('fallback.begin'),
        'HW-IRQ-005': without('remover.waitForTimer'),
      },
    }),
  ).toEqual([]);
});
