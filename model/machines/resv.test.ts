import { expect, test } from 'vitest';
import { ENOMEM, ERESTARTSYS } from '../errno.ts';
import { Follower } from '../follower.ts';
import type { ModelEvent } from '../lifecycle.ts';
import { unboundedLifecycle } from '../lifecycles.ts';

const WRITE = 1;
const READ = 2;
const BOOKKEEP = 3;

/** Fences by number: 0 and 1 of one context in order, 2 of another. */
const FENCES = [
  { fence: 0, context: 1, seqno: 1 },
  { fence: 1, context: 1, seqno: 2 },
  { fence: 2, context: 2, seqno: 1 },
] as const;

const add = (fence: 0 | 1 | 2, usage: number): ModelEvent => ({
  type: 'add',
  ...FENCES[fence],
  detail: usage,
});
const signaled = (fence: number): ModelEvent => ({ type: 'fenceSignaled', fence });

/** A locked object with slots reserved. */
function follow({ slots = 4, lockProving = true } = {}): Follower {
  const resv = new Follower(unboundedLifecycle('resv', { lockProving }));
  resv.takeAll('init', 'lock');
  if (slots > 0) resv.take('reserve', slots);
  return resv;
}

const count = (resv: Follower): unknown => resv.view.context['count'];
const max = (resv: Follower): unknown => resv.view.context['max'];

test('a fresh object is unlocked and has no list', () => {
  const resv = new Follower(unboundedLifecycle('resv', { lockProving: true })).takeAll('init');
  expect(resv.view).toEqual({ state: 'unlocked', context: { count: 0, max: 0 } });
  expect(resv.take('lock')).toBe(0);
  expect(resv.step('lock')).toBeNull();
});

test('only the holder of the lock reserves and adds', () => {
  const resv = follow().takeAll('unlock');
  expect(resv.step('reserve', 1)).toBeNull();
  expect(resv.step(add(0, WRITE))).toBeNull();
});

test('the first list has four slots, or as many as the next power of two', () => {
  expect(max(follow({ slots: 1 }))).toBe(4);
  expect(max(follow({ slots: 4 }))).toBe(4);
  expect(max(follow({ slots: 5 }))).toBe(8);
});

test('room that is there is not made again', () => {
  const resv = follow();
  expect(resv.take('reserve', 4)).toBe(0);
  expect(max(resv)).toBe(4);
  expect(resv.step('reserve.failed', 4)).toBeNull();
  expect(resv.take('reserve.failed', 5)).toBe(-ENOMEM);
  expect(resv.take('reserve', 5)).toBe(0);
  expect(max(resv)).toBe(8);
});

test('nothing is added without a slot', () => {
  expect(follow({ slots: 0 }).step(add(0, WRITE))).toBeNull();
});

test('a later fence of the same context takes the slot', () => {
  const resv = follow().takeAll(add(0, WRITE), add(1, WRITE));
  expect(count(resv)).toBe(1);
});

test('an earlier fence of the same context does not', () => {
  const resv = follow().takeAll(add(1, WRITE), add(0, WRITE));
  expect(count(resv)).toBe(2);
});

test('a weaker usage does not replace, a stronger one does', () => {
  expect(count(follow().takeAll(add(0, WRITE), add(1, READ)))).toBe(2);
  expect(count(follow().takeAll(add(0, BOOKKEEP), add(1, READ)))).toBe(1);
});

test('the same fence again leaves one entry, unless an earlier slot takes it', () => {
  expect(count(follow().takeAll(add(0, READ), add(0, READ)))).toBe(1);
  expect(count(follow().takeAll(add(0, BOOKKEEP), add(0, READ)))).toBe(1);
  const resv = follow().takeAll(add(2, READ), add(0, READ), signaled(2), add(0, READ));
  expect(count(resv)).toBe(2);
});

test('a signaled slot is reused by whatever comes', () => {
  const resv = follow().takeAll(add(0, WRITE), signaled(0), add(2, READ));
  expect(count(resv)).toBe(1);
});

test('growing drops what is signaled, having room does not', () => {
  const resv = follow().takeAll(add(0, WRITE), add(2, WRITE), signaled(0));
  resv.take('reserve', 1);
  expect(count(resv)).toBe(2);
  resv.take('reserve', 3);
  expect(resv.view.context).toEqual({ count: 1, max: 8 });
});

test('a kernel that proves locks takes back unused slots at unlock', () => {
  const events = [add(0, WRITE), 'unlock', 'lock'] as const;
  const proving = follow().takeAll(...events);
  expect(max(proving)).toBe(1);
  expect(proving.step(add(2, WRITE))).toBeNull();
  const stock = follow({ lockProving: false }).takeAll(...events);
  expect(max(stock)).toBe(4);
  expect(stock.step(add(2, WRITE))).not.toBeNull();
});

test('a list that is full still takes what replaces', () => {
  const resv = follow().takeAll(add(0, WRITE), 'unlock', 'lock', add(1, WRITE));
  expect(resv.view.context).toEqual({ count: 1, max: 1 });
});

test('a fence in two slots may be found pending in one and signaled in the next', () => {
  const resv = follow().takeAll(add(0, WRITE), add(0, READ), {
    type: 'slotSignaled',
    detail: 1,
  });
  resv.take('reserve', 3);
  expect(count(resv)).toBe(1);
  expect(resv.step('slotSignaled', 1)).toBeNull();
});

test('a fence that was signaled is known when it is added again', () => {
  const resv = follow().takeAll(add(0, WRITE), signaled(0), add(2, WRITE), add(0, WRITE));
  expect(count(resv)).toBe(2);
  resv.take(add(1, BOOKKEEP));
  expect(count(resv)).toBe(2);
});

test('a fence that signaled before it was added is reused by whatever comes', () => {
  const resv = follow().takeAll(signaled(0), add(0, WRITE), add(2, BOOKKEEP));
  expect(count(resv)).toBe(1);
});

test('waits and tests need no lock', () => {
  const used = (): Follower => follow().takeAll(add(0, WRITE));
  for (const resv of [used(), used().takeAll('unlock')]) {
    expect(resv.step('wait.done')?.returns).toBe('positive');
    expect(resv.step('wait.timedOut')?.returns).toBe(0);
    expect(resv.step('wait.interrupted')?.returns).toBe(-ERESTARTSYS);
    expect(resv.step('test', READ)?.returns).toBe('any');
  }
});

test('without a pending fence a wait has nothing to wait for', () => {
  const resv = follow();
  expect(resv.step('wait.done')?.returns).toBe('positive');
  expect(resv.step('wait.timedOut')).toBeNull();
  expect(resv.step('wait.interrupted')).toBeNull();
});

test('a fence signals once', () => {
  const signaled = { type: 'fenceSignaled', fence: 0 } as const;
  expect(follow().takeAll(signaled).step(signaled)).toBeNull();
});

test('an object ends unlocked, with whatever it holds', () => {
  const resv = follow().takeAll(add(0, WRITE));
  expect(resv.step('fini')).toBeNull();
  resv.takeAll('unlock', 'fini');
  expect(resv.step('lock')).toBeNull();
  expect(resv.step('wait.done')).toBeNull();
});

const replace = (fence: 0 | 1 | 2, usage: number): ModelEvent => ({
  ...add(fence, usage),
  type: 'replace',
});
const take = (fence: 0 | 1 | 2, usage: number): ModelEvent => ({
  ...add(fence, usage),
  type: 'copy.take',
});

test('every slot of a context is replaced, with one fence, before the replacement ends', () => {
  const resv = follow().takeAll(add(1, WRITE), add(2, WRITE), add(0, WRITE));
  resv.take('replace.begin', 1);
  expect(resv.step('replace.end')).toBeNull();
  expect(resv.step('unlock')).toBeNull();
  resv.take(replace(2, READ));
  expect(resv.step('replace.end')).toBeNull();
  expect(resv.step(replace(0, READ))).toBeNull();
  expect(resv.step(replace(2, WRITE))).toBeNull();
  resv.take(replace(2, READ));
  expect(resv.step(replace(2, READ))).toBeNull();
  resv.takeAll('replace.end', 'unlock');
  expect(count(resv)).toBe(3);
});

test('a context that is not there is replaced by nothing', () => {
  const resv = follow().takeAll(add(2, WRITE));
  resv.take('replace.begin', 7);
  expect(resv.step(replace(0, READ))).toBeNull();
  resv.takeAll('replace.end', add(0, READ));
  expect(count(resv)).toBe(2);
});

test('a copy is seen when it is published, and promises nothing besides', () => {
  const resv = follow().takeAll(add(0, WRITE), 'copy.begin', take(2, READ));
  expect(resv.view.context).toEqual({ count: 1, max: 4 });
  expect(resv.step('unlock')).toBeNull();
  expect(resv.step('copy.failed')).toBeNull();
  expect(resv.step('copy', 0)).toBeNull();
  expect(resv.take('copy', 1)).toBe(0);
  expect(resv.view.context).toEqual({ count: 1, max: 1 });
  expect(resv.step(add(0, WRITE))).toBeNull();
});

test('a copy that begins anew takes everything again, or fails', () => {
  const resv = follow().takeAll('copy.begin', take(2, READ), 'copy.restart');
  expect(resv.step('copy', 0)).toBeNull();
  expect(resv.step('copy.failed')?.returns).toBe(-ENOMEM);
  resv.takeAll(take(2, READ), take(0, WRITE));
  expect(resv.take('copy', 3)).toBe(0);
  expect(resv.view.context).toEqual({ count: 2, max: 3 });
});

test('a copy leaves out what had signaled before, and of nothing it makes no list', () => {
  const resv = follow().takeAll(add(0, WRITE), signaled(0), 'copy.begin');
  expect(resv.step(take(0, WRITE))).toBeNull();
  expect(resv.take('copy', 0)).toBe(0);
  expect(resv.view.context).toEqual({ count: 0, max: 0 });
  expect(resv.step(add(1, WRITE))).toBeNull();
});

test('a walk gives nothing on a list where nothing was pending', () => {
  const resv = follow();
  expect(resv.step('walk.restart')).not.toBeNull();
  expect(resv.step('walk.visit', 0)).toBeNull();
  resv.take(add(0, WRITE));
  expect(resv.step('walk.visit', 0)).not.toBeNull();
});
