import { litmus, type Litmus, outcome } from '../litmus.ts';
import { armed, caller, completion, freer, results, status } from '../observables.ts';

const ONE = 'f = fence.create(); fence.get(f)';
const TWO = `${ONE}; g = fence.create(); fence.get(g)`;
const FAILED = `${ONE}; fence.setError(f, -5)`;

/** Arrays: who completes them, with which error, and what observers see of it. */
export const ARRAY_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'enable-child-signal',
    window: 'RACE-15',
    setup: `${FAILED}; a = array.create([f])`,
    tasks: {
      A: 'fence.enableSwSignaling(a); lockless.fence(a, [signaled])',
      B: 'fence.signal(f)',
    },
    sees: [results, completion, status('a')],
    outcomes: [
      outcome('A 1; B 0, inline, a -EIO', ['ARRAY-009', 'ARRAY-010'], 'refused: done on return'),
      outcome('A 0; B 0, deferred, a -EIO', ['ARRAY-010', 'ARRAY-012'], 'the work runs later'),
      outcome('A 1; B 0, deferred, a -EIO', ['ARRAY-010', 'ARRAY-017'], 'the work has run'),
    ],
  }),
  litmus({
    name: 'any-mode-below-zero',
    window: 'RACE-15',
    setup: `${TWO}; a = array.create([f, g], true)`,
    tasks: { A: 'fence.enableSwSignaling(a)', B: 'fence.signal(f)' },
    teardown: 'fence.signal(g)',
    sees: [results, completion, armed('g')],
    outcomes: [
      outcome('B 0, inline, g unarmed', ['ARRAY-009'], 'f was refused: g is not looked at'),
      outcome('B 0, deferred, g armed', ['ARRAY-009', 'ARRAY-019'], 'the walk went on to g'),
    ],
  }),
  litmus({
    name: 'count-before-clear',
    window: 'RACE-15',
    setup: `${ONE}; fence.signal(f); a = array.create([f])`,
    tasks: { A: 'fence.enableSwSignaling(a)', B: 'lockless.fence(a, [pending, error])' },
    sees: [results, completion],
    outcomes: [
      outcome('B 1 1, inline', ['ARRAY-005'], 'before the count'),
      outcome('B 1 0, inline', ['ARRAY-009'], 'counted and cleared between the looks'),
      outcome('B 0 1, inline', ['ARRAY-009'], 'counted down, and the marker still stands'),
      outcome('B 0 0, inline', ['ARRAY-009'], 'the marker was cleared before the second look'),
    ],
  }),
  litmus({
    name: 'refusing-child',
    window: 'RACE-15',
    allows: ['warn'],
    setup: `f = fence.create(enable: refuses); fence.get(f); a = array.create([f])`,
    tasks: {
      A: 'fence.enableSwSignaling(a)',
      B: 'lockless.fence(f, [stamped]); fence.setError(f, -5)',
    },
    sees: [results, status('a'), (run) => `warns ${run.violations.length}`],
    outcomes: [
      outcome('B 0, a -EIO, warns 0', ['ARRAY-028', 'FENCE-059'], 'stored before it was read'),
      outcome('B 0, a 1, warns 0', ['ARRAY-028'], 'looked in time, stored too late'),
      outcome('B 0, a -EIO, warns 1', ['ARRAY-028', 'FENCE-058'], 'stored before it was read'),
      outcome('B 0, a 1, warns 1', ['FENCE-058'], 'stored too late'),
      outcome('B 1, a -EIO, warns 1', ['ARRAY-028'], 'the error is read after the refusal'),
      outcome('B 1, a 1, warns 1', ['FENCE-058'], 'stored too late'),
    ],
  }),
  litmus({
    name: 'late-child-error',
    window: 'RACE-18',
    allows: ['warn'],
    setup: `${ONE}; a = array.create([f]); fence.enableSwSignaling(a)`,
    tasks: {
      A: 'fence.signal(f)',
      B: 'lockless.fence(f, [stamped]); fence.setError(f, -5)',
    },
    sees: [results, status('a'), (run) => `warns ${run.violations.length}`],
    outcomes: [
      outcome('A 0; B 0, a -EIO, warns 0', ['ARRAY-016'], 'stored before the callback read it'),
      outcome('A 0; B 0, a 1, warns 0', ['ARRAY-016'], 'looked in time, stored too late'),
      outcome('A 0; B 0, a -EIO, warns 1', ['ARRAY-028', 'FENCE-058'], 'stored in time'),
      outcome('A 0; B 0, a 1, warns 1', ['FENCE-058'], 'stored too late'),
      outcome('A 0; B 1, a -EIO, warns 1', ['ARRAY-028'], 'the callback reads after the flag'),
      outcome('A 0; B 1, a 1, warns 1', ['FENCE-058'], 'stored too late'),
    ],
  }),
  litmus({
    name: 'error-read-then-recorded',
    window: 'RACE-18',
    allows: ['warn'],
    setup: `${FAILED}; a = array.create([f]); fence.enableSwSignaling(a)`,
    tasks: {
      A: 'fence.signal(f)',
      B: 'fence.setError(f, -22); lockless.fence(a, [error])',
    },
    sees: [results, status('a'), (run) => `warns ${run.violations.length}`],
    outcomes: [
      outcome('A 0; B 1, a -EINVAL, warns 0', ['ARRAY-016'], 'the new error, not recorded yet'),
      outcome('A 0; B -22, a -EINVAL, warns 0', ['ARRAY-016'], 'the new error'),
      outcome('A 0; B 1, a -EIO, warns 0', ['ARRAY-016'], 'the old one was read, not recorded'),
      outcome('A 0; B -5, a -EIO, warns 0', ['ARRAY-016'], 'the old one was recorded'),
      outcome('A 0; B 1, a -EINVAL, warns 1', ['ARRAY-028'], 'the new error, not recorded yet'),
      outcome('A 0; B -22, a -EINVAL, warns 1', ['ARRAY-028'], 'the new error'),
      outcome('A 0; B 1, a -EIO, warns 1', ['ARRAY-028'], 'the old one was read, not recorded'),
      outcome('A 0; B -5, a -EIO, warns 1', ['ARRAY-016'], 'the old one was recorded'),
    ],
  }),
  litmus({
    name: 'error-before-count',
    window: 'RACE-18',
    setup: `${FAILED}; a = array.create([f]); fence.enableSwSignaling(a)`,
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(a, [error, pending])' },
    sees: [results, status('a')],
    outcomes: [
      outcome('A 0; B 1 1, a -EIO', ['ARRAY-005'], 'before the callback'),
      outcome('A 0; B 1 0, a -EIO', ['ARRAY-017'], 'recorded and counted between the looks'),
      outcome('A 0; B -5 1, a -EIO', ['ARRAY-017'], 'recorded before it counts down'),
      outcome('A 0; B -5 0, a -EIO', ['ARRAY-017'], 'counted before the second look'),
    ],
  }),
  litmus({
    name: 'count-before-queue',
    window: 'RACE-16',
    setup: `${ONE}; a = array.create([f]); fence.enableSwSignaling(a)`,
    tasks: {
      A: 'fence.signal(f)',
      B: 'lockless.fence(a, [pending]); lockless.fence(f, [locked])',
    },
    sees: [results, completion],
    outcomes: [
      outcome('A 0; B 1 0, deferred', ['ARRAY-010'], 'before the signal, or all of it between'),
      outcome('A 0; B 1 1, deferred', ['ARRAY-010'], 'before the count'),
      outcome('A 0; B 0 1, deferred', ['ARRAY-011'], 'counted under the lock of the child'),
      outcome('A 0; B 0 0, deferred', ['ARRAY-029'], 'the lock is open: the work may run'),
    ],
  }),
  litmus({
    name: 'two-failures',
    window: 'RACE-18',
    setup: `${TWO}; fence.setError(f, -5); fence.setError(g, -22); a = array.create([f, g])
      fence.enableSwSignaling(a)`,
    tasks: { A: 'fence.signal(f)', 'irq@A': 'fence.signal(g)' },
    sees: [results, status('a')],
    outcomes: [
      outcome('A 0; irq 0, a -EIO', ['ARRAY-016'], 'f recorded first'),
      outcome('A 0; irq 0, a -EINVAL', ['ARRAY-016'], 'g recorded first'),
    ],
  }),
  litmus({
    name: 'any-late-failure',
    window: 'RACE-18',
    setup: `${TWO}; fence.setError(g, -5); a = array.create([f, g], true)
      fence.enableSwSignaling(a)`,
    tasks: { A: 'fence.signal(f)', 'irq@A': 'fence.signal(g)' },
    sees: [results, status('a')],
    outcomes: [
      outcome('A 0; irq 0, a 1', ['ARRAY-018'], 'the marker was cleared before g failed'),
      outcome(
        'A 0; irq 0, a -EIO',
        ['ARRAY-018'],
        'g failed first, or before the marker was cleared',
      ),
    ],
  }),
  litmus({
    name: 'any-failure-before-the-work',
    window: 'RACE-18',
    setup: `${TWO}; fence.setError(g, -5); a = array.create([f, g], true)
      fence.enableSwSignaling(a)`,
    tasks: { A: 'fence.signal(f)', B: 'lockless.fence(a, [pending]); fence.signal(g)' },
    sees: [results, status('a')],
    outcomes: [
      outcome('A 0; B 1 0, a -EIO', ['ARRAY-018'], 'g was first, or failed before the work'),
      outcome('A 0; B 1 0, a 1', ['ARRAY-018'], 'all of f, and the work, came between'),
      outcome('A 0; B 0 0, a -EIO', ['ARRAY-018'], 'f had counted, and the work had not run'),
      outcome('A 0; B 0 0, a 1', ['ARRAY-018'], 'the marker was cleared before g failed'),
    ],
  }),
  litmus({
    name: 'work-poll',
    window: 'RACE-16',
    setup: `${ONE}; a = array.create([f]); cb = probe.create(); fence.addCallback(a, cb)`,
    tasks: { A: 'fence.signal(f)', B: 'fence.isSignaled(a)' },
    sees: [results, caller('cb')],
    outcomes: [
      outcome('A 0; B false, cb irq_work/1', ['ARRAY-012'], 'polled before the count'),
      outcome('A 0; B true, cb irq_work/1', ['ARRAY-013'], 'the work was first, or the poll lost'),
      outcome('A 0; B true, cb B', ['ARRAY-013'], 'the poll completed it, the work found it done'),
    ],
  }),
  litmus({
    name: 'work-wait',
    window: 'RACE-16',
    setup: `${ONE}; a = array.create([f])`,
    tasks: { A: 'fence.wait(a)', B: 'fence.signal(f)' },
    sees: [results, completion],
    outcomes: [
      outcome('A 0; B 0, inline', ['ARRAY-009', 'FENCE-063'], 'enabling found the child done'),
      outcome('A 0; B 0, deferred', ['ARRAY-012'], 'the work wakes the sleeper'),
    ],
  }),
  litmus({
    name: 'unarmed-poll',
    window: 'RACE-17',
    setup: `${TWO}; a = array.create([f, g])`,
    tasks: { A: 'fence.isSignaled(a)', B: 'fence.signal(f); fence.signal(g)' },
    sees: [results],
    outcomes: [
      outcome('A false; B 0 0', ['ARRAY-014'], 'a child was pending when it was looked at'),
      outcome('A true; B 0 0', ['ARRAY-014'], 'both children were done'),
    ],
  }),
  litmus({
    name: 'unarmed-poll-enable',
    window: 'RACE-17',
    setup: `${FAILED}; fence.signal(f); a = array.create([f])`,
    tasks: { A: 'fence.isSignaled(a)', B: 'fence.enableSwSignaling(a)' },
    sees: [results, status('a')],
    outcomes: [
      outcome('A false, a -EIO', ['ARRAY-013'], 'armed and not counted yet: outdated, allowed'),
      outcome('A true, a -EIO', ['ARRAY-017'], 'the walk recorded the error in time'),
      outcome('A true, a 1', ['ARRAY-015'], 'the unarmed poll cleared the marker: error lost'),
    ],
  }),
  litmus({
    name: 'count-before-flag',
    window: 'RACE-17',
    setup: `${ONE}; fence.signal(f); a = array.create([f])`,
    tasks: { A: 'fence.isSignaled(a)', 'irq@A': 'fence.enableSwSignaling(a)' },
    sees: [results, status('a')],
    outcomes: [
      outcome(
        'A true, a 1',
        ['ARRAY-014'],
        'the interrupt came before the counter was read, or late',
      ),
      outcome('A false, a 1', ['ARRAY-013'], 'it came between counter and flag: outdated'),
    ],
  }),
  litmus({
    name: 'true-is-signaled',
    window: 'RACE-40',
    setup: `${ONE}; fence.signal(f); a = array.create([f])`,
    tasks: {
      A: 'fence.isSignaled(a); lockless.fence(a, [signaled])',
      B: 'fence.enableSwSignaling(a)',
    },
    sees: [results],
    outcomes: [
      outcome('A true 1', ['FENCE-053', 'FENCE-055'], 'true is said after SIGNALED is set'),
      outcome('A false 0', ['ARRAY-013'], 'the walk had armed it and not counted'),
      outcome('A false 1', ['ARRAY-013'], 'the walk completed it meanwhile'),
    ],
  }),
  litmus({
    name: 'release-in-callback',
    window: 'RACE-19',
    setup: `${TWO}; a = array.create([f, g], true); fence.enableSwSignaling(a); fence.signal(f)`,
    tasks: { A: 'fence.put(a)', B: 'fence.signal(g)' },
    sees: [results, freer('a')],
    outcomes: [
      outcome('B 0, a freed by A', ['ARRAY-008', 'ARRAY-020'], 'the callback had dropped its own'),
      outcome('B 0, a freed by B', ['ARRAY-008', 'FENCE-006'], "released under g's lock"),
    ],
  }),
  litmus({
    name: 'status-under-both-locks',
    window: 'RACE-41',
    setup: `f = fence.create(signaled: hardware); hardware.finish(f); a = array.create([f])`,
    tasks: {
      A: 'fence.getStatus(a)',
      B: 'lockless.fence(a, [locked]); lockless.fence(f, [locked])',
    },
    sees: [results],
    outcomes: [
      outcome('A 1; B 0 0', ['FENCE-057'], 'neither is held'),
      outcome('A 1; B 0 1', ['FENCE-057'], 'both were taken after the first look'),
      outcome('A 1; B 1 0', ['FENCE-057'], 'the lock of the array comes first and goes last'),
      outcome('A 1; B 1 1', ['FENCE-057', 'ARRAY-014'], 'the child is signaled under both'),
    ],
  }),
  litmus({
    name: 'poll-under-one-lock',
    window: 'RACE-41',
    setup: `f = fence.create(signaled: hardware); hardware.finish(f); a = array.create([f])`,
    tasks: {
      A: 'fence.isSignaled(a)',
      B: 'lockless.fence(a, [locked]); lockless.fence(f, [locked])',
    },
    sees: [results],
    outcomes: [
      outcome('A true; B 0 0', ['FENCE-090'], 'neither is held'),
      outcome('A true; B 0 1', ['FENCE-090'], 'the child is signaled without the array'),
      outcome('A true; B 1 0', ['FENCE-090'], 'the array is signaled afterwards'),
    ],
  }),
  litmus({
    name: 'poll-loses-to-work',
    window: 'RACE-16',
    setup: `${ONE}; a = array.create([f]); fence.enableSwSignaling(a)`,
    tasks: {
      A: 'fence.isSignaled(a)',
      'irq@A': 'fence.signal(f)',
      B: 'lockless.fence(a, [stamped, locked])',
    },
    sees: [results],
    outcomes: [
      outcome('A false; irq 0; B 0 0', ['ARRAY-013'], 'polled before the interrupt'),
      outcome('A false; irq 0; B 0 1', ['ARRAY-012'], 'the work completes the array'),
      outcome('A false; irq 0; B 1 0', ['ARRAY-012'], 'the work has completed the array'),
      outcome('A true; irq 0; B 0 0', ['ARRAY-012', 'FENCE-055'], 'B was early'),
      outcome('A true; irq 0; B 0 1', ['ARRAY-012'], 'the work, or the poll, holds the lock'),
      outcome('A true; irq 0; B 1 0', ['ARRAY-012', 'FENCE-055'], 'the work was done'),
      outcome('A true; irq 0; B 1 1', ['ARRAY-013', 'FENCE-027'], 'the poll tries to signal, too'),
    ],
  }),
  litmus({
    name: 'counted-by-one',
    window: 'RACE-40',
    setup: `${TWO}; fence.signal(f); a = array.create([f, g])`,
    tasks: { A: 'fence.isSignaled(a)', B: 'fence.enableSwSignaling(a)' },
    teardown: 'fence.signal(g)',
    sees: [results],
    outcomes: [outcome('A false', ['ARRAY-013'], 'f is done, and counts for one of both only')],
  }),
  // Two whole polls beside the walk have 143,152 runs; C reads the words that a poll reads.
  litmus({
    name: 'three-parties',
    window: 'RACE-40',
    setup: `${FAILED}; fence.signal(f); a = array.create([f])`,
    tasks: {
      A: 'fence.isSignaled(a)',
      'B@A': 'fence.enableSwSignaling(a)',
      C: 'lockless.fence(a, [signaled, pending, enabled])',
    },
    sees: [results, status('a')],
    outcomes: [
      outcome('A true; C 0 1 0, a 1', ['ARRAY-014'], 'C would count the children, as A does'),
      outcome('A true; C 0 1 1, a 1', ['ARRAY-013'], 'A has counted; armed since: C says false'),
      outcome('A true; C 0 0 1, a 1', ['ARRAY-013'], 'the walk counted the child'),
      outcome('A true; C 1 1 0, a 1', ['ARRAY-014'], 'A signaled it unarmed'),
      outcome('A true; C 1 1 1, a 1', ['FENCE-052'], 'A signaled it, so the walk never began'),
      outcome('A true; C 1 0 1, a 1', ['ARRAY-015'], 'A cleared the marker, the walk signaled'),
      outcome('A true; C 0 1 0, a -EIO', ['ARRAY-014'], 'C was early'),
      outcome('A true; C 0 1 1, a -EIO', ['ARRAY-013'], 'armed, not counted: C says false'),
      outcome('A true; C 0 0 1, a -EIO', ['ARRAY-013'], 'counted, not signaled yet'),
      outcome('A true; C 1 0 1, a -EIO', ['ARRAY-017'], 'the walk recorded the error in time'),
      outcome('A false; C 0 1 0, a -EIO', ['ARRAY-014'], 'C was early'),
      outcome('A false; C 0 1 1, a -EIO', ['ARRAY-013'], 'both find it armed and not counted'),
      outcome('A false; C 0 0 1, a -EIO', ['ARRAY-013'], 'counted after A looked'),
      outcome('A false; C 1 0 1, a -EIO', ['ARRAY-017'], 'the walk completed it after A looked'),
    ],
  }),
];
