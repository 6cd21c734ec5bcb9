import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { frames } from './frames.ts';

test('each property of a camera and its driver can be broken', () => {
  expect(
    survivors(frames({ tasks: 3 }), {
      always: {
        // Whoever is asked first gives out a frame that is not over.
        'HW-CAM-003': unbound('handler.complete', 'over', 'handler'),
        'HW-CAM-008': unbound('client.give', 'places'),
      },
      deadlock: without('camera.overrun'),
      sometimes: { 'HW-CAM-004': without('camera.lostInterrupt', 'camera.raise') },
      eventually: { 'HW-CAM-004': unbound('camera.overrun', 'line') },
    }),
  ).toEqual([]);
});
