import { expect, test } from 'vitest';
import { Follower } from '../follower.ts';
import { dmaEngineMachine } from './dma-engine.ts';

/** An engine in the middle of a job. */
function follow(bursts: number): Follower {
  const engine = new Follower(dmaEngineMachine({ burstsMax: Infinity }));
  engine.takeAll('start');
  engine.take('latch', bursts);
  return engine;
}

test('each burst is read, then written', () => {
  const engine = follow(2);
  expect(engine.view).toEqual({ state: 'copy', context: { bursts: 2 } });
  expect(engine.step('write')).toBeNull();
  engine.takeAll('read', 'write');
  expect(engine.step('write')).toBeNull();
  engine.takeAll('read', 'write');
  expect(engine.view.state).toBe('drain');
});

test('a job without lines has nothing to copy', () => {
  const engine = follow(0);
  expect(engine.step('read')).toBeNull();
  engine.take('drain');
});

test('the count comes before the interrupt, and both after the data', () => {
  const engine = follow(1).takeAll('read', 'write');
  for (const early of ['publish', 'raise', 'ack'] as const) expect(engine.step(early)).toBeNull();
  engine.take('drain');
  expect(engine.view.state).toBe('done');
  expect(engine.step('raise')).toBeNull();
  engine.takeAll('publish', 'raise', 'ack');
  expect(engine.view.state).toBe('idle');
});

test('who takes note early does not stop what is to come', () => {
  const engine = follow(0).takeAll('drain', 'ack');
  expect(engine.view.state).toBe('done');
  expect(engine.step('ack')).toBeNull();
  engine.takeAll('publish', 'raise');
  expect(engine.view.state).toBe('idle');
});

test('a busy engine takes no job', () => {
  const engine = follow(1).takeAll('start.dropped', 'refuse');
  expect(engine.step('start')).toBeNull();
  engine.takeAll('read', 'write', 'drain');
  expect(engine.step('refuse')).toBeNull();
});

test('an error is left by taking note of it, or by a reset', () => {
  const engine = follow(2).takeAll('read', 'write', 'partial.error');
  expect(engine.step('read')).toBeNull();
  engine.takeAll('ack', 'start', 'abort', 'reset');
  expect(engine.view.state).toBe('idle');
});

test('who stops early may say that all went well', () => {
  expect(follow(2).takeAll('read', 'partial.silent').view.state).toBe('drain');
});

test('only a reset ends a hang', () => {
  const engine = follow(2).takeAll('read', 'hang', 'start.dropped', 'refuse');
  for (const step of ['write', 'ack', 'drain'] as const) expect(engine.step(step)).toBeNull();
  engine.take('reset');
  expect(engine.view.state).toBe('idle');
});

test('an engine that is gone stays away', () => {
  const engine = follow(1).takeAll('unplug');
  for (const late of ['reset', 'start', 'unplug'] as const) expect(engine.step(late)).toBeNull();
});
