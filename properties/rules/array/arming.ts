import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const PAIR = 'f = fence.create(); g = fence.create()';
const KEPT = `${PAIR}; fence.get(f); fence.get(g)`;

/** The array of the program was completed exactly once. */
function completesOnce(run: Run): string | null {
  const { flags } = run.environment.fence('a');
  if ((flags.bits & SIGNALED) === 0) return 'the array is not signaled although it must be';
  const deciding = [
    ...sighted(run, 'a.array', 'countDown'),
    ...sighted(run, 'a.array', 'countDown.inline'),
  ].filter(({ result }) => result === 1);
  if (deciding.length !== 1) return `${deciding.length} decrements completed the array`;
  const isInline = deciding[0]?.name === 'countDown.inline';
  const queued = sighted(run, 'a.array', 'queueWork').length;
  if (queued !== (isInline ? 0 : 1)) return `the completion was queued ${queued} times`;
  const refused = sighted(run, 'a', 'enableSignaling.refused').length;
  return refused === (isInline ? 1 : 0) ? null : 'the walk answers for what another one did';
}

function isInline(run: Run): boolean {
  return sighted(run, 'a', 'enableSignaling.refused').length > 0;
}

/** Properties of watching the children, and counting them. */
export const ARMING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-007'],
    plan: `Creating an array leaves its children alone; enabling it installs the callbacks.
      - flags and callbacks of the children before and after`,
    programs: [
      program('untouched', {
        setup: PAIR,
        tasks: {
          A: `a = array.create([f, g]); f0 = inspect.isEnabled(f); g0 = inspect.callbacks(g)
            fence.isSignaled(a); f1 = inspect.isEnabled(f); fence.enableSwSignaling(a)
            f2 = inspect.isEnabled(f); g2 = inspect.callbacks(g)`,
        },
        teardown: 'fence.signal(f); fence.signal(g)',
      }),
    ],
    holds: results({ untouched: { f0: false, g0: 0, f1: false, f2: true, g2: 1 } }),
    witness: { enabled: reached((run) => resultNamed(run, 'f2') === true) },
    faults: ['array-007-watches-at-once'],
  }),
  property({
    rules: ['ARRAY-008'],
    plan: `An array lives until every watched child has called back.
      - any-mode: done, and dropped by everybody, with a slow child left
      - the same while the drop races with that child`,
    programs: [
      program('slow-child', {
        setup: KEPT,
        tasks: {
          A: `a = array.create([f, g], any: true); fence.enableSwSignaling(a)
            armed = inspect.references(a); fence.signal(f); done = inspect.references(a)
            fence.put(a); alive = inspect.isFreed(a); fence.signal(g); gone = inspect.isFreed(a)`,
        },
      }),
      program('slow-child-race', {
        setup: `${KEPT}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.put(a)', B: 'fence.signal(f)', C: 'fence.signal(g)' },
        teardown: 'gone = inspect.isFreed(a)',
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['use-after-free', 'refcount', 'leak', 'double-free'],
    holds: results({
      'slow-child': { armed: 3, done: 2, alive: false, gone: true },
      'slow-child-race': { gone: true },
    }),
    witness: {
      survived: reached((run) => resultNamed(run, 'alive') === false),
      lastChildFrees: reached((run) => {
        const [freed] = sighted(run, 'a.array', 'free');
        return freed?.task === 'C';
      }),
    },
    faults: ['array-008-no-own-references'],
  }),
  property({
    rules: ['ARRAY-009'],
    plan: `Enabling walks in index order; a child that is done counts at once, and the walk ends
      only if its own decrement was the last one needed.
      - any-mode, child 0 done: child 1 stays untouched; all-mode, child 0 done: child 1 is armed
      - errors of children that are done are recorded in that order
      - another one's decrement reaches zero during the walk: it goes on arming`,
    programs: [
      program('any', {
        setup: `${PAIR}; fence.setError(f, -5); fence.signal(f)`,
        tasks: {
          A: `a = array.create([f, g], any: true); fence.enableSwSignaling(a)
            g1 = inspect.isEnabled(g); s = fence.getStatus(a)`,
        },
      }),
      program('all', {
        setup: `${PAIR}; fence.signal(f)`,
        tasks: {
          A: `a = array.create([f, g]); fence.enableSwSignaling(a)
            left = array.pending(a); g1 = inspect.isEnabled(g); s = fence.getStatus(a)`,
        },
        teardown: 'fence.signal(g)',
      }),
      program('order', {
        setup: `${PAIR}; fence.setError(f, -5); fence.setError(g, -6); fence.signal(f)
          fence.signal(g)`,
        tasks: {
          A: 'a = array.create([f, g]); fence.enableSwSignaling(a); s = fence.getStatus(a)',
        },
      }),
      program('others', {
        setup: `${PAIR}; h = fence.create(); a = array.create([f, g, h], any: true)`,
        tasks: { A: 'fence.enableSwSignaling(a)', B: 'fence.signal(f)' },
        teardown: 'h1 = inspect.isEnabled(h); fence.signal(g); fence.signal(h)',
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'others') {
        return results({ others: { h1: !isInline(run) } })(run);
      }
      return results({
        any: { g1: false, s: -5 },
        all: { left: 1, g1: true, s: 0 },
        order: { s: -5 },
      })(run);
    },
    witness: {
      inline: reached((run) => run.program.name === 'others' && isInline(run)),
      duringWalk: reached((run) => {
        const [zero] = sighted(run, 'a.array', 'countDown');
        const [armed] = sighted(run, 'a.array', 'armed');
        return zero !== undefined && armed !== undefined && zero.step < armed.step;
      }),
    },
    faults: ['array-009-backwards', 'array-009-stops-for-others'],
  }),
  property({
    rules: ['ARRAY-010'],
    plan: `Exactly one decrement completes the array: the walk's own inline, a callback's by work.
      - enabling against both children, all-mode and any-mode`,
    programs: [
      program('all', {
        setup: `${PAIR}; a = array.create([f, g])`,
        tasks: { A: 'fence.enableSwSignaling(a)', B: 'fence.signal(f)', C: 'fence.signal(g)' },
      }),
      program('any', {
        setup: `${PAIR}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: { B: 'fence.signal(f)', C: 'fence.signal(g)' },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 2000 },
      { kind: 'random', runs: 300, seed: 10 },
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: completesOnce,
    witness: {
      inline: reached(isInline),
      deferred: reached((run) => sighted(run, 'a.array', 'work').length === 1),
    },
    faults: ['array-010-counts-in-two-steps'],
  }),
  property({
    rules: ['ARRAY-019'],
    plan: `In any-mode the counter falls below zero, and still only one decrement completes.
      - three children one after another; three children at once`,
    programs: [
      program('one-by-one', {
        setup: `${PAIR}; h = fence.create(); a = array.create([f, g, h], any: true)
          fence.enableSwSignaling(a)`,
        tasks: {
          A: `fence.signal(f); fence.signal(g); fence.signal(h); left = array.pending(a)
            own = inspect.references(a)`,
        },
      }),
      program('at-once', {
        setup: `${PAIR}; h = fence.create(); a = array.create([f, g, h], any: true)
          fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(f)', B: 'fence.signal(g)', C: 'fence.signal(h)' },
        teardown: 'left = array.pending(a); own = inspect.references(a)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: both(
      (run) => {
        const attempts = sighted(run, 'a', 'signal').length;
        return attempts === 1 ? null : `${attempts} attempts to complete the array`;
      },
      results({ 'one-by-one': { left: -2, own: 1 }, 'at-once': { left: -2, own: 1 } }),
    ),
    witness: { belowZero: reached((run) => resultNamed(run, 'left') === -2, 2) },
    faults: ['array-019-below-zero'],
  }),
  property({
    rules: ['ARRAY-028'],
    plan: `Only the SIGNALED flag of a child counts, and its error is read without its lock.
      - hardware done, flag clear: the child is watched, the counter stays
      - a failed child, through the callback and through the walk`,
    programs: [
      program('flag-clear', {
        setup: `f = fence.create(signaled: hardware); g = fence.create(); hardware.finish(f)
          a = array.create([f, g])`,
        tasks: {
          A: `fence.enableSwSignaling(a); watched = inspect.callbacks(f)
            left = array.pending(a); flag = inspect.isSignaled(f); fence.signal(f)
            fence.signal(g)`,
        },
      }),
      program('errors', {
        setup: `${PAIR}; h = fence.create(); fence.setError(f, -5); fence.setError(h, -7)
          fence.signal(h); a = array.create([f, g]); b = array.create([h])
          fence.enableSwSignaling(a)`,
        tasks: {
          A: `fence.signal(f); fence.signal(g); s = fence.getStatus(a)
            fence.enableSwSignaling(b); t = fence.getStatus(b)`,
        },
      }),
    ],
    forbids: ['lockdep', 'deadlock'],
    holds: results({
      'flag-clear': { watched: 1, left: 2, flag: false },
      errors: { s: -5, t: -7 },
    }),
    witness: {
      watched: reached((run) => resultNamed(run, 'watched') === 1),
      errors: reached((run) => resultNamed(run, 't') === -7),
    },
    faults: ['array-028-polls-the-child', 'array-028-asks-for-the-status'],
  }),
];
