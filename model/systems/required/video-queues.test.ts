import { expect, test } from 'vitest';
import { survivors, unbound, without } from '../mutants.ts';
import { videoQueues } from './video-queues.ts';

test('each property of video queues can be broken', () => {
  const left = survivors(videoQueues({ buffers: 2 }), {
    always: {
      'VB2-012 the driver': unbound('hardware.complete', 'queue'),
      'VB2-012 what': unbound('hardware.complete', 'owned'),
      'VB2-011': unbound('stopper.giveBack', 'owned'),
      // Who waits for a frame does not hear of it.
      'VB2-010': unbound('hardware.wake', 'trigger'),
    },
    deadlock: without('stopper.miss'),
    sometimes: {
      'VB2-010 an interrupt': without('hardware.wake'),
      'VB2-010 a buffer': without('client.wait'),
      'VB2-011 the stream': without('stopper.cancel'),
      'VB2-011 what': without('stopper.stop'),
      'VB2-008': without('client.give'),
    },
    eventually: {
      'VB2-010': unbound('hardware.wake', 'trigger'),
      'VB2-011': without('stopper.wake'),
    },
  });
  expect(left).toEqual([]);
});
