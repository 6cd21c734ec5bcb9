import { describe, expect, test } from 'vitest';
import { EAGAIN, EBUSY, EINVAL, EIO, EPIPE } from '../errno.ts';
import type { EventOf } from '../events.ts';
import { LazyTable } from '../lazy-table.ts';
import { vb2QueueMachine } from './vb2-queue.ts';

const table = new LazyTable(vb2QueueMachine({ buffersMax: Infinity }));

type Name = EventOf<'vb2Queue'>;

/** Where events lead from the start; null when one of them is forbidden. */
function after(...events: readonly Name[]): number | null {
  let state = table.initial;
  for (const name of events) {
    const step = table.next(state, table.event(name));
    if (step === null) return null;
    state = step.state;
  }
  return state;
}

/** What a look answers behind these events; null where nobody can look. */
function looks(...events: readonly Name[]): unknown {
  const state = after(...events);
  return state === null ? null : (table.next(state, table.event('look'))?.returns ?? null);
}

const STREAMING: readonly Name[] = [
  ...(['allocate', 'allocate', 'start', 'give', 'give', 'started', 'streamOn'] as const),
];
const OFF: readonly Name[] = ['stop', 'cancel', 'clear', 'discard', 'streamOff'];

describe('a look', () => {
  test.each<[readonly Name[], number]>([
    [[], -EINVAL],
    [['error'], -EINVAL],
    [STREAMING, -EAGAIN],
    [[...STREAMING, 'done'], 0],
    [[...STREAMING, 'done', 'error'], -EIO],
    [[...STREAMING, 'done', 'take.last'], -EPIPE],
    [[...STREAMING, 'done', 'take.last', 'done'], -EPIPE],
    [[...STREAMING, 'done', 'take.last', 'error'], -EIO],
    [[...STREAMING, 'wait'], -EBUSY],
    [[...STREAMING, 'wait', 'done'], -EBUSY],
    [[...STREAMING, 'done', 'done', 'take', 'take'], -EAGAIN],
  ])('behind %j answers %d', (events, answer) => {
    expect(looks(...events)).toBe(answer);
  });
});

test.each<readonly Name[]>([
  ['start'],
  ['streamOn'],
  ['allocate', 'start', 'give', 'start.failed'],
  ['allocate', 'start', 'give', 'give'],
  [...STREAMING, 'back'],
  [...STREAMING, 'take'],
  [...STREAMING, 'stop', 'cancel'],
  [...STREAMING, 'done', 'done', 'stop', 'cancel', 'clear', 'release'],
  [...STREAMING, 'release'],
  [...STREAMING, 'allocate'],
  [...STREAMING, 'wait', 'wait'],
  ['allocate', 'streamOn', 'error', 'start'],
])('forbids the end of %s %s %s %s %s %s %s %s %s %s', (...events) => {
  const [last] = events.slice(-1);
  expect(after(...events.slice(0, -1))).not.toBeNull();
  expect(after(...events), last).toBeNull();
});

test('stream-off ends what there was, and begins anew', () => {
  const before = after('allocate', 'allocate');
  const events: readonly Name[] = [...STREAMING, 'done', 'take.last', 'error', 'stop', 'done'];
  expect(after(...events, ...OFF.slice(1))).toBe(before);
});
