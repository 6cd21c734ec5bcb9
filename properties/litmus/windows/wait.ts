import { litmus, type Litmus, outcome } from '../litmus.ts';
import { results } from '../observables.ts';

/** Sleeping until a fence signals, time runs out, or a signal interrupts. */
export const WAIT_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'wait-signal',
    window: 'RACE-04',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.wait(f)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [outcome('A 0; B 0', ['FENCE-072', 'FENCE-073'], 'no wake-up is lost')],
  }),
  litmus({
    name: 'wait-timeout',
    window: 'RACE-04',
    world: { time: 'free' },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 5)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 5; B 0', ['FENCE-064', 'FENCE-068'], 'signaled in time'),
      outcome('A 0; B 0', ['FENCE-069'], 'the timer fired, whether or not it is signaled'),
    ],
  }),
  litmus({
    name: 'wait-zero',
    window: 'RACE-04',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 0)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['FENCE-066'], 'pending: it does not sleep'),
      outcome('A 1; B 0', ['FENCE-064'], 'signaled: 1 stands for success'),
    ],
  }),
  litmus({
    name: 'wake-reasons',
    window: 'RACE-05',
    world: { time: 'free' },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 5, true)', B: 'fence.signal(f); task.interrupt(A)' },
    sees: [results],
    outcomes: [
      outcome('A 5; B 0', ['FENCE-064', 'FENCE-068'], 'the fence alone'),
      outcome('A 0; B 0', ['FENCE-070'], 'no time left beats both others'),
      outcome('A -ERESTARTSYS; B 0', ['FENCE-070'], 'the interruption beats the fence'),
    ],
  }),
  litmus({
    name: 'timer-or-interruption',
    window: 'RACE-05',
    world: { time: 'free' },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 5, true)', B: 'task.interrupt(A)' },
    sees: [results],
    outcomes: [
      outcome('A 0', ['FENCE-070'], 'the timer fired, whether or not a signal is pending'),
      outcome('A -ERESTARTSYS', ['FENCE-065', 'FENCE-070'], 'interrupted with time left'),
    ],
  }),
  litmus({
    name: 'asleep-though-interrupted',
    window: 'RACE-05',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.wait(f, true)', B: 'task.interrupt(A); lockless.task(A)' },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [
      outcome('A -ERESTARTSYS; B 0', ['FENCE-065', 'FENCE-070'], 'it runs, or was woken'),
      outcome('A -ERESTARTSYS; B 1', ['FENCE-070'], 'interrupted before it set its state'),
    ],
  }),
  litmus({
    name: 'wait-again-under-lock',
    window: 'RACE-04',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.wait(f)',
      B: 'lockless.task(A); fence.signal(f); lockless.fence(f, [locked])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 0', ['FENCE-072'], 'A was not asleep when B looked'),
      outcome('A 0; B 0 0 1', ['FENCE-072'], 'A enables, or wakes, after the signal'),
      outcome('A 0; B 2 0 0', ['FENCE-072'], 'A has not got the lock yet, or is back'),
      outcome('A 0; B 2 0 1', ['FENCE-071'], 'A looks at the flag again under the lock'),
    ],
  }),
  litmus({
    name: 'interrupted-after-wake',
    window: 'RACE-05',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.wait(f, true)',
      B: 'lockless.task(A); fence.signal(f); lockless.fence(f, [locked]); task.interrupt(A)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 0', ['FENCE-064'], 'signaled before A could sleep'),
      outcome('A 0; B 0 0 1', ['FENCE-064'], 'A holds the lock in enabling or waking'),
      outcome('A -ERESTARTSYS; B 0 0 0', ['FENCE-070'], 'A slept after the look'),
      outcome('A -ERESTARTSYS; B 0 0 1', ['FENCE-070'], 'A slept after the look, and relocked'),
      outcome('A 0; B 1 0 0', ['FENCE-068'], 'A was through before the interruption'),
      outcome('A 0; B 1 0 1', ['FENCE-068'], 'A had tested for signals already'),
      outcome('A -ERESTARTSYS; B 1 0 0', ['FENCE-070'], 'interrupted before the relock'),
      outcome('A -ERESTARTSYS; B 1 0 1', ['FENCE-070'], 'interrupted between lock and test'),
    ],
  }),
  litmus({
    name: 'signal-after-enabling',
    window: 'RACE-04',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.wait(f, true)',
      B: 'task.interrupt(A); lockless.fence(f, [enabled]); fence.signal(f)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-064'], 'signaled before the wait looked'),
      outcome('A 0; B 1 0', ['FENCE-064'], 'signaled between enabling and waiting'),
      outcome('A -ERESTARTSYS; B 0 0', ['FENCE-065'], 'B looked before A enabled'),
      outcome('A -ERESTARTSYS; B 1 0', ['FENCE-065'], 'the wait looked before the signal'),
    ],
  }),
  litmus({
    name: 'two-lock-holds',
    window: 'RACE-04',
    setup: 'f = fence.create(); fence.signal(f)',
    tasks: {
      A: 'fence.waitTimeout(f, 5)',
      B: 'lockless.fence(f, [enabled, locked, locked])',
    },
    sees: [results],
    outcomes: [
      outcome('A 5; B 0 0 0', ['FENCE-051'], 'B was early'),
      outcome('A 5; B 0 0 1', ['FENCE-051'], 'a hold began before the last look'),
      outcome('A 5; B 0 1 0', ['FENCE-051'], 'a hold ended before the last look'),
      outcome('A 5; B 0 1 1', ['FENCE-051'], 'the same hold, or enabling and waiting'),
      outcome('A 5; B 1 0 0', ['FENCE-063'], 'A was through, or between its holds'),
      outcome('A 5; B 1 0 1', ['FENCE-063', 'FENCE-064'], 'the wait tests under a hold of its own'),
      outcome('A 5; B 1 1 0', ['FENCE-063'], 'a hold ended'),
      outcome('A 5; B 1 1 1', ['FENCE-063'], 'the same hold, or enabling and waiting'),
    ],
  }),
  litmus({
    name: 'late-after-wake',
    window: 'RACE-05',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.defaultWait(f, 5)',
      B: 'task.wake(A)',
      'irq@A': `lockless.fence(f, [listed]); lockless.task(A)
        clock.elapse(6); fence.signal(f)`,
    },
    sees: [results],
    outcomes: [
      outcome('A 5; irq 0 0 0', ['FENCE-064'], 'signaled before the wait began'),
      outcome('A 0; irq 1 2 0', ['FENCE-069'], 'asleep for too long'),
      outcome('A 0; irq 1 0 0', ['FENCE-069'], 'woken by B, and kept from running for too long'),
      outcome('A 5; irq 1 0 0', ['FENCE-068'], 'it had taken the time, and relocks too late'),
    ],
  }),
  litmus({
    name: 'stamped-before-woken',
    window: 'RACE-04',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.wait(f)',
      'irq@A': 'fence.signal(f)',
      B: 'lockless.fence(f, [stamped]); lockless.task(A)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; irq 0; B 0 0', ['FENCE-072'], 'A was not asleep yet, or is awake'),
      outcome('A 0; irq 0; B 0 2', ['FENCE-072'], 'A sleeps'),
      outcome('A 0; irq 0; B 1 0', ['FENCE-072'], 'A is awake'),
      outcome('A 0; irq 0; B 1 2', ['FENCE-029'], 'signaled: callbacks run after TIMESTAMP is set'),
    ],
  }),
];
