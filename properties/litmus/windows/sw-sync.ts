import { litmus, type Litmus, outcome } from '../litmus.ts';
import {
  atTheEnd,
  born,
  caller,
  freer,
  happened,
  lookups,
  results,
  status,
} from '../observables.ts';

const OPEN = 't = timeline.open()';
const POINT = `${OPEN}; p = timeline.point(t, 5)`;

/** Points of software timelines: made, signaled, polled and released while the value moves. */
export const SW_SYNC_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'inc-create',
    window: 'RACE-31',
    setup: OPEN,
    tasks: { A: 'timeline.inc(t, 5)', B: 'p = timeline.point(t, 5)' },
    sees: [results, born('p'), status('p')],
    outcomes: [
      outcome('A 0, p born pending, p 1', ['SWSYNC-008'], 'listed in time, so INC signals it'),
      outcome('A 0, p born signaled, p 1', ['SWSYNC-004'], 'the value had moved'),
    ],
  }),
  litmus({
    name: 'create-counts-before-it-locks',
    window: 'RACE-31',
    setup: OPEN,
    tasks: {
      A: 'p = timeline.point(t, 5)',
      B: 'lockless.timeline(t, [references]); timeline.inc(t, 5)',
    },
    sees: [results, born('p')],
    outcomes: [
      outcome('B 1 0, p born pending', ['SWSYNC-008'], 'made between the look and INC'),
      outcome('B 1 0, p born signaled', ['SWSYNC-004'], 'made after INC'),
      outcome('B 2 0, p born pending', ['SWSYNC-008'], 'A was first at the lock'),
      outcome('B 2 0, p born signaled', ['SWSYNC-004'], 'counted, and INC was first at the lock'),
    ],
  }),
  litmus({
    name: 'inc-in-steps',
    window: 'RACE-31',
    setup: OPEN,
    tasks: { A: 'timeline.inc(t, 4294967295)', B: 'p = timeline.point(t, 2415919104)' },
    sees: [results, born('p'), status('p')],
    outcomes: [
      outcome(
        'A 0, p born signaled, p 1',
        ['SWSYNC-005'],
        'before or after INC, or behind its second step: the number counts as past',
      ),
      outcome('A 0, p born pending, p 1', ['SWSYNC-009'], 'between the first two steps'),
    ],
  }),
  litmus({
    name: 'inc-locks-before-it-moves',
    window: 'RACE-31',
    setup: OPEN,
    tasks: { A: 'timeline.inc(t, 5)', B: 'lockless.timeline(t, [locked, value])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['SWSYNC-010'], 'before the value moved'),
      outcome('A 0; B 0 5', ['SWSYNC-010'], 'it moved before the second look'),
      outcome('A 0; B 1 0', ['SWSYNC-010'], 'the lock comes first'),
      outcome('A 0; B 1 5', ['SWSYNC-010'], 'it moved after the lock was seen'),
    ],
  }),
  litmus({
    name: 'inc-inc',
    window: 'RACE-01',
    setup: `${OPEN}; p = timeline.point(t, 1); q = timeline.point(t, 3); cb = probe.create()
      fence.addCallback(p, cb); d = probe.create(); fence.addCallback(q, d)`,
    tasks: { A: 'timeline.inc(t, 1)', B: 'timeline.inc(t, 2)' },
    teardown: 'timeline.value(t)',
    sees: [results, caller('cb'), caller('d'), atTheEnd],
    outcomes: [
      outcome('A 0; B 0, cb A, d B, finally 3', ['SWSYNC-008', 'SWSYNC-010'], 'A was first'),
      outcome('A 0; B 0, cb B, d A, finally 3', ['SWSYNC-008', 'SWSYNC-010'], 'B was first'),
    ],
  }),
  litmus({
    name: 'inc-poll',
    window: 'RACE-32',
    setup: `${POINT}; cb = probe.create(); fence.addCallback(p, cb)`,
    tasks: { A: 'timeline.inc(t, 5)', B: 'fence.isSignaled(p); lockless.fence(p, [stamped])' },
    sees: [results, caller('cb')],
    outcomes: [
      outcome('A 0; B false 0, cb A', ['SWSYNC-011'], 'polled, and looked, before INC'),
      outcome('A 0; B false 1, cb A', ['SWSYNC-011'], 'signaled before the second look'),
      outcome('A 0; B true 0, cb A', ['FENCE-031'], 'the flag is seen before the time'),
      outcome('A 0; B true 1, cb A', ['SWSYNC-011'], 'due by the value: it waits for the lock'),
    ],
  }),
  litmus({
    name: 'poll-value-before-flag',
    window: 'RACE-32',
    setup: POINT,
    tasks: {
      A: 'timeline.inc(t, 5)',
      B: 'lockless.timeline(t, [value]); lockless.fence(p, [signaled]); fence.isSignaled(p)',
    },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0 false', ['SWSYNC-011'], 'before INC'),
      outcome('A 0; B 0 0 true', ['SWSYNC-011'], 'due before the poll'),
      outcome('A 0; B 0 1 true', ['SWSYNC-011'], 'signaled before the second look'),
      outcome('A 0; B 5 0 true', ['SWSYNC-011'], 'the value is visible before the flag'),
      outcome('A 0; B 5 1 true', ['SWSYNC-011'], 'signaled before the second look'),
    ],
  }),
  litmus({
    name: 'inc-looks-at-the-next-point',
    window: 'RACE-32',
    setup: `${POINT}; q = timeline.point(t, 9)`,
    tasks: { A: 'timeline.inc(t, 5)', B: 'lockless.fence(p, [stamped, locked])' },
    sees: [results],
    outcomes: [
      outcome('A 0; B 0 0', ['SWSYNC-010'], 'INC was not there, or came between the looks'),
      outcome('A 0; B 0 1', ['SWSYNC-010'], 'INC was at work'),
      outcome('A 0; B 1 0', ['SWSYNC-010'], 'INC was done'),
      outcome('A 0; B 1 1', ['SWSYNC-008'], 'p is done; the next point is looked at in one hold'),
    ],
  }),
  litmus({
    name: 'create-equal-put',
    window: 'RACE-33',
    setup: POINT,
    tasks: { A: 'fence.put(p)', B: 'q = timeline.point(t, 5)' },
    sees: [born('q'), lookups],
    outcomes: [
      outcome('q born shared, tries 1 missed 0', ['SWSYNC-006'], 'the old point was alive'),
      outcome('q born pending, tries 1 missed 1', ['SWSYNC-007'], 'a twin beside the dying one'),
      outcome('q born pending, tries 0 missed 0', ['SWSYNC-006'], 'the old point was gone'),
    ],
  }),
  litmus({
    name: 'forced-signal-before-unlisting',
    window: 'RACE-14',
    allows: ['warn'],
    setup: `${POINT}; cb = callback.create(); fence.addCallback(p, cb)`,
    tasks: { A: 'fence.put(p)', B: 'lockless.timeline(t, [locked, locked, listed])' },
    sees: [results],
    outcomes: [
      outcome('B 0 0 1', ['FENCE-009'], 'before the release'),
      outcome('B 0 0 0', ['SWSYNC-016'], 'after it, or all of it between two looks'),
      outcome('B 0 1 1', ['FENCE-009'], 'the forced signal began between the looks'),
      outcome('B 0 1 0', ['SWSYNC-016'], 'the release ended before the last look'),
      outcome('B 1 1 1', ['FENCE-009'], 'during the forced signal'),
      outcome('B 1 1 0', ['SWSYNC-016'], 'the release ended before the last look'),
      outcome('B 1 0 1', ['FENCE-009', 'SWSYNC-016'], 'signaled, and the lock is taken once more'),
      outcome('B 1 0 0', ['SWSYNC-016'], 'the release ended before the last look'),
    ],
  }),
  litmus({
    name: 'inc-put',
    window: 'RACE-39',
    setup: POINT,
    tasks: { A: 'timeline.inc(t, 5)', B: 'fence.put(p)' },
    sees: [results, happened({ signalPoint: 'signaled' }, 'left alone'), lookups, freer('p')],
    outcomes: [
      outcome(
        'A 0, signaled, tries 1 missed 0, p freed by A',
        ['SWSYNC-010'],
        "INC's reference was the last",
      ),
      outcome('A 0, signaled, tries 1 missed 0, p freed by B', ['SWSYNC-010'], 'B was last'),
      outcome(
        'A 0, left alone, tries 1 missed 1, p freed by B',
        ['SWSYNC-022'],
        'the dead point is neither referenced nor put by INC',
      ),
      outcome('A 0, left alone, tries 0 missed 0, p freed by B', ['SWSYNC-016'], 'it was gone'),
    ],
  }),
];
