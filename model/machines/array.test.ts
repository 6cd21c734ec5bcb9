import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import type { ModelEvent } from '../lifecycle.ts';
import { arrayMachine } from './array.ts';

const EIO = 5;

function all(children: number, ...events: readonly (EventName | ModelEvent)[]): Follower {
  const array = new Follower(arrayMachine({ childrenMax: Infinity, errors: [] }));
  array.take('init', children);
  return array.takeAll(...events);
}

function any(children: number, ...events: readonly (EventName | ModelEvent)[]): Follower {
  const array = new Follower(arrayMachine({ childrenMax: Infinity, errors: [] }));
  array.take('init.any', children);
  return array.takeAll(...events);
}

const failed: ModelEvent = { type: 'record', detail: -EIO };

test('the counter starts at the number of children, or at 1', () => {
  expect(all(3).view).toEqual({ state: 'pending', context: { pending: 3, error: 1 } });
  expect(any(3).view).toEqual({ state: 'pending', context: { pending: 1, error: 1 } });
});

test('the last child queues the work, and the work completes', () => {
  const array = all(2, 'arm', 'watch', 'watch', 'armed');
  expect(array.take('countDown')).toBe(0);
  expect(array.take('countDown')).toBe(1);
  array.take('queueWork');
  expect(array.view).toEqual({ state: 'completing', context: { pending: 0, error: 1 } });
  array.takeAll('work', 'clearError', 'complete');
  expect(array.view).toEqual({ state: 'done', context: { pending: 0, error: 0 } });
});

test('an array does not complete while its marker stands', () => {
  expect(all(1, 'arm', 'watch', 'armed', 'countDown').step('complete')).toBeNull();
});

test('a walk over finished children completes the array itself', () => {
  const array = all(2, 'arm', 'refuse');
  expect(array.step('watch')).toBeNull();
  expect(array.take('countDown.inline')).toBe(0);
  array.take('refuse');
  expect(array.take('countDown.inline')).toBe(1);
  expect(array.step('armed')).toBeNull();
  expect(array.step('queueWork')).toBeNull();
  array.takeAll('clearError', 'complete');
  expect(array.view.state).toBe('done');
});

test('in any-mode a walk stops at the first finished child', () => {
  const array = any(2, 'arm', 'refuse', 'countDown.inline');
  expect(array.step('watch')).toBeNull();
  expect(array.step('refuse')).toBeNull();
});

test('a child that finishes during the walk does not stop it', () => {
  const array = any(2, 'arm', 'watch');
  expect(array.take('countDown')).toBe(1);
  array.takeAll('queueWork', 'watch', 'armed');
  expect(array.take('countDown')).toBe(0);
  expect(array.view.context['pending']).toBe(-1);
});

test('the first error wins, and none is recorded after the marker was cleared', () => {
  const array = all(2, 'arm', 'watch', 'watch', 'armed', failed);
  expect(array.view.context['error']).toBe(-EIO);
  expect(array.step(failed)).toBeNull();
  expect(array.step('clearError')).toBeNull();
  expect(
    any(2, 'arm', 'watch', 'watch', 'armed', 'countDown', 'clearError').step(failed),
  ).toBeNull();
});

test('nothing is recorded before a child is watched or refused', () => {
  expect(all(1).step(failed)).toBeNull();
  expect(all(1, 'arm').step(failed)).toBeNull();
  expect(all(1, 'arm', 'refuse').step(failed)).not.toBeNull();
});

test('no more children count down than are watched', () => {
  expect(all(2, 'arm', 'watch', 'countDown').step('countDown')).toBeNull();
});

test('a watched child or queued work keeps the array alive', () => {
  expect(any(2, 'arm', 'watch', 'watch', 'armed', 'countDown').step('free')).toBeNull();
  const array = all(1, 'arm', 'watch', 'armed', 'countDown', 'queueWork');
  expect(array.step('free')).toBeNull();
  array.takeAll('work', 'clearError');
  expect(array.step('free')).toBeNull();
  array.take('complete');
  expect(array.step('free')).not.toBeNull();
  expect(all(2).step('free')).not.toBeNull();
});

test('the walk holds the lock: nothing completes or frees the array before its end', () => {
  const array = all(2, 'clearError', 'arm');
  expect(array.step('complete')).toBeNull();
  expect(array.step('free')).toBeNull();
});

test('behind the last child comes the end of the walk', () => {
  const array = all(1, 'arm', 'watch');
  for (const event of ['countDown', 'clearError'] as const) expect(array.step(event)).toBeNull();
  expect(array.step('poll', 0)).toBeNull();
  expect(array.step('armed')).not.toBeNull();
});

test('no child is watched once a poll has seen all of them done', () => {
  expect(all(2, 'clearError', 'arm').step('watch')).toBeNull();
  expect(any(2, 'clearError', 'arm').step('watch')).not.toBeNull();
});

test('a poll finds an array done only after it cleared the marker', () => {
  const array = all(1);
  expect(array.step('poll', 1)).toBeNull();
  expect(array.take('poll', 0)).toBe(0);
  array.take('clearError');
  expect(array.take('poll', 1)).toBe(1);
});

test('a poll may complete the array before the work runs', () => {
  const array = all(1, 'arm', 'watch', 'armed', 'countDown', 'queueWork', 'clearError', 'complete');
  expect(array.view.state).toBe('done');
  expect(array.step('work')).not.toBeNull();
});

test('an array is armed once', () => {
  expect(all(0, 'arm', 'armed').step('arm')).toBeNull();
});
