import { expect, test } from 'vitest';
import { Follower } from '../follower.ts';
import { gpuMachine } from './gpu.ts';

const FLUSH = 1;
const INTERRUPT = 2;

/** An engine with power and some commands to execute. */
function follow(commands = 0): Follower {
  const gpu = new Follower(gpuMachine({ pendingMax: Infinity, batchMax: Infinity }));
  gpu.take('powerOn');
  gpu.take('doorbell', commands);
  return gpu;
}

test('an idle engine with equal pointers stays idle', () => {
  const gpu = follow();
  expect(gpu.view).toEqual({ state: 'idle', context: { pending: 0, batch: 0 } });
  expect(gpu.step('fetch')).toBeNull();
});

test('commands are fetched, decoded and executed one after the other', () => {
  const gpu = follow(2).takeAll('fetch', 'decode.plain', 'line', 'line', 'finish');
  expect(gpu.view).toEqual({ state: 'fetch', context: { pending: 1, batch: 0 } });
  gpu.takeAll('fetch', 'decode.plain', 'finish');
  expect(gpu.view.state).toBe('idle');
});

test('a doorbell in the middle of a command is seen when it is done', () => {
  const gpu = follow(1).takeAll('fetch', 'decode.plain');
  gpu.take('doorbell', 2);
  expect(gpu.view).toEqual({ state: 'exec', context: { pending: 2, batch: 0 } });
  gpu.take('finish');
  expect(gpu.view.state).toBe('fetch');
});

test('a write pointer that falls behind is a ring with almost 2^32 commands', () => {
  const gpu = follow(1).takeAll('fetch', 'decode.plain');
  gpu.take('doorbell', 0);
  gpu.take('finish');
  expect(gpu.view).toEqual({ state: 'fetch', context: { pending: 0xffffffff, batch: 0 } });
});

test('the read pointer advances when the last command of a buffer is done', () => {
  const gpu = follow(1).takeAll('fetch');
  gpu.take('decode.batch', 2);
  gpu.takeAll('fetch', 'decode.plain', 'finish');
  expect(gpu.view).toEqual({ state: 'fetch', context: { pending: 1, batch: 1 } });
  gpu.takeAll('fetch', 'decode.plain', 'finish');
  expect(gpu.view.state).toBe('idle');
});

test('a buffer does not name another one', () => {
  const gpu = follow(1).takeAll('fetch');
  gpu.take('decode.batch', 1);
  gpu.take('fetch');
  expect(gpu.step('decode.batch', 1)).toBeNull();
  gpu.take('decode.bad');
  expect(gpu.view.state).toBe('faulted');
});

test('a fence flushes, writes, sets its status and raises, in this order', () => {
  const gpu = follow(1).takeAll('fetch');
  gpu.take('decode.fence', FLUSH | INTERRUPT);
  for (const early of ['fence.write', 'fence.status', 'fence.raise', 'finish'] as const) {
    expect(gpu.step(early)).toBeNull();
  }
  gpu.takeAll('fence.flush', 'fence.write');
  expect(gpu.step('finish')).toBeNull();
  gpu.takeAll('fence.status', 'fence.raise', 'finish');
  expect(gpu.view.state).toBe('idle');
});

test('without flags a fence only writes', () => {
  const gpu = follow(1).takeAll('fetch');
  gpu.take('decode.fence', 0);
  expect(gpu.step('fence.flush')).toBeNull();
  gpu.take('fence.write');
  expect(gpu.step('fence.status')).toBeNull();
  gpu.take('finish');
});

test('a stalled engine goes on when the value is there', () => {
  const gpu = follow(2).takeAll('fetch', 'decode.wait', 'stall');
  expect(gpu.view.state).toBe('stalled');
  expect(gpu.step('hang')).toBeNull();
  gpu.take('finish');
  expect(gpu.view.state).toBe('fetch');
});

test.each(['hang', 'abort'] as const)('after %s nothing but a reset helps', (end) => {
  const gpu = follow(2).takeAll('fetch', 'decode.plain', 'line', end);
  for (const step of ['line', 'finish', 'fetch'] as const) expect(gpu.step(step)).toBeNull();
  expect(gpu.step('doorbell', 3)).toBeNull();
  gpu.takeAll('doorbell.dropped', 'reset');
  expect(gpu.step('doorbell', 1)).toBeNull();
  gpu.takeAll('reset', 'resetDone');
  expect(gpu.view).toEqual({ state: 'idle', context: { pending: 0, batch: 0 } });
});

test('without power nothing happens, and a device that is gone stays away', () => {
  const gpu = follow(1).takeAll('powerOff', 'doorbell.dropped');
  expect(gpu.step('doorbell', 1)).toBeNull();
  expect(gpu.step('reset')).toBeNull();
  gpu.takeAll('powerOn', 'unplug');
  for (const late of ['powerOn', 'reset', 'unplug', 'doorbell.dropped'] as const) {
    expect(gpu.step(late)).toBeNull();
  }
});
