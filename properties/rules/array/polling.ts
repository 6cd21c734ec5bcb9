import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { callOf, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const PAIR = 'f = fence.create(); g = fence.create()';

/** A poll of an armed array sees exactly whether the counter had come down to zero. */
function seesCounter(run: Run): string | null {
  const poll = callOf(run, 'B', 'fence.isSignaled');
  const zero = sighted(run, 'a.array', 'countDown').find(({ result }) => result === 1);
  if (poll === undefined || poll.end === null || zero === undefined) return 'nobody polled';
  if (poll.begin > zero.step && poll.result !== true) return 'the counter is 0, the poll is false';
  if (poll.end < zero.step && poll.result !== false) return 'the poll is true before the counter';
  return null;
}

/** A poll completed the array before the work did. */
function pollOvertakes(run: Run): boolean {
  const attempts = sighted(run, 'a', 'signal');
  return attempts[0]?.task === 'B' && attempts.some(({ result }) => result === -22);
}

/** Properties of polling arrays. */
export const POLLING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-013'],
    plan: `A poll of an armed array is true exactly when the counter has come down.
      - child by child; a child whose hardware is done and whose flag is clear does not count
      - in the window before the work: the poll completes the array, the work finds that done
      - any-mode: children that come later bring the counter below zero, before the work has run
      - a poll beside the walk that arms the array: no child counts for both`,
    programs: [
      program('counter', {
        setup: `${PAIR}; a = array.create([f, g]); fence.enableSwSignaling(a)`,
        tasks: {
          A: `p0 = fence.isSignaled(a); fence.signal(f); p1 = fence.isSignaled(a)
            fence.signal(g); p2 = fence.isSignaled(a)`,
        },
      }),
      program('hardware', {
        setup: `f = fence.create(signaled: hardware); g = fence.create()
          a = array.create([f, g], any: true); fence.enableSwSignaling(a); hardware.finish(f)`,
        tasks: { A: 'p0 = fence.isSignaled(a); fence.signal(f); fence.signal(g)' },
      }),
      program('window', {
        setup: 'f = fence.create(); a = array.create([f]); fence.enableSwSignaling(a)',
        tasks: { A: 'fence.signal(f)', B: 'p = fence.isSignaled(a)' },
      }),
      program('beside-the-walk', {
        setup: `${PAIR}; fence.signal(f); a = array.create([f, g])`,
        tasks: { A: 'w = fence.isSignaled(a)', B: 'fence.enableSwSignaling(a)' },
        teardown: 'fence.signal(g)',
      }),
      program('below-zero', {
        setup: `${PAIR}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(f)', B: 'fence.signal(g); z = fence.isSignaled(a)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'window') return seesCounter(run);
      return results({
        counter: { p0: false, p1: false, p2: true },
        hardware: { p0: false },
        'beside-the-walk': { w: false },
        'below-zero': { z: true },
      })(run);
    },
    witness: {
      pending: reached((run) => resultNamed(run, 'p') === false),
      overtakes: reached(pollOvertakes),
    },
    faults: [
      'array-013-waits-for-the-work',
      'array-013-polls-children',
      'array-013-flag-first',
      'array-013-exactly-zero',
    ],
  }),
  property({
    rules: ['ARRAY-014'],
    plan: `A poll of an array that was never armed asks the children in index order.
      - all-mode: done with the last; every child is polled, also behind a pending one
      - any-mode: done with the first, children behind it are not asked; nothing gets armed`,
    programs: [
      program('all', {
        setup: `${PAIR}; a = array.create([f, g])`,
        tasks: {
          A: `p0 = fence.isSignaled(a); fence.signal(f); p1 = fence.isSignaled(a)
            fence.signal(g); p2 = fence.isSignaled(a); armed = inspect.isEnabled(a)`,
        },
      }),
      program('all-polled', {
        setup: `f = fence.create(); g = fence.create(signaled: hardware)
          a = array.create([f, g]); hardware.finish(g)`,
        tasks: { A: 'p = fence.isSignaled(a); behind = inspect.isSignaled(g)' },
      }),
      program('any', {
        setup: `${PAIR}; a = array.create([f, g], any: true)`,
        tasks: {
          A: 'p0 = fence.isSignaled(a); fence.signal(g); p1 = fence.isSignaled(a)',
        },
      }),
      program('any-first', {
        setup: `f = fence.create(signaled: hardware); g = fence.create(signaled: hardware)
          a = array.create([f, g], any: true); hardware.finish(f); hardware.finish(g)`,
        tasks: { A: 'p = fence.isSignaled(a); asked = inspect.polls(g)' },
      }),
    ],
    holds: results({
      all: { p0: false, p1: false, p2: true, armed: false },
      'all-polled': { p: false, behind: true },
      any: { p0: false, p1: true },
      'any-first': { p: true, asked: 0 },
    }),
    witness: {
      done: reached((run) => resultNamed(run, 'p2') === true),
      behind: reached((run) => resultNamed(run, 'behind') === true),
    },
    faults: ['array-014-false-when-unarmed', 'array-014-stops-at-a-pending-child'],
  }),
  property({
    rules: ['ARRAY-026'],
    plan: `A childless array is done when it is polled armed in all-mode, and never in any-mode.
      - poll, arm, look without polling, poll
      - a sleeper for whom nobody polls is never woken`,
    programs: [
      program('all', {
        tasks: {
          A: `a = array.create([]); p0 = fence.isSignaled(a); fence.enableSwSignaling(a)
            armed = inspect.isSignaled(a); p1 = fence.isSignaled(a)`,
        },
      }),
      program('any', {
        tasks: {
          A: `a = array.create([], any: true); p0 = fence.isSignaled(a)
            fence.enableSwSignaling(a); left = array.pending(a); p1 = fence.isSignaled(a)`,
        },
      }),
      program('sleeper', {
        setup: 'a = array.create([])',
        tasks: { A: 'fence.wait(a)' },
        mayBlock: ['A'],
      }),
    ],
    allows: ['warn', 'deadlock'],
    holds: (run) => {
      if (run.program.name === 'sleeper') {
        return run.blocked.length > 0 ? null : 'somebody has woken the sleeper';
      }
      return results({
        all: { p0: false, armed: false, p1: true },
        any: { p0: false, left: 1, p1: false },
      })(run);
    },
    witness: {
      done: reached((run) => resultNamed(run, 'p1') === true),
      sleeps: reached((run) => run.blocked.some(({ task }) => task === 'A')),
    },
    faults: ['array-026-born-done', 'array-026-completes-when-armed'],
  }),
];
