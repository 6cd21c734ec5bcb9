import { expect, test } from 'vitest';
import type { EventOf } from '../../../model/events.ts';
import { CaptureAccount, type Delivered } from './capture.ts';

/** An event of the camera, or the number of a frame that a client gets. */
type Moment = EventOf<'camera'> | number | Delivered;

function complaintOf(...moments: readonly Moment[]): string | null {
  const account = new CaptureAccount();
  for (const moment of moments) {
    if (typeof moment === 'number') account.deliver({ sequence: moment });
    else if (typeof moment === 'object') account.deliver(moment);
    else account.device({ type: moment });
  }
  return account.complaint;
}

test('frames that are delivered, dropped and discarded add up to those that began', () => {
  expect(complaintOf()).toBeNull();
  expect(complaintOf('stream', 'sof', 'drain', 'latch', 1, 'streamOff')).toBeNull();
  expect(complaintOf('stream', 'sof', 'sof', 1, 'overrun', 2, 'sof', 4, 'sof', 'abort')).toBeNull();
});

test('numbers go on with the next stream, and nothing counts outside', () => {
  const twice = ['sof', 'stream', 'sof', 1, 'sof', 'streamOff', 'overrun'] as const;
  expect(complaintOf(...twice, 'stream', 'sof', 3)).toBeNull();
  expect(complaintOf(...twice, 'stream', 'sof', 2)).toBe('frame 2 comes behind 2');
});

test('a frame that nobody got is missed when the next one comes', () => {
  expect(complaintOf('stream', 'sof', 'sof', 2)).toBe('frame 1 was neither delivered nor dropped');
});

test('a frame that the camera has not drawn is none', () => {
  expect(complaintOf('stream', 'sof', 1, 2)).toBe('frame 2 was never begun');
  expect(complaintOf('stream', 'overrun', 1)).toBe('frame 1 was dropped, and comes');
});

test('sequence numbers rise', () => {
  expect(complaintOf('stream', 'sof', 1, 1)).toBe('frame 1 comes behind 1');
});

test('what comes back from a camera that was pulled out is no frame, if it says so', () => {
  const pulled = ['stream', 'sof', 1, 'sof', 'unplug'] as const;
  expect(complaintOf(...pulled, { sequence: 0, hasFailed: true })).toBeNull();
  expect(complaintOf(...pulled, { sequence: 1 })).toBe('frame 1 comes behind 1');
});
