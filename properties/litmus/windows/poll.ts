import { litmus, type Litmus, outcome } from '../litmus.ts';
import { calls, caller, hints, results, status } from '../observables.ts';

const DONE = 'f = fence.create(signaled: hardware); hardware.finish(f)';

/** Polls, status queries, deadlines and comparisons against signals. */
export const POLL_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'poll-poll',
    window: 'RACE-07',
    setup: `${DONE}; cb = probe.create(linger); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.isSignaled(f)', B: 'fence.isSignaled(f); lockless.probe(cb)' },
    sees: [results, caller('cb')],
    outcomes: [
      outcome('A true; B true late, cb A', ['FENCE-031', 'FENCE-053'], 'B saw the flag, no lock'),
      outcome('A true; B true done, cb A', ['FENCE-053'], 'B waited for the lock, or came later'),
      outcome('A true; B true done, cb B', ['FENCE-053'], 'B signaled it'),
    ],
  }),
  litmus({
    name: 'poll-signal',
    window: 'RACE-07',
    setup: `${DONE}; cb = probe.create(); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.isSignaled(f)', B: 'fence.signal(f)' },
    sees: [results, caller('cb')],
    outcomes: [
      outcome('A true; B 0, cb B', ['FENCE-027', 'FENCE-055'], 'the poll saw the flag or lost'),
      outcome('A true; B -EINVAL, cb A', ['FENCE-053'], 'the poll signaled it'),
    ],
  }),
  litmus({
    name: 'poll-plain-signal',
    window: 'RACE-07',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.isSignaled(f); fence.isSignaled(f)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A false false; B 0', ['FENCE-053'], 'before the signal'),
      outcome('A false true; B 0', ['FENCE-053'], 'the signal came between the polls'),
      outcome('A true true; B 0', ['FENCE-055'], 'true stays true'),
    ],
  }),
  litmus({
    name: 'poll-hardware',
    window: 'RACE-07',
    setup: 'f = fence.create(signaled: hardware)',
    tasks: { A: 'fence.isSignaled(f)', B: 'hardware.finish(f); lockless.fence(f, [signaled])' },
    sees: [results, status('f')],
    outcomes: [
      outcome('A false; B 0, f pending', ['FENCE-053'], 'the op was asked too early'),
      outcome('A true; B 0, f 1', ['FENCE-053'], 'the poll signals after the look'),
      outcome('A true; B 1, f 1', ['FENCE-053'], 'the poll has signaled it'),
    ],
  }),
  litmus({
    name: 'status-signal',
    window: 'RACE-07',
    setup: `${DONE}; fence.setError(f, -5)`,
    tasks: { A: 'fence.getStatus(f)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A -EIO; B 0', ['FENCE-056'], 'the signal was first'),
      outcome('A -EIO; B -EINVAL', ['FENCE-057'], 'the status query signaled it'),
    ],
  }),
  litmus({
    name: 'status-plain-signal',
    window: 'RACE-07',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.getStatus(f)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['FENCE-056'], 'before the signal'),
      outcome('A 1; B 0', ['FENCE-056'], 'after the signal; never in the middle of it'),
    ],
  }),
  litmus({
    name: 'status-holds-lock',
    window: 'RACE-07',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.getStatus(f)', B: 'lockless.fence(f, [locked])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0', ['FENCE-090'], 'before or after the query'),
      outcome('A 0; B 1', ['FENCE-090'], 'the flag is tested under the lock'),
    ],
  }),
  litmus({
    name: 'error-after-flag',
    window: 'RACE-10',
    setup: 'f = fence.create()',
    tasks: {
      A: 'fence.setError(f, -5); fence.signal(f)',
      B: 'lockless.fence(f, [signaled, error])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['FENCE-059'], 'before the error was stored'),
      outcome('A 0; B 0 -5', ['FENCE-059'], 'stored before the second look'),
      outcome('A 0; B 1 -5', ['FENCE-030'], 'who sees SIGNALED sees the error'),
    ],
  }),
  litmus({
    name: 'deadline-signal',
    window: 'RACE-35',
    setup: 'f = fence.create(deadline: true)',
    tasks: { A: 'fence.setDeadline(f, 7)', B: 'fence.signal(f)' },
    sees: [results, hints('f')],
    outcomes: [
      outcome('B 0, hint none', ['FENCE-087'], 'it polled signaled'),
      outcome('B 0, hint pending', ['FENCE-087'], 'no signal before the op'),
      outcome('B 0, hint signaled', ['FENCE-088'], 'signaled between the poll and the op'),
    ],
  }),
  litmus({
    name: 'late-deadline',
    window: 'RACE-35',
    setup: 'f = fence.create(deadline: true, signaled: hardware)',
    tasks: { A: 'fence.setDeadline(f, 7)', B: 'fence.signal(f)' },
    sees: [results, hints('f')],
    outcomes: [
      outcome('B 0, hint none', ['FENCE-087'], 'it polled signaled'),
      outcome('B 0, hint pending', ['FENCE-087'], 'no signal before the op'),
      outcome('B 0, hint signaled', ['FENCE-088'], 'signaled while the poll asked the hardware'),
    ],
  }),
  litmus({
    name: 'later-signal',
    window: 'RACE-38',
    setup: 'f = fence.create(seqno: 1, context: 9); g = fence.create(seqno: 2, context: 9)',
    tasks: { A: 'fence.later(f, g); lockless.fence(g, [signaled])', B: 'fence.signal(g)' },
    sees: [results],
    outcomes: [
      outcome('A g 0; B 0', ['FENCE-086'], 'signaled after both looks'),
      outcome('A g 1; B 0', ['FENCE-086'], 'what comes back may be signaled by now'),
      outcome('A none 1; B 0', ['FENCE-086'], 'it polled signaled'),
    ],
  }),
  litmus({
    name: 'callback-of-poll',
    window: 'RACE-08',
    setup: `f = fence.create(signaled: hardware, release: counted); fence.get(f); hardware.finish(f)
      cb = callback.create(put, f); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.isSignaled(f); fence.put(f)' },
    sees: [results, calls('cb')],
    outcomes: [
      outcome('A true, cb 1', ['FENCE-012', 'FENCE-036'], 'the own reference outlives the unlock'),
    ],
  }),
];
