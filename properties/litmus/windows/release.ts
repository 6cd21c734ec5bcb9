import { litmus, type Litmus, outcome } from '../litmus.ts';
import { calls, lookups, releaser, results, same } from '../observables.ts';

const KEPT = 'f = fence.create(release: kept)';

/** References: taken, dropped, looked up; and what the last one does. */
export const RELEASE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'poll-put-poll-put',
    window: 'RACE-08',
    setup:
      'f = fence.create(signaled: hardware, release: counted); fence.get(f); hardware.finish(f)',
    tasks: {
      A: 'fence.isSignaled(f); fence.put(f)',
      B: 'fence.isSignaled(f); fence.put(f)',
    },
    sees: [results, releaser('f')],
    outcomes: [
      outcome('A true; B true, f released by A', ['FENCE-006', 'FENCE-055'], 'A was last'),
      outcome('A true; B true, f released by B', ['FENCE-006', 'FENCE-055'], 'B was last'),
    ],
  }),
  litmus({
    name: 'callback-puts',
    window: 'RACE-08',
    setup: `f = fence.create(signaled: hardware, release: counted); fence.get(f); fence.get(f)
      hardware.finish(f); cb = callback.create(put, f); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.isSignaled(f); fence.put(f)', B: 'fence.put(f)' },
    sees: [results, calls('cb'), releaser('f')],
    outcomes: [
      outcome('A true, cb 1, f released by A', ['FENCE-036'], 'its own reference was the last'),
      outcome('A true, cb 1, f released by B', ['FENCE-006'], 'B dropped the last one later'),
    ],
  }),
  litmus({
    name: 'get-is-seen',
    window: 'RACE-08',
    setup: 'f = fence.create()',
    tasks: { A: 'fence.get(f)', B: 'lockless.fence(f, [references])' },
    sees: [results],
    outcomes: [
      outcome('B 1', ['FENCE-001'], 'before the get'),
      outcome('B 2', ['FENCE-005'], 'after the get'),
    ],
  }),
  litmus({
    name: 'count-before-release',
    window: 'RACE-13',
    setup: KEPT,
    tasks: { A: 'fence.put(f)', B: 'lockless.fence(f, [references, released])' },
    teardown: 'fence.free(f)',
    sees: [results, releaser('f')],
    outcomes: [
      outcome('B 1 0, f released by A', ['FENCE-006'], 'before the put'),
      outcome('B 1 1, f released by A', ['FENCE-006'], 'put between the looks'),
      outcome('B 0 0, f released by A', ['FENCE-008'], 'the list is looked at before the release'),
      outcome('B 0 1, f released by A', ['FENCE-007'], 'after the release'),
    ],
  }),
  litmus({
    name: 'lookup-replace',
    window: 'RACE-13',
    setup: `f = fence.create(release: counted); g = fence.create(); s = slot.create(f)`,
    tasks: {
      A: 'slot.getSafe(s)',
      B: 'lockless.fence(f, [references]); slot.publish(s, g)',
    },
    sees: [results, lookups],
    outcomes: [
      outcome('A f; B 1, tries 1 missed 0', ['FENCE-011'], 'counted while the slot held it'),
      outcome('A f; B 2, tries 1 missed 0', ['FENCE-011'], 'counted before B looked'),
      outcome('A g; B 1, tries 1 missed 0', ['FENCE-011'], 'after the publication'),
      outcome('A g; B 1, tries 2 missed 1', ['FENCE-010'], 'read, dropped by B, then too late'),
      outcome('A g; B 1, tries 2 missed 0', ['FENCE-011'], 'counted, and the slot had changed'),
      outcome('A g; B 2, tries 2 missed 0', ['FENCE-011'], 'changed between count and second look'),
    ],
  }),
  litmus({
    name: 'lookup-clear',
    window: 'RACE-13',
    setup: 'f = fence.create(release: counted); s = slot.create(f)',
    tasks: { A: 'slot.getSafe(s)', B: 'slot.publish(s, null)' },
    sees: [results, lookups, releaser('f')],
    outcomes: [
      outcome('A f, tries 1 missed 0, f released by boot', ['FENCE-011'], 'A owns it now'),
      outcome('A NULL, tries 0 missed 0, f released by B', ['FENCE-011'], 'the slot was empty'),
      outcome('A NULL, tries 1 missed 1, f released by B', ['FENCE-010'], 'it was dying'),
      outcome('A NULL, tries 1 missed 0, f released by A', ['FENCE-011'], 'the stray one was last'),
      outcome('A NULL, tries 1 missed 0, f released by B', ['FENCE-011'], 'the stray one was not'),
    ],
  }),
  litmus({
    name: 'forced-signal-under-lock',
    window: 'RACE-14',
    allows: ['warn'],
    setup: `${KEPT}; cb = callback.create(); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.put(f)', B: 'lockless.fence(f, [locked, error])' },
    teardown: 'fence.free(f)',
    sees: [results, calls('cb')],
    outcomes: [
      outcome('B 0 0, cb 1', ['FENCE-009'], 'before the forced signal'),
      outcome('B 0 -35, cb 1', ['FENCE-009'], 'stored between the looks, or before both'),
      outcome('B 1 0, cb 1', ['FENCE-009'], 'the lock comes before the error'),
      outcome('B 1 -35, cb 1', ['FENCE-009'], 'stored after the first look'),
    ],
  }),
  litmus({
    name: 'error-before-forced-signal',
    window: 'RACE-14',
    allows: ['warn'],
    setup: `${KEPT}; cb = callback.create(); fence.addCallback(f, cb)`,
    tasks: { A: 'fence.put(f)', B: 'lockless.fence(f, [error, signaled, error])' },
    teardown: 'fence.free(f)',
    sees: [results],
    outcomes: [
      outcome('B 0 0 0', ['FENCE-009'], 'before the forced signal'),
      outcome('B 0 0 -35', ['FENCE-009'], 'stored before the last look'),
      outcome('B 0 1 -35', ['FENCE-030'], 'signaled implies the error'),
      outcome('B -35 0 -35', ['FENCE-009'], 'the error is stored first'),
      outcome('B -35 1 -35', ['FENCE-030'], 'after the forced signal'),
    ],
  }),
  litmus({
    name: 'warning-before-lock',
    window: 'RACE-14',
    allows: ['warn'],
    setup: `${KEPT}; cb = probe.create(linger); fence.addCallback(f, cb)`,
    tasks: {
      A: 'fence.put(f)',
      B: 'lockless.warnings(); lockless.fence(f, [locked]); lockless.probe(cb)',
    },
    teardown: 'fence.free(f)',
    sees: [results],
    outcomes: [
      outcome('B 0 0 late', ['FENCE-009'], 'B was early'),
      outcome('B 0 0 done', ['FENCE-009'], 'all of it after the second look, or before it'),
      outcome('B 0 1 late', ['FENCE-009'], 'the callback has not returned'),
      outcome('B 0 1 done', ['FENCE-009'], 'it returned before the last look'),
      outcome('B 1 0 late', ['FENCE-009'], 'the complaint comes before the lock'),
      outcome('B 1 0 done', ['FENCE-009'], 'all was over, or came after the second look'),
      outcome('B 1 1 late', ['FENCE-009'], 'the callback has not returned'),
      outcome('B 1 1 done', ['FENCE-009'], 'it returned before the last look'),
    ],
  }),
  litmus({
    name: 'first-stub',
    window: 'RACE-36',
    tasks: { A: 'p = stub.get()', B: 'q = stub.get()' },
    sees: [same('p', 'q')],
    outcomes: [
      outcome('one object of A', ['FENCE-014', 'FENCE-016'], 'A was first under the stub lock'),
      outcome('one object of B', ['FENCE-014', 'FENCE-016'], 'B was first under the stub lock'),
    ],
  }),
];
