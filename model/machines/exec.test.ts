import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import type { ModelEvent } from '../lifecycle.ts';
import { execMachine } from './exec.ts';

const EDEADLK = 35;
const EALREADY = 114;
const IGNORE_DUPLICATES = 2;

function opened(flags: number, ...events: readonly (EventName | ModelEvent)[]): Follower {
  const exec = new Follower(execMachine({ lockedMax: Infinity, flags: [] }));
  exec.take({ type: 'init', detail: flags });
  return exec.takeAll('open', ...events);
}

const unlock = (detail: number): ModelEvent => ({ type: 'unlock', detail });

test('objects are given back the last one first', () => {
  const exec = opened(0, 'lock', 'lock');
  expect(exec.take('lock.contended')).toBe(-EDEADLK);
  expect(exec.step(unlock(0))).toBeNull();
  expect(exec.step('again')).toBeNull();
  exec.takeAll(unlock(1), unlock(0), 'again');
  expect(exec.view).toEqual({
    state: 'open',
    context: { locked: 0, contended: true, prelocked: false },
  });
});

test('what was in the way is locked before anything else, and is no member', () => {
  const exec = opened(0, 'lock', 'lock.contended', unlock(0), 'again');
  for (const event of ['lock', 'close', 'again', 'claim'] as const) {
    expect(exec.step(event), event).toBeNull();
  }
  exec.take('prelock');
  expect(exec.view.context).toEqual({ locked: 0, contended: false, prelocked: true });
  expect(exec.step('close')).toBeNull();
  exec.takeAll('lock', 'claim');
  expect(exec.view.context).toEqual({ locked: 2, contended: false, prelocked: false });
});

test('what is never named is given back at the end of the loop', () => {
  const exec = opened(0, 'lock', 'lock.contended', unlock(0), 'again', 'prelock', 'lock', 'drop');
  exec.takeAll('close', unlock(0), 'fini');
  expect(exec.view.state).toBe('ended');
});

test('a duplicate is refused or ignored, as the flags say', () => {
  expect(opened(0, 'lock').take('lock.already')).toBe(-EALREADY);
  expect(opened(IGNORE_DUPLICATES, 'lock').take('lock.already')).toBe(0);
});

test('only who holds something gives way, and only who listens is interrupted', () => {
  expect(opened(0).step('lock.contended')).toBeNull();
  expect(opened(0).step('lock.interrupted')).toBeNull();
  expect(opened(1).step('lock.interrupted')).not.toBeNull();
});

test('behind the loop nothing is locked, and the end holds nothing', () => {
  const exec = opened(0, 'lock', 'close');
  expect(exec.step('lock')).toBeNull();
  expect(exec.step('fini')).toBeNull();
  expect(exec.step(unlock(0))).not.toBeNull();
});
