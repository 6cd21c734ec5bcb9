import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { flips } from './flips.ts';

test('each property of frames on a screen can be broken', () => {
  expect(
    survivors(flips({ tasks: 3 }), {
      always: {
        // It believes every interrupt.
        'HW-DISP-010': unbound('handler.signal', 'frame'),
        'HW-DISP-002': unbound('crtc.latch', 'crtc'),
      },
      deadlock: without('crtc.count', 'spurious'),
      sometimes: {
        'HW-DISP-009': without('crtc.lostInterrupt', 'handler.take'),
        'HW-DISP-006': without('crtc.latch'),
      },
      eventually: { 'HW-DISP-009': unbound('crtc.vblank', 'line') },
    }),
  ).toEqual([]);
});
