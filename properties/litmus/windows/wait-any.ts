import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, noted, results } from '../observables.ts';

/** Waiting for the first of several fences. */
export const WAIT_ANY_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'any-signal',
    window: 'RACE-06',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitAny([f])', B: 'fence.signal(f)' },
    sees: [results, armed('f')],
    outcomes: [
      outcome('A max #0; B 0, f unarmed', ['FENCE-077'], 'refused without the lock'),
      outcome('A max #0; B 0, f armed', ['FENCE-072', 'FENCE-078'], 'refused later, or woken'),
    ],
  }),
  litmus({
    name: 'any-timeout',
    window: 'RACE-06',
    world: { time: 'free' },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitAny([f], 5)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 5 #0; B 0', ['FENCE-077', 'FENCE-078'], 'signaled in time'),
      outcome('A 0; B 0', ['FENCE-079'], 'the timer fired, whether or not it is signaled'),
    ],
  }),
  litmus({
    name: 'any-of-two',
    window: 'RACE-06',
    setup: 'f = fence.create(); g = fence.create()',
    tasks: { A: 'fence.waitAny([f, g])', B: 'fence.signal(g)' },
    sees: [results, armed('f'), armed('g')],
    teardown: 'fence.signal(f)',
    outcomes: [
      outcome('A max #1; B 0, f armed, g unarmed', ['FENCE-077'], 'refused without the lock'),
      outcome('A max #1; B 0, f armed, g armed', ['FENCE-078'], 'refused later, or woken'),
    ],
  }),
  litmus({
    name: 'any-poll',
    window: 'RACE-06',
    setup: 'f = fence.create(); g = fence.create()',
    tasks: { A: 'fence.waitAny([f, g], 0)', B: 'fence.signal(g); fence.signal(f)' },
    sees: [results, armed('f')],
    outcomes: [
      outcome('A 0; B 0 0, f unarmed', ['FENCE-076'], 'both were pending when looked at'),
      outcome('A 1 #1; B 0 0, f unarmed', ['FENCE-076'], 'f was looked at before its signal'),
      outcome('A 1 #0; B 0 0, f unarmed', ['FENCE-076'], 'both were signaled: the lower index'),
    ],
  }),
  litmus({
    name: 'linked-before-sleeping',
    window: 'RACE-06',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.waitAny([f])',
      B: 'lockless.fence(f, [enabled, locked]); lockless.task(A); fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome('A max #0; B 0 0 0 0', ['FENCE-077'], 'B was early'),
      outcome('A max #0; B 0 0 2 0', ['FENCE-078'], 'A went to sleep before the last look'),
      outcome('A max #0; B 0 1 0 0', ['FENCE-078'], 'A was adding'),
      outcome('A max #0; B 0 1 2 0', ['FENCE-078'], 'A went to sleep before the last look'),
      outcome('A max #0; B 1 0 0 0', ['FENCE-078'], 'A has added and not set its state yet'),
      outcome('A max #0; B 1 0 2 0', ['FENCE-078'], 'A sleeps'),
      outcome('A max #0; B 1 1 0 0', ['FENCE-078'], 'A was adding'),
      outcome('A max #0; B 1 1 2 0', ['FENCE-078'], 'A went to sleep before the last look'),
    ],
  }),
  litmus({
    name: 'scan-after-state',
    window: 'RACE-06',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.waitAny([f], interruptible: true)',
      B: 'lockless.task(A); task.interrupt(A); fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome('A max #0; B 0 0', ['FENCE-077', 'FENCE-078'], 'refused, or found before sleeping'),
      outcome('A -ERESTARTSYS; B 0 0', ['FENCE-079'], 'A scanned before the signal'),
      outcome('A max #0; B 1 0', ['FENCE-078'], 'A looks once more before it sleeps'),
      outcome('A -ERESTARTSYS; B 1 0', ['FENCE-079'], 'A scanned before the signal'),
    ],
  }),
  litmus({
    name: 'signal-after-scan',
    window: 'RACE-06',
    setup: 'f = fence.create(); w = lockless.createWatcher(A); fence.addCallback(f, w)',
    tasks: {
      A: 'fence.waitAny([f], interruptible: true)',
      B: 'task.interrupt(A); fence.signal(f)',
    },
    sees: [results, noted('w')],
    outcomes: [
      outcome('A max #0; B 0, w 0', ['FENCE-077', 'FENCE-078'], 'A was not asleep yet'),
      outcome('A max #0; B 0, w 1', ['FENCE-078'], 'A scans after the flag was set'),
      outcome('A -ERESTARTSYS; B 0, w 0', ['FENCE-079'], 'the interruption had ended the sleep'),
      outcome('A -ERESTARTSYS; B 0, w 1', ['FENCE-079'], 'signaled between scan and sleep'),
    ],
  }),
  litmus({
    name: 'interrupted-too-late',
    window: 'RACE-06',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.waitAny([f], 5, true)',
      B: 'task.wake(A)',
      'irq@A': 'lockless.task(A); clock.elapse(6); task.interrupt(A); fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 5 #0; irq 0 0', ['FENCE-077', 'FENCE-078'], 'refused, or found by a scan'),
      outcome('A 5 #0; irq 1 0', ['FENCE-078'], 'found by the scan behind the new state'),
      outcome('A 0; irq 1 0', ['FENCE-079'], 'asleep for too long: no time left beats both'),
      outcome('A 0; irq 0 0', ['FENCE-079'], 'woken by B, and kept from running for too long'),
      outcome('A -ERESTARTSYS; irq 0 0', ['FENCE-079'], 'it had taken the time before'),
    ],
  }),
  // As long as g is pending, the interrupt keeps A from running, whatever its state says.
  litmus({
    name: 'stamped-before-woken',
    window: 'RACE-06',
    setup: 'f = fence.create(); g = fence.create()',
    tasks: {
      A: 'fence.waitAny([f])',
      'irq@A': 'fence.signal(f); fence.signal(g)',
      B: 'lockless.fence(f, [stamped]); lockless.task(A); lockless.fence(g, [signaled])',
    },
    sees: [results],
    outcomes: [
      outcome('A max #0; irq 0 0; B 0 0 0', ['FENCE-078'], 'A was not asleep, and B early'),
      outcome('A max #0; irq 0 0; B 0 0 1', ['FENCE-078'], 'A was not asleep'),
      outcome('A max #0; irq 0 0; B 0 2 0', ['FENCE-078'], 'A sleeps, and B was early'),
      outcome('A max #0; irq 0 0; B 0 2 1', ['FENCE-078'], 'A sleeps, or looks once more'),
      outcome('A max #0; irq 0 0; B 1 0 0', ['FENCE-078'], 'A was awake, or has been woken'),
      outcome('A max #0; irq 0 0; B 1 0 1', ['FENCE-078'], 'A is awake'),
      outcome('A max #0; irq 0 0; B 1 2 0', ['FENCE-029'], 'callbacks run after TIMESTAMP is set'),
      outcome('A max #0; irq 0 0; B 1 2 1', ['FENCE-078'], 'A sets its state before each scan'),
    ],
  }),
];
