import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, atTheEnd, lookups, polledBy, results } from '../observables.ts';

/** A kernel without lock proving: unlocking does not take back what was promised. */
const PROMISES_LAST = { lockProving: false };
const EMPTY = 'r = resv.create(); resv.lock(r); resv.reserve(r, 4)';

/** Reservation objects: walks without the lock against adding, growing and signaling. */
export const RESV_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'walk-append',
    window: 'RW-01',
    world: PROMISES_LAST,
    setup: `${EMPTY}; resv.unlock(r); g = fence.create()`,
    tasks: { A: 'resv.test(r, READ)', B: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)' },
    sees: [results],
    outcomes: [
      outcome('A true; B 0', ['RESV-041'], 'counted before it was appended'),
      outcome('A false; B 0', ['RESV-061'], 'counted after it was appended'),
    ],
  }),
  litmus({
    name: 'slot-before-count',
    window: 'RW-01',
    world: PROMISES_LAST,
    setup: `${EMPTY}; resv.unlock(r); g = fence.create()`,
    tasks: {
      A: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)',
      B: 'lockless.resv(r, [slot0, count, slot0])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B - 0 -', ['RESV-030'], 'before both stores'),
      outcome('A 0; B - 0 g', ['RESV-030'], 'stored before the last look'),
      outcome('A 0; B - 1 g', ['RESV-030'], 'counted: so the slot is set'),
      outcome('A 0; B g 0 g', ['RESV-030'], 'the slot is set first'),
      outcome('A 0; B g 1 g', ['RESV-030'], 'after both stores'),
    ],
  }),
  litmus({
    name: 'walk-reuse',
    window: 'RW-02',
    world: PROMISES_LAST,
    setup: `f = fence.create(seqno: 1, context: 9); h = fence.create(seqno: 2, context: 9)
      fence.signal(h); g = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.test(r, READ)',
      B: 'resv.lock(r); resv.add(r, g, READ); resv.add(r, h, READ); resv.unlock(r)',
    },
    sees: [results, polledBy('A', 'f')],
    outcomes: [
      outcome('A false; B 0, f polled 0', ['RESV-061'], 'the old fence was met'),
      outcome('A false; B 0, f polled never', ['RESV-041'], 'the new one was met, and g behind it'),
      outcome('A true; B 0, f polled never', ['RESV-041'], 'counted without g, met the new fence'),
    ],
  }),
  litmus({
    name: 'reuse-after-poll',
    window: 'RW-02',
    setup: `f = fence.create(signaled: hardware); hardware.finish(f); g = fence.create()
      ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)',
      B: 'lockless.fence(f, [stamped]); lockless.resv(r, [slot0])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 f', ['RESV-023'], 'before the store'),
      outcome('A 0; B 0 g', ['RESV-023'], 'stored between the looks'),
      outcome('A 0; B 1 f', ['RESV-062'], 'the adder signals what it polls, then it stores'),
      outcome('A 0; B 1 g', ['RESV-023'], 'after the store'),
    ],
  }),
  litmus({
    name: 'walk-growth',
    window: 'RW-04',
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.test(r, READ)',
      B: 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results, polledBy('A', 'f')],
    outcomes: [
      outcome('A false; B 0 0, f polled 0', ['RESV-018'], 'on one of the two lists'),
      outcome('A false; B 0 0, f polled 0 0', ['RESV-039'], 'on both: it starts again'),
    ],
  }),
  litmus({
    name: 'signal-growth',
    window: 'RW-04',
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.test(r, READ)',
      B: 'fence.signal(f); resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results, polledBy('A', 'f')],
    outcomes: [
      outcome('A false; B 0 0 0, f polled 0', ['RESV-061'], 'met pending, on the list of the time'),
      outcome('A true; B 0 0 0, f polled 1', ['RESV-061'], 'met when it had signaled'),
      outcome('A true; B 0 0 0, f polled 0', ['RESV-039'], 'met pending; the new list is empty'),
      outcome('A true; B 0 0 0, f polled never', ['RESV-018'], 'the new list does not have it'),
    ],
  }),
  litmus({
    name: 'poll-before-publication',
    window: 'RW-04',
    setup: `f = fence.create(signaled: hardware); hardware.finish(f)
      ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
      B: 'lockless.fence(f, [stamped]); lockless.resv(r, [count])',
    },
    sees: [results],
    outcomes: [
      outcome('A 0 0; B 0 1', ['RESV-018'], 'before the new list'),
      outcome('A 0 0; B 0 0', ['RESV-018'], 'published between the looks'),
      outcome('A 0 0; B 1 1', ['RESV-062'], 'polled and signaled, not published yet'),
      outcome('A 0 0; B 1 0', ['RESV-018'], 'the new list leaves it out'),
    ],
  }),
  litmus({
    name: 'growth-between-steps',
    window: 'RW-04',
    setup: `f = fence.create(); g = fence.create()
      ${EMPTY}; resv.add(r, f, READ); resv.add(r, g, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.walk(r, READ)',
      B: 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results, polledBy('A', 'g')],
    outcomes: [
      outcome('A f g; B 0 0, g polled 0', ['RESV-043'], 'each on one list'),
      outcome('A f f g; B 0 0, g polled 0', ['RESV-039'], 'stale when the second step began'),
      outcome('A f f g; B 0 0, g polled 0 0', ['RESV-039'], 'stale when the second step ended'),
      outcome('A f g f g; B 0 0, g polled 0 0', ['RESV-040'], 'stale when the third step came'),
    ],
  }),
  litmus({
    name: 'growth-in-the-last-step',
    window: 'RW-04',
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: {
      A: 'resv.walk(r, READ)',
      B: 'lockless.fence(f, [references, references]); resv.lock(r); resv.reserve(r, 8); resv.unlock(r)',
    },
    sees: [results],
    outcomes: [
      outcome('A f; B 2 2 0 0', ['RESV-038'], 'B looked before or after the step, or around it'),
      outcome('A f; B 2 3 0 0', ['RESV-038'], 'the walk owned one'),
      outcome('A f; B 3 2 0 0', ['RESV-038'], 'dropped, and the list looked at again, in time'),
      outcome('A f; B 3 3 0 0', ['RESV-038'], 'the walk owned one'),
      outcome('A f f; B 2 2 0 0', ['RESV-040'], 'it came to the new list'),
      outcome('A f f; B 2 3 0 0', ['RESV-040'], 'the walk owned one, and came to the new list'),
      outcome(
        'A f f; B 3 2 0 0',
        ['RESV-039'],
        'dropped, and the list was exchanged before the look',
      ),
      outcome('A f f; B 3 3 0 0', ['RESV-040'], 'the walk owned one, and came to the new list'),
    ],
  }),
  litmus({
    name: 'walk-last-reference',
    window: 'RW-05',
    world: PROMISES_LAST,
    setup: `f = fence.create(seqno: 1, context: 9); h = fence.create(seqno: 2, context: 9)
      ${EMPTY}; resv.add(r, f, READ); resv.unlock(r); fence.put(f)`,
    tasks: { A: 'resv.test(r, READ)', B: 'resv.lock(r); resv.add(r, h, READ); resv.unlock(r)' },
    sees: [results, lookups],
    outcomes: [
      outcome('A false; B 0, tries 1 missed 0', ['RESV-061'], 'the old fence or the new one'),
      outcome('A false; B 0, tries 2 missed 1', ['RESV-044'], 'it was dying: the walk restarts'),
    ],
  }),
  litmus({
    name: 'wait-append',
    window: 'RW-07',
    world: PROMISES_LAST,
    setup: `${EMPTY}; resv.unlock(r); g = fence.create()`,
    tasks: { A: 'resv.wait(r, READ, 0)', B: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)' },
    sees: [results, armed('g')],
    outcomes: [
      outcome('A 1; B 0, g unarmed', ['RESV-059'], 'appended after the count: not waited for'),
      outcome('A 0; B 0, g armed', ['RESV-055', 'RESV-059'], 'counted: pending, and enabled'),
    ],
  }),
  litmus({
    name: 'wait-growth',
    window: 'RW-07',
    setup: 'r = resv.create(); g = fence.create(enable: refuses)',
    tasks: {
      A: 'resv.wait(r, READ, 0)',
      B: 'resv.lock(r); resv.reserve(r, 1); resv.add(r, g, READ); resv.unlock(r)',
    },
    sees: [results, armed('g')],
    outcomes: [
      outcome('A 1; B 0 0, g unarmed', ['RESV-054'], 'there was nothing to wait for'),
      outcome('A 1; B 0 0, g armed', ['RESV-039', 'RESV-059'], 'found on the new list, and done'),
    ],
  }),
  litmus({
    name: 'wait-signal',
    window: 'RW-07',
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: { A: 'resv.wait(r, READ)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [outcome('A max; B 0', ['RESV-053', 'RESV-058'], 'no wake-up is lost')],
  }),
  litmus({
    name: 'wait-deadline',
    window: 'RW-08',
    world: { time: 'free' },
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: { A: 'resv.wait(r, READ, 5)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A 5; B 0', ['RESV-057'], 'signaled in time'),
      outcome('A 0; B 0', ['RESV-053'], 'the timer fired, whether or not it is signaled'),
    ],
  }),
  litmus({
    name: 'test-signal',
    window: 'RW-09',
    setup: `f = fence.create(); ${EMPTY}; resv.add(r, f, READ); resv.unlock(r)`,
    tasks: { A: 'resv.test(r, READ); resv.test(r, READ)', B: 'fence.signal(f)' },
    sees: [results],
    outcomes: [
      outcome('A false false; B 0', ['RESV-061'], 'met pending twice'),
      outcome('A false true; B 0', ['RESV-061'], 'signaled between the polls'),
      outcome('A true true; B 0', ['RESV-061'], 'signaled before the first poll'),
    ],
  }),
  litmus({
    name: 'add-add',
    window: 'RW-09',
    setup: 'r = resv.create(); f = fence.create(); g = fence.create()',
    tasks: {
      A: 'resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)',
      B: 'resv.lock(r); resv.reserve(r, 1); resv.add(r, g, READ); resv.unlock(r)',
    },
    teardown: 'resv.slots(r)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0 0; B 0 0, finally f/READ g/READ', ['RESV-006', 'RESV-029'], 'A was first'),
      outcome('A 0 0; B 0 0, finally g/READ f/READ', ['RESV-006', 'RESV-029'], 'B was first'),
    ],
  }),
];
