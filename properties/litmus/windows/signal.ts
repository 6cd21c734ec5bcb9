import { litmus, type Litmus, outcome } from '../litmus.ts';
import { calls, caller, results, stamp, status, warnings } from '../observables.ts';

/** Signalling against signalling, and against readers of flags and time. */
export const SIGNAL_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'signal-signal',
    window: 'RACE-01',
    setup: 'f = fence.create(); cb = probe.create(); fence.addCallback(f, cb)',
    tasks: { A: 'fence.signalTimestamp(f, 5)', B: 'fence.signalTimestamp(f, 7)' },
    sees: [results, stamp('f'), caller('cb')],
    outcomes: [
      outcome('A 0; B -EINVAL, f at 5, cb A', ['FENCE-027', 'FENCE-039'], 'A takes the lock first'),
      outcome('A -EINVAL; B 0, f at 7, cb B', ['FENCE-027', 'FENCE-039'], 'B takes the lock first'),
    ],
  }),
  litmus({
    name: 'loser-is-late',
    window: 'RACE-01',
    setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
    tasks: { A: 'fence.signal(f)', B: 'fence.signal(f); lockless.probe(cb)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B -EINVAL done', ['FENCE-027'], 'the loser got the lock after the callbacks'),
      outcome('A -EINVAL; B 0 done', ['FENCE-032'], 'the winner has run the callbacks itself'),
    ],
  }),
  litmus({
    name: 'lock-before-flag',
    window: 'RACE-01',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(f, [locked, signaled])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-029'], 'before the signal'),
      outcome('A 0; B 0 1', ['FENCE-029'], 'the signal came between the looks, or before both'),
      outcome('A 0; B 1 0', ['FENCE-029'], 'the lock is held and the flag is not set yet'),
      outcome('A 0; B 1 1', ['FENCE-029'], 'the flag was set after the first look'),
    ],
  }),
  litmus({
    name: 'flag-before-stamp',
    window: 'RACE-09',
    // It looks at the plain time without having waited for its flag: that is the race.
    allows: ['races'],
    setup: 'f = fence.create()',
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(f, [signaled, stamp])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-029'], 'before the signal'),
      outcome('A 0; B 0 1', ['FENCE-029'], 'the signal came between the looks'),
      outcome('A 0; B 1 0', ['FENCE-031'], 'SIGNALED is visible before the time is stored'),
      outcome('A 0; B 1 1', ['FENCE-029'], 'the time was stored before the second look'),
    ],
  }),
  litmus({
    name: 'stamp-before-timestamp-flag',
    window: 'RACE-09',
    // It looks at the plain time without having waited for its flag: that is the race.
    allows: ['races'],
    setup: 'f = fence.create()',
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(f, [stamp, stamped])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-029'], 'nothing is stored yet'),
      outcome('A 0; B 0 1', ['FENCE-029'], 'stored and flagged between the looks'),
      outcome('A 0; B 1 0', ['FENCE-029'], 'the time is stored and TIMESTAMP is still clear'),
      outcome('A 0; B 1 1', ['FENCE-029'], 'TIMESTAMP was set before the second look'),
    ],
  }),
  litmus({
    name: 'flags-in-order',
    window: 'RACE-09',
    // It looks at the plain time without having waited for its flag: that is the race.
    allows: ['races'],
    setup: 'f = fence.create()',
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(f, [stamped, stamp, signaled])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 0', ['FENCE-029'], 'before SIGNALED'),
      outcome('A 0; B 0 0 1', ['FENCE-029'], 'SIGNALED came before the last look'),
      outcome('A 0; B 0 1 1', ['FENCE-029'], 'a stored time implies SIGNALED'),
      outcome('A 0; B 1 1 1', ['FENCE-029'], 'TIMESTAMP implies a stored time and SIGNALED'),
    ],
  }),
  litmus({
    name: 'timestamp-read',
    window: 'RACE-09',
    allows: ['warn'],
    setup: 'f = fence.create(); cb = probe.create(linger); fence.addCallback(f, cb)',
    tasks: { A: 'fence.signalTimestamp(f, 5)', B: 'fence.timestamp(f); lockless.probe(cb)' },
    sees: [results, warnings],
    outcomes: [
      outcome('A 0; B 1000000000 late, warns 1', ['FENCE-060'], 'read while it was pending'),
      outcome('A 0; B 1000000000 done, warns 1', ['FENCE-060'], 'the signal came afterwards'),
      outcome('A 0; B 5 late, warns 0', ['FENCE-031', 'FENCE-060'], 'callbacks have not returned'),
      outcome('A 0; B 5 done, warns 0', ['FENCE-060'], 'the signal was complete'),
    ],
  }),
  litmus({
    name: 'set-error-signal',
    window: 'RACE-10',
    allows: ['warn'],
    setup: 'f = fence.create()',
    tasks: { A: 'fence.setError(f, -5)', B: 'fence.signal(f); fence.getStatus(f)' },
    sees: [results, status('f'), warnings],
    outcomes: [
      outcome('B 0 -EIO, f -EIO, warns 0', ['FENCE-030'], 'stored in time for the status query'),
      outcome('B 0 1, f -EIO, warns 0', ['FENCE-059'], 'looked in time, stored too late'),
      outcome('B 0 -EIO, f -EIO, warns 1', ['FENCE-058'], 'after the signal, before the status'),
      outcome('B 0 1, f -EIO, warns 1', ['FENCE-058'], 'after the status: it changes from 1'),
    ],
  }),
  litmus({
    name: 'set-error-poll',
    window: 'RACE-10',
    allows: ['warn'],
    setup: 'f = fence.create(signaled: hardware); hardware.finish(f)',
    tasks: { A: 'fence.getStatus(f)', B: 'lockless.fence(f, [stamped]); fence.setError(f, -5)' },
    sees: [results, warnings],
    outcomes: [
      outcome(
        'A -EIO; B 0, warns 0',
        ['FENCE-057', 'FENCE-059'],
        'stored before the status read it',
      ),
      outcome('A 1; B 0, warns 0', ['FENCE-057', 'FENCE-059'], 'looked in time, stored too late'),
      outcome('A -EIO; B 0, warns 1', ['FENCE-058'], 'the poll had signaled it, and not read it'),
      outcome('A 1; B 0, warns 1', ['FENCE-058'], 'after the status query'),
      outcome('A -EIO; B 1, warns 1', ['FENCE-058'], 'between TIMESTAMP and the error being read'),
      outcome('A 1; B 1, warns 1', ['FENCE-058'], 'after the error was read'),
    ],
  }),
  litmus({
    name: 'signal-in-interrupt',
    window: 'RACE-01',
    setup: 'f = fence.create(); cb = callback.create(); fence.addCallback(f, cb)',
    tasks: { A: 'fence.signal(f)', 'irq@A': 'fence.signal(f)' },
    sees: [results, calls('cb')],
    outcomes: [
      outcome('A 0; irq -EINVAL, cb 1', ['FENCE-027'], 'the interrupt waits for the lock to open'),
      outcome('A -EINVAL; irq 0, cb 1', ['FENCE-027'], 'the interrupt comes before the lock'),
    ],
  }),
];
