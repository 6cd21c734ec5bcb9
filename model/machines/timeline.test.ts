import { expect, test } from 'vitest';
import { Follower } from '../follower.ts';
import { timelineMachine } from './timeline.ts';

/** An open timeline with points that wait. */
function follow(...points: readonly number[]): Follower {
  const timeline = new Follower(timelineMachine({ valueMax: Infinity, pointsMax: Infinity }));
  timeline.take('open');
  for (const point of points) timeline.take('create.pending', point);
  return timeline;
}

test('a point is born signaled when its value is not ahead', () => {
  const timeline = follow();
  expect(timeline.step('create.pending', 0)).toBeNull();
  expect(timeline.step('create.signaled', 0)).not.toBeNull();
  expect(timeline.step('create.signaled', 1)).toBeNull();
  expect(timeline.step('create.pending', 1)).not.toBeNull();
});

test('half the range ahead and more counts as past', () => {
  const timeline = follow();
  expect(timeline.step('create.pending', 0x7fffffff)).not.toBeNull();
  expect(timeline.step('create.pending', 0x80000000)).toBeNull();
  expect(timeline.step('create.signaled', 0x80000000)).not.toBeNull();
});

test('an equal point is shared, unless it is dying', () => {
  expect(follow(2).step('create.shared', 2)).not.toBeNull();
  expect(follow(2).step('create.shared', 1)).toBeNull();
  expect(follow(2).step('create.pending', 2)).not.toBeNull();
});

test('due points are signaled in ascending order, each taken off the list before', () => {
  const timeline = follow(3, 1, 2);
  timeline.take('advance', 2);
  expect(timeline.view).toEqual({ state: 'open', context: { value: 2, listed: 3 } });
  expect(timeline.step('signalPoint', 1)).toBeNull();
  timeline.take('unlist', 1);
  timeline.take('signalPoint', 1);
  timeline.take('unlist', 2);
  timeline.take('signalPoint', 2);
  expect(timeline.view.context['listed']).toBe(1);
  expect(timeline.step('signalPoint', 3)).toBeNull();
});

test('a point is not signaled after a later one', () => {
  const timeline = follow(1, 2);
  timeline.take('advance', 2);
  expect(timeline.step('unlist', 2)).toBeNull();
  timeline.take('unlist', 1);
  timeline.take('unlist', 2);
  expect(timeline.step('signalPoint', 1)).toBeNull();
  expect(timeline.step('signalPoint', 2)).not.toBeNull();
});

test('nobody takes the lock before the last due point is off the list', () => {
  const timeline = follow(1, 2);
  timeline.take('advance', 2);
  timeline.take('unlist', 1);
  for (const event of ['advance', 'create.signaled'] as const) {
    expect(timeline.step(event, 0)).toBeNull();
  }
  expect(timeline.step('close')).toBeNull();
  timeline.take('unlist', 2);
  expect(timeline.step('advance', 0)).not.toBeNull();
});

test('a point that is not due is never signaled', () => {
  const timeline = follow(1, 2);
  timeline.take('advance', 1);
  expect(timeline.step('unlist', 2)).toBeNull();
  timeline.take('unlist', 1);
  timeline.take('unlist', 2);
  expect(timeline.step('signalPoint', 2)).toBeNull();
});

test('the value wraps, and order wraps with it', () => {
  const timeline = follow();
  timeline.take('advance', 0x7fffffff);
  timeline.take('advance', 0x7fffffff);
  timeline.take('advance', 1);
  expect(timeline.view.context['value']).toBe(0xffffffff);
  timeline.take('create.pending', 0);
  timeline.take('advance', 1);
  expect(timeline.view.context['value']).toBe(0);
  timeline.take('unlist', 0);
  expect(timeline.step('signalPoint', 0)).not.toBeNull();
});

test('one step is at most half the range', () => {
  expect(follow().step('advance', 0x80000000)).toBeNull();
  expect(follow().step('advance', 0)).not.toBeNull();
});

test('closing fails what waits, in list order, and leaves it on the list', () => {
  const timeline = follow(2, 1);
  timeline.take('close');
  timeline.take('failPoint', 1);
  expect(timeline.step('failPoint', 1)).toBeNull();
  timeline.take('failPoint', 2);
  expect(timeline.view).toEqual({ state: 'closed', context: { value: 0, listed: 2 } });
  expect(timeline.step('free')).toBeNull();
  timeline.take('unlist', 1);
  timeline.take('unlist', 2);
  expect(timeline.step('free')).not.toBeNull();
});

test('a closed timeline takes no request', () => {
  const timeline = follow(1).takeAll('close');
  expect(timeline.step('advance', 1)).toBeNull();
  expect(timeline.step('create.pending', 2)).toBeNull();
  expect(timeline.step('close')).toBeNull();
});
