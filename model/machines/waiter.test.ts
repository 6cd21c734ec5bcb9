import { expect, test } from 'vitest';
import { ERESTARTSYS } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import { waiterMachine } from './waiter.ts';

function follow(timeout: number, ...events: readonly EventName[]): Follower {
  const waiter = new Follower(waiterMachine());
  waiter.take('begin', timeout);
  return waiter.takeAll(...events);
}

const allowed = (waiter: Follower): readonly EventName[] =>
  EVENTS.waiter.filter((name) => waiter.step(name) !== null);

test('a wait without time looks once and never sleeps', () => {
  const waiter = follow(0);
  expect(allowed(waiter)).toEqual(['end.done', 'end.timedOut', 'end.interrupted']);
  expect(waiter.step('end.done')?.returns).toBe('positive');
  expect(waiter.step('end.timedOut')?.returns).toBe(0);
  expect(waiter.step('end.interrupted')?.returns).toBe(-ERESTARTSYS);
});

test('a wait with time never times out before it slept', () => {
  expect(allowed(follow(1))).toEqual(['link', 'end.done', 'end.interrupted']);
});

test('a sleeper does nothing before it is woken', () => {
  const waiter = follow(1, 'link', 'sleep');
  expect(waiter.view).toEqual({ state: 'linked', context: { asleep: true } });
  expect(allowed(waiter)).toEqual(['wake']);
});

test('a spurious wake-up continues the wait', () => {
  const waiter = follow(1, 'link', 'sleep', 'wake', 'sleep', 'wake');
  expect(waiter.take('end.done')).toBe('positive');
  expect(allowed(waiter)).toEqual([]);
});

test('a wait that takes its own node back has failed', () => {
  expect(allowed(follow(1, 'link', 'sleep', 'wake', 'unlink'))).toEqual([
    'end.timedOut',
    'end.interrupted',
  ]);
});

test('a waiter that has linked its node sleeps first', () => {
  expect(allowed(follow(1, 'link'))).toEqual(['sleep']);
});
