import { expect, test } from 'vitest';
import type { EventOf } from '../../../model/events.ts';
import { CaptureAccount, type Delivered } from './capture.ts';

type Moment = EventOf<'camera'> | Delivered | { readonly discarded: number };

function complaintOf(moments: readonly Moment[]): string | null {
  const account = new CaptureAccount();
  for (const moment of moments) {
    if (typeof moment === 'string') account.device({ type: moment });
    else if ('discarded' in moment) account.discard(moment.discarded);
    else account.deliver(moment);
  }
  return account.complaint;
}

const FIRST = { sequence: 0, isError: false };

test('frames that are delivered, dropped and discarded add up to those that began', () => {
  expect(complaintOf([])).toBeNull();
  expect(complaintOf(['stream', 'sof', 'drain', FIRST, 'streamOff'])).toBeNull();
  const broken = { sequence: 2, isError: true };
  const mixed: Moment[] = ['stream', 'sof', FIRST, 'overrun', 'sof', broken, 'sof', 'abort'];
  expect(complaintOf([...mixed, { discarded: 1 }])).toBeNull();
});

test('frames before stream-on and behind stream-off do not count', () => {
  expect(complaintOf(['sof', 'stream', 'sof', FIRST, 'streamOff', 'sof', 'overrun'])).toBeNull();
});

test('a frame that nobody got is missed, and so is one that nobody has drawn', () => {
  expect(complaintOf(['stream', 'sof', 'sof', FIRST, 'streamOff'])).toMatch(/^2 frames began, 1/);
  expect(complaintOf(['stream', 'sof', FIRST, { discarded: 1 }])).toMatch(/1 discarded/);
});

test('sequence numbers rise', () => {
  const again = ['stream', 'sof', FIRST, 'sof', FIRST] as const;
  expect(complaintOf(again)).toBe('sequence number 0 comes behind 0');
});
