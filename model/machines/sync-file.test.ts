import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import { syncFileMachine } from './sync-file.ts';

function follow(...events: readonly EventName[]): Follower {
  return new Follower(syncFileMachine()).takeAll(...events);
}

test('the first poll tries the callback, and no other does', () => {
  const file = follow('create');
  expect(file.step('poll', 0)).toBeNull();
  file.takeAll('attempt', 'watch');
  expect(file.view).toEqual({ state: 'attempted', context: { watching: true } });
  expect(file.step('attempt')).toBeNull();
  expect(file.take('poll', 0)).toBe(0);
});

test('a second poller may be faster than the one that tries', () => {
  expect(follow('create', 'attempt').take('poll', 0)).toBe(0);
});

test('a poll reports one bit or nothing', () => {
  const file = follow('create', 'attempt', 'refused');
  expect(file.take('poll', 1)).toBe(1);
  expect(file.step('poll', 4)).toBeNull();
  expect(file.step('poll', 5)).toBeNull();
});

test('sleepers are woken once, and only by a callback that was installed', () => {
  expect(follow('create', 'attempt').step('wake')).toBeNull();
  expect(follow('create', 'attempt', 'refused').step('wake')).toBeNull();
  const file = follow('create', 'attempt', 'watch', 'wake');
  expect(file.view.context['watching']).toBe(false);
  expect(file.step('wake')).toBeNull();
});

test('the callback may still run while the file is released, and never after', () => {
  const released = follow('create', 'attempt', 'watch', 'release');
  expect(released.step('wake')).not.toBeNull();
  released.take('free');
  expect(released.view.context['watching']).toBe(false);
  expect(released.step('wake')).toBeNull();
});

test('nothing is asked of a released file', () => {
  const file = follow('create', 'release');
  expect(file.step('attempt')).toBeNull();
  expect(file.step('poll', 0)).toBeNull();
  expect(file.step('release')).toBeNull();
});

test('a poll that tries the callback keeps the file open', () => {
  expect(follow('create', 'attempt').step('release')).toBeNull();
  expect(follow('create', 'attempt', 'watch').step('release')).not.toBeNull();
});
