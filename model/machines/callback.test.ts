import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import { callbackMachine } from './callback.ts';

function follow(...events: readonly EventName[]): Follower {
  return new Follower(callbackMachine({ callsMax: Infinity })).takeAll(...events);
}

test('an accepted callback runs once', () => {
  const callback = follow('add', 'run');
  expect(callback.view).toEqual({ state: 'unlinked', context: { calls: 1 } });
  expect(callback.step('run')).toBeNull();
  expect(follow('add', 'run', 'ran').step('run')).toBeNull();
});

test('a refused callback never runs, and removing it misses', () => {
  const callback = follow('refuse');
  expect(callback.step('run')).toBeNull();
  expect(callback.step('remove')).toBeNull();
  expect(callback.step('miss')).not.toBeNull();
});

test('a removed callback never runs', () => {
  expect(follow('add', 'remove').step('run')).toBeNull();
});

test('a remover misses only after the function has returned', () => {
  expect(follow('add', 'run').step('miss')).toBeNull();
  expect(follow('add', 'run', 'ran').step('miss')).not.toBeNull();
});

test('a linked callback is neither missed nor added again', () => {
  const callback = follow('add');
  expect(callback.step('miss')).toBeNull();
  expect(callback.step('add')).toBeNull();
  expect(callback.step('refuse')).toBeNull();
});

test('a node that was never added is not removed', () => {
  expect(follow().step('miss')).toBeNull();
  expect(follow().step('remove')).toBeNull();
});

test('a function may add its own node again while it runs', () => {
  const callback = follow('add', 'run', 'add');
  expect(callback.view).toEqual({ state: 'linked', context: { calls: 1 } });
  callback.takeAll('run', 'ran', 'ran');
  expect(callback.view).toEqual({ state: 'unlinked', context: { calls: 2 } });
  expect(callback.step('ran')).toBeNull();
});
