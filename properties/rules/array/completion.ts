import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { callOf, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const ARMED = `f = fence.create(); g = fence.create(); a = array.create([f, g])
  fence.enableSwSignaling(a)`;

/** The work ran in a hard interrupt of the processor that queued it, outside its locks. */
function runsInInterrupt(run: Run): string | null {
  const queued = sighted(run, 'a.array', 'queueWork');
  const ran = sighted(run, 'a.array', 'work');
  const [work] = ran;
  if (work === undefined || ran.length !== queued.length) {
    return `queued ${queued.length} times, and ran ${ran.length} times`;
  }
  if (work.context !== 'hardirq') return `the work runs in ${work.context} context`;
  if (work.isPinned) return 'the work runs while its processor holds a lock';
  return work.cpu === queued[0]?.cpu ? null : 'the work runs on another processor';
}

/** B looked at the array after the work was queued, and before it ran. */
function looksBetween(run: Run): boolean {
  const look = callOf(run, 'B', 'inspect.flag');
  const [queued] = sighted(run, 'a.array', 'queueWork');
  const [work] = sighted(run, 'a.array', 'work');
  if (look === undefined || queued === undefined || work === undefined) return false;
  return look.begin > queued.step && look.begin < work.step;
}

/** Properties of completing an array outside the locks of its children. */
export const COMPLETION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-011'],
    plan: `Locks are taken in one direction only: the array's, then a child's.
      - enabling, then the children's signals; enabling against the last signal`,
    programs: [
      program('in-turn', {
        setup: 'f = fence.create(); g = fence.create(); cb = callback.create()',
        tasks: {
          A: `a = array.create([f, g]); fence.addCallback(a, cb); fence.signal(f)
            fence.signal(g)`,
        },
      }),
      program('at-once', {
        setup: `f = fence.create(); g = fence.create(); cb = callback.create()
          a = array.create([f, g]); fence.signal(f)`,
        tasks: { A: 'fence.addCallback(a, cb)', B: 'fence.signal(g)' },
      }),
    ],
    forbids: ['lockdep', 'deadlock'],
    witness: {
      underChildLock: reached((run) => sighted(run, 'a.array', 'countDown').length > 0, 2),
      underArrayLock: reached((run) => sighted(run, 'a.array', 'watch').length > 0, 2),
    },
    faults: ['BUG-ARRAY-02'],
  }),
  property({
    rules: ['ARRAY-012'],
    plan: `After the last needed signal the array completes by itself.
      - nobody polls; a look in the window sees it pending
      - a sleeper is woken`,
    programs: [
      program('window', {
        setup: ARMED,
        tasks: { A: 'fence.signal(f); fence.signal(g)', B: 'seen = inspect.flag(a)' },
      }),
      program('sleeper', {
        setup: ARMED,
        tasks: { A: 'fence.signal(f); fence.signal(g)', B: 'fence.wait(a)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['deadlock'],
    holds: (run) => {
      const isSignaled = (run.environment.fence('a').flags.bits & SIGNALED) !== 0;
      return isSignaled ? null : 'all children are done, and the array is not';
    },
    witness: {
      window: reached((run) => looksBetween(run) && resultNamed(run, 'seen') === false),
      after: reached((run) => resultNamed(run, 'seen') === true),
    },
    faults: ['array-012-left-to-the-next-poll'],
  }),
  property({
    rules: ['ARRAY-029'],
    plan: `The work runs once per queueing, in a hard interrupt of the processor that queued it, as
      soon as its interrupts are on; other processors go on meanwhile.
      - from a task, and from an interrupt`,
    programs: [
      program('task', {
        setup: ARMED,
        tasks: { A: 'fence.signal(f); fence.signal(g)', B: 'seen = inspect.flag(a)' },
      }),
      program('interrupt', {
        setup: ARMED,
        tasks: { A: 'fence.signal(f)', 'irq@A': 'fence.signal(g)', B: 'seen = inspect.flag(a)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 2, runsMax: 1000 }],
    holds: runsInInterrupt,
    witness: {
      between: reached(looksBetween),
      fromInterrupt: reached((run) => sighted(run, 'a.array', 'queueWork')[0]?.task === 'irq'),
    },
    faults: ['BUG-ARRAY-02', 'array-029-in-a-worker'],
  }),
];
