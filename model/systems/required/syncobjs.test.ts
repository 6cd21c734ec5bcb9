import { expect, test } from 'vitest';
import { both, mistaken, survivors, unbound, without } from '../mutants.ts';
import { syncobjs } from './syncobjs.ts';

test('each property of synchronisation objects can be broken', () => {
  const left = survivors(syncobjs({ objects: 2 }), {
    always: {
      // It registers without a second look.
      'SYNCOBJ-019': unbound('waiter.join', 'slot', 'syncobj'),
      'SYNCOBJ-018': unbound('submitter.wake', 'trigger'),
      // Who waits has no reference of its own.
      'SYNCOBJ-034': both(unbound('waiter.find', 'syncobj'), unbound('waiter.join', 'syncobj')),
      'SYNCOBJ-010': unbound('submitter.acquire', 'lock'),
    },
    deadlock: without('submitter.toldAll'),
    sometimes: {
      'SYNCOBJ-018': without('submitter.wake'),
      'SYNCOBJ-019': without('waiter.capture'),
      'SYNCOBJ-020': without('resetter.clear'),
      'SYNCOBJ-012': without('submitter.endFull', 'resetter.endFull', 'waiter.endFull'),
      'SYNCOBJ-004': without('resetter.destroy'),
    },
    eventually: {
      'SYNCOBJ-019': unbound('submitter.wake', 'trigger'),
      'SYNCOBJ-004': without('resetter.destroy'),
    },
  });
  expect(left).toEqual([]);
});

test('a waiter that was told of nothing sleeps on', () => {
  const left = survivors(syncobjs({ objects: 1 }), {
    always: { 'SYNCOBJ-018': mistaken('submitter.wake', 'trigger', 'drop') },
    deadlock: both(mistaken('submitter.wake', 'trigger', 'drop'), without('waiter.expire')),
    sometimes: {},
    eventually: { 'SYNCOBJ-019': mistaken('submitter.wake', 'trigger', 'drop') },
  });
  // Only this is asked here.
  expect(left.filter((line) => line.includes('survives'))).toEqual([]);
});
