import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import { pollSlotMachine } from './poll-slot.ts';

function follow(...events: readonly EventName[]): Follower {
  return new Follower(pollSlotMachine()).takeAll(...events);
}

test('a direction is armed once, however many poll', () => {
  const slot = follow('claim', 'arm', 'busy', 'busy');
  expect(slot.view.state).toBe('active');
  expect(slot.step('claim')).toBeNull();
  expect(slot.step('arm')).toBeNull();
});

test('nobody polls between a claim and what comes of it', () => {
  expect(follow('claim').step('busy')).toBeNull();
  expect(follow('claim').step('claim')).toBeNull();
});

test('it is called back once, and only when it is armed', () => {
  expect(follow('claim').step('signaled')).toBeNull();
  const slot = follow('claim', 'arm', 'signaled');
  expect(slot.step('signaled')).toBeNull();
  slot.takeAll('release');
  expect(slot.view.state).toBe('inactive');
  expect(slot.step('signaled')).toBeNull();
});

test('with nothing pending it wakes, and is free again', () => {
  const slot = follow('claim', 'idle');
  expect(slot.view.state).toBe('active');
  slot.takeAll('release', 'claim', 'arm');
  expect(slot.step('idle')).toBeNull();
});

test('a buffer with an armed direction does not go', () => {
  expect(follow('claim', 'arm').step('free')).toBeNull();
  expect(follow('claim', 'arm', 'signaled').step('free')).toBeNull();
  const slot = follow('claim', 'arm', 'signaled', 'release', 'free');
  expect(slot.step('claim')).toBeNull();
});
