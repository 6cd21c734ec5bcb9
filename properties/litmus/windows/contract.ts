import { litmus, type Litmus, outcome } from '../litmus.ts';
import { type Observable, results } from '../observables.ts';

/** How often lock proving has reported. */
const reports: Observable = ({ violations }) =>
  `${violations.filter(({ kind }) => kind === 'lockdep').length} lock reports`;

/** How often somebody was told that it may not sleep where it is. */
const asleep: Observable = ({ violations }) =>
  `${violations.filter(({ kind }) => kind === 'sleep-in-atomic').length} told not to sleep`;

/** What drivers owe each other, where they meet. */
export const CONTRACT_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'giving-up-completes-nothing',
    window: 'RACE-04',
    world: { time: 'free' },
    setup: 'f = fence.create()',
    tasks: { A: 'fence.waitTimeout(f, 1); fence.getStatus(f)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome(
        'A 1 1; B 0',
        ['FENCE-064', 'FENCE-068'],
        'signaled before the wait, or in its jiffy',
      ),
      outcome('A 0 1; B 0', ['FENCE-068', 'CONTRACT-005'], 'A gave up, and B came after that'),
      outcome('A 0 0; B 0', ['CONTRACT-005'], 'A gave up and left the fence as it was'),
    ],
  }),
  litmus({
    name: 'lock-at-wait-and-in-section',
    window: 'RACE-04',
    allows: ['lockdep'],
    setup: 'f = fence.create(); m = mutex.create()',
    tasks: {
      A: 'mutex.lock(m); fence.waitTimeout(f, 0); mutex.unlock(m)',
      B: 'b = section.begin(); mutex.lock(m); mutex.unlock(m); section.end(b); fence.signal(f)',
    },
    sees: [results, reports],
    outcomes: [
      outcome(
        'A 0; B false 0, 1 lock reports',
        ['CONTRACT-024'],
        'whoever comes first, and though neither waits for the other',
      ),
      outcome(
        'A 1; B false 0, 1 lock reports',
        ['CONTRACT-024'],
        'the fence was signaled before A looked',
      ),
    ],
  }),
  litmus({
    name: 'callback-reclaims-if-it-runs',
    window: 'RACE-02',
    allows: ['sleep-in-atomic', 'lockdep'],
    setup: 'f = fence.create(); cb = callback.doing(allocate)',
    tasks: { A: 'fence.addCallback(f, cb)', B: 'fence.signal(f)' },
    sees: [results, asleep],
    outcomes: [
      outcome('A 0; B 0, 1 told not to sleep', ['CONTRACT-017'], 'it was added in time, and ran'),
      outcome(
        'A -ENOENT; B 0, 0 told not to sleep',
        ['FENCE-042'],
        'it came too late, and never ran',
      ),
    ],
  }),
];
