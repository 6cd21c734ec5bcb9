import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, arming, calls, results } from '../observables.ts';

const ADD = 'f = fence.create(); cb = callback.create()';

/** Adding and removing callbacks, and arming, against signals and observers. */
export const CALLBACK_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'add-signal',
    window: 'RACE-02',
    setup: ADD,
    tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
    sees: [results, calls('cb'), armed('f')],
    outcomes: [
      outcome('A 0; B 0, cb 1, f armed', ['FENCE-043', 'FENCE-046'], 'added before the signal'),
      outcome('A -ENOENT; B 0, cb 0, f unarmed', ['FENCE-042'], 'refused without the lock'),
      outcome('A -ENOENT; B 0, cb 0, f armed', ['FENCE-046'], 'refused by the second look'),
    ],
  }),
  litmus({
    name: 'add-signal-interrupt',
    window: 'RACE-02',
    setup: ADD,
    tasks: { A: 'fence.addCallback(f, cb)', 'irq@A': 'fence.signal(f)' },
    sees: [results, calls('cb'), armed('f')],
    outcomes: [
      outcome('A 0; irq 0, cb 1, f armed', ['FENCE-046'], 'the interrupt comes after the add'),
      outcome('A -ENOENT; irq 0, cb 0, f unarmed', ['FENCE-042'], 'before the first look'),
      outcome('A -ENOENT; irq 0, cb 0, f armed', ['FENCE-046'], 'between first look and lock'),
    ],
  }),
  litmus({
    name: 'add-refusing-signal',
    window: 'RACE-02',
    setup: 'f = fence.create(enable: refuses); cb = callback.create()',
    tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
    sees: [results, calls('cb'), armed('f'), arming('f')],
    outcomes: [
      outcome('A -ENOENT; B -EINVAL, cb 0, f armed, op 1', ['FENCE-044'], 'the op refused'),
      outcome('A -ENOENT; B 0, cb 0, f unarmed, op 0', ['FENCE-042'], 'refused without the lock'),
      outcome('A -ENOENT; B 0, cb 0, f armed, op 0', ['FENCE-052'], 'no op after SIGNALED'),
    ],
  }),
  litmus({
    name: 'lock-before-enable-flag',
    window: 'RACE-02',
    setup: ADD,
    tasks: { A: 'fence.addCallback(f, cb)', B: 'lockless.fence(f, [locked, enabled])' },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-043'], 'before the lock'),
      outcome('A 0; B 0 1', ['FENCE-043'], 'armed between the looks, or before both'),
      outcome('A 0; B 1 0', ['FENCE-052'], 'the lock is held and ENABLE_SIGNAL still clear'),
      outcome('A 0; B 1 1', ['FENCE-052'], 'armed after the first look'),
    ],
  }),
  litmus({
    name: 'enable-flag-under-lock',
    window: 'RACE-02',
    setup: ADD,
    tasks: { A: 'fence.addCallback(f, cb)', B: 'lockless.fence(f, [enabled, locked])' },
    teardown: 'fence.signal(f)',
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-043'], 'before the lock, or both before and after the call'),
      outcome('A 0; B 0 1', ['FENCE-052'], 'the lock was taken before the second look'),
      outcome('A 0; B 1 0', ['FENCE-043'], 'the call is over'),
      outcome('A 0; B 1 1', ['FENCE-052'], 'SIGNALED is tested under the same lock'),
    ],
  }),
  litmus({
    name: 'remove-signal',
    window: 'RACE-03',
    setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
    tasks: { A: 'fence.signal(f)', B: 'fence.removeCallback(f, cb); lockless.probe(cb)' },
    sees: [results, calls('cb')],
    outcomes: [
      outcome('A 0; B true late, cb 0', ['FENCE-047'], 'removed before the callback loop'),
      outcome('A 0; B false done, cb 1', ['FENCE-048'], 'not found: its function has returned'),
    ],
  }),
  litmus({
    name: 'remove-signal-add',
    window: 'RACE-03',
    setup: ADD,
    tasks: {
      A: 'fence.addCallback(f, cb); fence.removeCallback(f, cb)',
      B: 'fence.signal(f)',
    },
    sees: [results, calls('cb'), armed('f')],
    outcomes: [
      outcome('A 0 true; B 0, cb 0, f armed', ['FENCE-047', 'FENCE-050'], 'signaled after both'),
      outcome('A 0 false; B 0, cb 1, f armed', ['FENCE-048'], 'signaled between them'),
      outcome('A -ENOENT false; B 0, cb 0, f unarmed', ['FENCE-042'], 'signaled before both'),
      outcome('A -ENOENT false; B 0, cb 0, f armed', ['FENCE-046'], 'between look and lock'),
    ],
  }),
  litmus({
    name: 'remove-add',
    window: 'RACE-03',
    setup:
      'f = fence.create(); a = callback.create(); b = callback.create(); fence.addCallback(f, a)',
    tasks: { A: 'fence.removeCallback(f, a)', B: 'fence.addCallback(f, b)' },
    teardown: 'fence.signal(f)',
    sees: [results, calls('a'), calls('b')],
    outcomes: [
      outcome(
        'A true; B 0, a 0, b 1',
        ['FENCE-047', 'FENCE-032'],
        'each under the lock, any order',
      ),
    ],
  }),
  litmus({
    name: 'enable-signal',
    window: 'RACE-11',
    setup: 'f = fence.create(enable: slow)',
    tasks: { A: 'fence.enableSwSignaling(f)', B: 'fence.signal(f)' },
    sees: [results, armed('f'), arming('f')],
    outcomes: [
      outcome('B 0, f armed, op 1', ['FENCE-017'], 'armed first: the signal waits for the op'),
      outcome('B 0, f armed, op 0', ['FENCE-051', 'FENCE-052'], 'after SIGNALED no op is called'),
    ],
  }),
  litmus({
    name: 'hardware-fires-at-once',
    window: 'RACE-11',
    setup: 'f = fence.create(enable: slow); cb = callback.create()',
    tasks: { A: 'fence.addCallback(f, cb)', irq: 'fence.signal(f)' },
    sees: [results, calls('cb'), arming('f')],
    outcomes: [
      outcome(
        'A 0; irq 0, cb 1, op 1',
        ['FENCE-043'],
        'the handler waits until the node is linked',
      ),
      outcome('A -ENOENT; irq 0, cb 0, op 0', ['FENCE-046'], 'the handler was first'),
    ],
  }),
  litmus({
    name: 'enable-enable',
    window: 'RACE-12',
    setup: 'f = fence.create(enable: slow); cb = callback.create()',
    tasks: { A: 'fence.enableSwSignaling(f)', B: 'fence.addCallback(f, cb)' },
    teardown: 'fence.signal(f)',
    sees: [results, calls('cb'), armed('f'), arming('f')],
    outcomes: [
      outcome('B 0, cb 1, f armed, op 1', ['FENCE-017'], 'the flag picks one, who calls the op'),
    ],
  }),
  litmus({
    name: 'enable-lock',
    window: 'RACE-12',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.enableSwSignaling(f)', B: 'lockless.fence(f, [locked, enabled])' },
    sees: [results],
    outcomes: [
      outcome('B 0 0', ['FENCE-051'], 'before the lock'),
      outcome('B 0 1', ['FENCE-051'], 'armed between the looks, or before both'),
      outcome('B 1 0', ['FENCE-052'], 'the lock is held and ENABLE_SIGNAL still clear'),
      outcome('B 1 1', ['FENCE-052'], 'armed after the first look'),
    ],
  }),
];
