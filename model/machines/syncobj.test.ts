import { expect, test } from 'vitest';
import type { EventName } from '../events.ts';
import { Follower } from '../follower.ts';
import type { ModelEvent } from '../lifecycle.ts';
import { syncobjMachine } from './syncobj.ts';

function created(...events: readonly (EventName | ModelEvent)[]): Follower {
  const scope = { referencesMax: Infinity, waitersMax: Infinity, eventfdsMax: Infinity };
  const syncobj = new Follower(syncobjMachine(scope));
  syncobj.take('create');
  return syncobj.takeAll(...events);
}

const waits: ModelEvent = { type: 'wait.join', detail: 0 };
const waitsForPoint: ModelEvent = { type: 'wait.join', detail: 1 };
const told: ModelEvent = { type: 'wait.told', detail: 0 };
const toldOfPoint: ModelEvent = { type: 'wait.told', detail: 1 };
const counts: ModelEvent = { type: 'eventfd.join', detail: 0 };
const counted: ModelEvent = { type: 'eventfd.told', detail: 0 };

test('it begins empty, with one reference', () => {
  const context = { references: 1, waiters: 0, eventfds: 0 };
  expect(created().view).toEqual({ state: 'empty', context });
  expect(created('get', 'replace.plain').view).toEqual({
    state: 'plain.telling',
    context: { ...context, references: 2 },
  });
});

test('whoever waits for any fence is told of it before the lock is given back', () => {
  const syncobj = created(waits, waits, 'replace.plain', told);
  expect(syncobj.step('told')).toBeNull();
  syncobj.takeAll(told, 'told');
  expect(syncobj.view).toEqual({
    state: 'plain',
    context: { references: 1, waiters: 0, eventfds: 0 },
  });
});

test('nothing changes while those that wait are told', () => {
  const syncobj = created('replace.plain');
  for (const event of ['replace.null', 'replace.plain', 'replace.same', 'addPoint'] as const) {
    expect(syncobj.step(event)).toBeNull();
  }
  expect(syncobj.step(waits)).toBeNull();
  expect(syncobj.step('get')).not.toBeNull();
});

test('to install the same fence tells nobody', () => {
  expect(created(waitsForPoint, 'addPoint', 'told', 'replace.same').step('told')).toBeNull();
  expect(created('replace.same').view.state).toBe('empty');
});

test('nobody waits for any fence where there is one', () => {
  expect(created('replace.plain', 'told').step(waits)).toBeNull();
  expect(created('replace.plain', 'told').step(waitsForPoint)).not.toBeNull();
});

test('a plain fence stands for no point of a timeline', () => {
  expect(created(waitsForPoint, 'replace.plain').step(toldOfPoint)).toBeNull();
  expect(created(waitsForPoint, 'addPoint').step(toldOfPoint)).not.toBeNull();
  // It may be a point too low.
  expect(created(waitsForPoint, 'addPoint').step('told')).not.toBeNull();
});

test('tasks hear of a fence before counters do', () => {
  const syncobj = created(waits, counts, 'told', 'replace.plain');
  expect(syncobj.step(counted)).toBeNull();
  syncobj.take(told);
  expect(syncobj.step('told')).toBeNull();
  syncobj.takeAll(counted, 'told');
});

test('a counter is told at once where there is a fence', () => {
  const syncobj = created('replace.plain', 'told', counts);
  expect(syncobj.step('told')).toBeNull();
  syncobj.takeAll(counted, 'told');
});

test('who waits has a reference, a counter has none', () => {
  expect(created(waits).step('put.last')).toBeNull();
  const syncobj = created(counts, 'told', 'put.last', 'replace.same');
  expect(syncobj.step('free')).toBeNull();
  expect(syncobj.step(counted)).toBeNull();
  syncobj.takeAll({ type: 'eventfd.drop', detail: 0 }, 'free');
  expect(syncobj.step('get')).toBeNull();
});

test('the end empties the slot, and installs nothing', () => {
  const syncobj = created('replace.plain', 'told', 'put.last');
  expect(syncobj.step('free')).toBeNull();
  expect(syncobj.step('replace.plain')).toBeNull();
  expect(syncobj.step('replace.same')).toBeNull();
  syncobj.takeAll('replace.null', 'told', 'free');
});

test('references are counted', () => {
  expect(created().step('put')).toBeNull();
  expect(created('get').step('put.last')).toBeNull();
});
