import { expect, test } from 'vitest';
import { EDEADLK, EINVAL, ENOENT, ERESTARTSYS } from '../errno.ts';
import { EVENTS } from '../events.ts';
import type { EventName, EventOf } from '../events.ts';
import { Follower } from '../follower.ts';
import { unboundedLifecycle } from '../lifecycles.ts';
import { fenceMachine } from './fence.ts';

const ENABLED = ['init', 'enable', 'enableSignaling.armed'] as const;
const SIGNALED = ['init', 'signal', 'stamp'] as const;

function follow(...events: readonly EventName[]): Follower {
  return new Follower(unboundedLifecycle('fence', { lockProving: true })).takeAll(...events);
}

/** Of all events of a fence, those that are allowed now; payload tried where there is any. */
function allowed(fence: Follower): readonly EventName[] {
  return EVENTS.fence.filter((name) => {
    const details = name === 'removeCallback' ? [0, 1] : name === 'setError' ? [-5, -EDEADLK] : [];
    return [undefined, ...details].some((detail) => fence.step(name, detail) !== null);
  });
}

test('a new fence has one reference and nothing else', () => {
  expect(follow('init').view).toEqual({
    state: 'pending',
    context: { enabled: false, references: 1, callbacks: 0, error: 0 },
  });
});

test('nothing but its birth can happen to a fence that is not born', () => {
  expect(allowed(follow())).toEqual(['init']);
});

test('of two signals the first succeeds and the second has no effect', () => {
  const fence = follow('init');
  expect(fence.take('signal')).toBe(0);
  fence.take('stamp');
  const before = fence.view;
  expect(fence.take('signal')).toBe(-EINVAL);
  expect(fence.view).toEqual(before);
});

test('between the flag and the time stamp only what takes no lock gets through', () => {
  const fence = follow('init', 'get', 'signal');
  expect(fence.view.state).toBe('signaling');
  expect(allowed(fence)).toEqual<EventOf<'fence'>[]>([
    'get',
    'getRcu.taken',
    'put',
    'setError',
    'stamp',
    'addCallback',
    'poll',
    'setDeadline',
  ]);
  expect(fence.take('addCallback')).toBe(-ENOENT);
  expect(fence.take('poll')).toBe(1);
});

test('a callback is accepted while pending, and refused once signaled', () => {
  const fence = follow(...ENABLED);
  expect(fence.take('addCallback')).toBe(0);
  expect(fence.view.context['callbacks']).toBe(1);
  expect(fence.take('signal')).toBe(0);
  expect(fence.view.context['callbacks']).toBe(0);
  fence.take('stamp');
  expect(fence.take('addCallback')).toBe(-ENOENT);
});

test('a callback is not accepted before signalling was enabled', () => {
  expect(follow('init').step('addCallback')).toBeNull();
});

test('an issuer without an op to enable accepts callbacks at once', () => {
  expect(follow('init', 'enable').take('addCallback')).toBe(0);
});

test('an issuer that refuses leaves nothing but the signal', () => {
  const fence = follow('init', 'enable', 'enableSignaling.refused');
  expect(fence.step('addCallback')).toBeNull();
  expect(fence.step('wait.link')).toBeNull();
  expect(fence.take('signal')).toBe(0);
  fence.take('stamp');
  expect(fence.take('addCallback')).toBe(-ENOENT);
});

test('an issuer is asked to arm at most once, and never after the signal', () => {
  expect(follow(...ENABLED, 'enable').step('enableSignaling.armed')).toBeNull();
  const late = follow(...SIGNALED, 'enable');
  expect(late.view.context['enabled']).toBe(true);
  expect(late.step('enableSignaling.armed')).toBeNull();
  expect(late.step('enableSignaling.refused')).toBeNull();
});

test('an issuer that signals inside the op must refuse', () => {
  const fence = follow('init', 'enable', 'signal', 'stamp');
  expect(fence.step('enableSignaling.armed')).toBeNull();
  expect(fence.step('enableSignaling.refused')).not.toBeNull();
});

test('removing says whether the node was linked', () => {
  const fence = follow(...ENABLED, 'addCallback');
  expect(fence.take('removeCallback', 0)).toBe(0);
  expect(fence.take('removeCallback', 1)).toBe(1);
  expect(fence.view.context['callbacks']).toBe(0);
  expect(fence.step('removeCallback', 1)).toBeNull();
});

test('status is 0, 1, or the last stored error', () => {
  const fence = follow('init');
  fence.take('setError', -5);
  expect(fence.take('status')).toBe(0);
  fence.take('setError', -7);
  fence.takeAll('signal', 'stamp');
  expect(fence.take('status')).toBe(-7);
  expect(follow(...SIGNALED).take('status')).toBe(1);
});

test('a wait succeeds only on a signaled fence, and may fail on either', () => {
  const pending = follow(...ENABLED, 'wait.link');
  expect(pending.step('wait.done')).toBeNull();
  expect(pending.step('wait.timedOut')?.returns).toBe(0);
  expect(pending.step('wait.interrupted')?.returns).toBe(-ERESTARTSYS);
  const signaled = follow(...SIGNALED);
  expect(signaled.step('wait.done')?.returns).toBe('positive');
  expect(signaled.step('wait.timedOut')?.returns).toBe(0);
  expect(signaled.step('wait.interrupted')?.returns).toBe(-ERESTARTSYS);
  expect(signaled.step('wait.unlink')).toBeNull();
});

test('the last put is told from the others', () => {
  const fence = follow('init', 'get');
  expect(fence.step('put.last')).toBeNull();
  fence.take('put');
  expect(fence.step('put')).toBeNull();
  fence.take('put.last');
  expect(fence.view.context['references']).toBe(0);
});

test('without a reference a fence can only be missed or freed', () => {
  const fence = follow('init', 'put.last');
  expect(allowed(fence)).toEqual(['getRcu.missed', 'free']);
  fence.take('free');
  expect(allowed(fence)).toEqual(['getRcu.missed']);
});

test('a fence that is alive is never missed', () => {
  expect(follow('init').step('getRcu.missed')).toBeNull();
});

test('a fence released with callbacks fails with -EDEADLK before it is freed', () => {
  const fence = follow(...ENABLED, 'addCallback', 'put.last');
  expect(fence.step('free')).toBeNull();
  expect(fence.step('signal')).toBeNull();
  expect(fence.step('setError', -5)).toBeNull();
  fence.take('setError', -EDEADLK);
  expect(fence.take('signal')).toBe(0);
  fence.takeAll('stamp', 'free');
  expect(fence.view).toEqual({
    state: 'signaled',
    context: { enabled: true, references: 0, callbacks: 0, error: -EDEADLK },
  });
});

test('a bounded fence forbids what it has no room for', () => {
  const fence = new Follower(fenceMachine({ referencesMax: 1, callbacksMax: 0, errors: [] }));
  fence.takeAll('init', 'enable');
  expect(fence.step('get')).toBeNull();
  expect(fence.step('addCallback')).toBeNull();
});

test('observed events become events of the machine', () => {
  const { take } = unboundedLifecycle('fence', { lockProving: true });
  expect(take({ name: 'setError', result: null, detail: -5 })).toEqual({
    type: 'setError',
    detail: -5,
  });
  expect(take({ name: 'removeCallback', result: 1, detail: 0 })).toEqual({
    type: 'removeCallback',
    detail: 1,
  });
  expect(take({ name: 'signal', result: 0, detail: 0 })).toEqual({ type: 'signal' });
});

test('what could not be armed is signaled in the same hold of the lock', () => {
  const fence = follow('init', 'wait.link', 'enable', 'enableSignaling.refused');
  for (const event of ['enable', 'status', 'put.last', 'wait.unlink', 'wait.timedOut'] as const) {
    expect(fence.step(event)).toBeNull();
  }
  expect(fence.take('poll')).toBe(0);
  expect(fence.take('signal')).toBe(0);
});

test('a release frees after the signal that it makes, not within it', () => {
  const fence = follow('init', 'enable', 'addCallback', 'put.last');
  fence.take('setError', -EDEADLK);
  fence.take('signal');
  expect(fence.step('free')).toBeNull();
  fence.take('stamp');
  expect(fence.step('free')).not.toBeNull();
});

test('only sleepers are on the list of a fence that is not enabled, and they hold it', () => {
  const fence = follow('init', 'wait.link');
  expect(fence.step('put.last')).toBeNull();
  expect(fence.step('removeCallback', 1)).toBeNull();
});
