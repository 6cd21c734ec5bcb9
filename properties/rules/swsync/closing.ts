import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const TIMELINE = 't = sys.timeline()';
const POINT = `${TIMELINE}; f = sys.createFence(t, 3)`;

/** The points that signaled, in order. */
function signaled(run: Run): string {
  const events = run.sightings.filter(({ name, result }) => name === 'signal' && result === 0);
  return events.map(({ object }) => object.label.replace('.fence', '')).join(' ');
}

/** Properties of closing a timeline. */
export const CLOSING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SWSYNC-012'],
    plan: `Closing a timeline fails every listed point with -ENOENT, in order, and signals it.
      - points made in another order; one that had signaled keeps its status
      - a sleeping poll and a wait of the kernel end; names stay; the points stay on the list
      - closing a copy of the descriptor does nothing yet`,
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 5000 }],
    programs: [
      program('order', {
        setup: `${TIMELINE}; a = sys.createFence(t, 5); b = sys.createFence(t, 3)
          c = sys.createFence(t, 4); sys.inc(t, 3); d = sys.dup(t)`,
        tasks: {
          A: `sys.close(d); q = sys.info(a); sys.close(t); i = sys.info(a, 1); j = sys.info(b, 1)
            k = sys.info(c, 1); p = sys.poll(a, all); l = timeline.points(t)`,
        },
      }),
      program('sleepers', {
        setup: `${POINT}; g = sys.createFence(t, 4)`,
        tasks: {
          A: 'p = sys.poll(f, in, -1); i = sys.info(f)',
          B: 'w = driver.waitFor(g); j = sys.info(g)',
          C: 'sys.close(t)',
        },
      }),
    ],
    forbids: ['deadlock', 'refinement', 'leak'],
    holds: both(
      results({
        order: {
          q: 'sw_sync-init1-5 0 1',
          i: 'sw_sync-init1-5 -2 1 | sw_sync init -2 1000000000',
          j: 'sw_sync-init1-3 1 1 | sw_sync init 1 1000000000',
          k: 'sw_sync-init1-4 -2 1 | sw_sync init -2 1000000000',
          p: 'in',
          l: '4 5',
        },
        sleepers: { p: 'in', i: 'sw_sync-init1-3 -2 1', w: 0, j: 'sw_sync-init1-4 -2 1' },
      }),
      (run) => {
        const order = run.program.name === 'order' ? 'b c a' : 'f g';
        return signaled(run) === order ? null : `signaled in order (${signaled(run)})`;
      },
    ),
    witness: {
      failed: reached((run) => String(resultNamed(run, 'i')).includes(' -2 1'), 10),
      kept: reached((run) => String(resultNamed(run, 'j')).includes(' 1 1 |')),
    },
    faults: [
      'BUG-SWSYNC-01',
      'swsync-012-without-error',
      'swsync-012-other-error',
      'swsync-012-off-the-list',
      'swsync-012-backwards',
    ],
  }),
  property({
    rules: ['SWSYNC-013'],
    plan: `Closing a timeline survives callbacks that drop the last reference on a point.
      - the only reference is with a callback, which drops it; a second point waits behind it
      - the same with a task that advances, or closes the other descriptor, meanwhile
      - the same from user space: a registered eventfd is the last to hold the point
      - control: INC instead of the close`,
    programs: [
      program('eventfd', {
        setup: `${TIMELINE}; f = sys.createFence(t, 1); c = drm.device(virtio_gpu)
          d = drm.open(c); s = so.create(d); so.fromFd(d, f, 1, s); e = sys.eventfd()
          so.eventfd(d, s, 0, e); so.reset(d, [s]); sys.close(f)`,
        tasks: { A: 'sys.close(t); n = sys.readCount(e)' },
      }),
      program('close', {
        setup: `${TIMELINE}; f = sys.createFence(t, 1); g = sys.createFence(t, 2)
          k = driver.inFence(f); cb = callback.create(put, k); fence.addCallback(k, cb)
          sys.close(f)`,
        tasks: { A: 'sys.close(t); i = sys.info(g)' },
      }),
      program('two-tasks', {
        setup: `${TIMELINE}; f = sys.createFence(t, 1); g = sys.createFence(t, 2)
          k = driver.inFence(f); cb = callback.create(put, k); fence.addCallback(k, cb)`,
        tasks: { A: 'sys.close(t)', B: 'sys.close(f); sys.close(g)' },
      }),
      program('advance', {
        setup: `${TIMELINE}; f = sys.createFence(t, 1); k = driver.inFence(f)
          cb = callback.create(put, k); fence.addCallback(k, cb); sys.close(f)`,
        tasks: { A: 'sys.inc(t, 1)' },
      }),
    ],
    forbids: [
      'deadlock',
      'lockdep',
      'use-after-free',
      'double-free',
      'refcount',
      'bug',
      'leak',
      'refinement',
    ],
    holds: (run) => {
      if (run.program.name !== 'eventfd') return null;
      const n = resultNamed(run, 'n');
      return n === 1 ? null : `the eventfd has counted ${String(n)}, not 1`;
    },
    witness: {
      lastInCallback: reached((run) => {
        const [last] = sighted(run, 'f.fence', 'put.last');
        return last?.task === 'A';
      }, 3),
      failed: reached((run) => resultNamed(run, 'i') === 'sw_sync-init1-2 -2 1'),
    },
    faults: ['KERN-SWSYNC-01', 'swsync-013-drops-under-the-lock'],
  }),
  property({
    rules: ['SWSYNC-014'],
    plan: `A timeline outlives its file: names and values of its last points can still be read.
      - closed with one point, after which that point is asked, merged, listed and closed
      - the close races with questions, and with the close of the point`,
    programs: [
      program('orphan', {
        setup: `sys.setName(prog); ${POINT}; sys.close(t)`,
        tasks: {
          A: `i = sys.info(f, 1); l = inspect.isFreed(t.timeline); sys.close(f)
            m = inspect.isFreed(t.timeline)`,
        },
      }),
      program('race', {
        setup: POINT,
        tasks: { A: 'sys.close(t)', B: 'i = sys.info(f); sys.close(f)' },
      }),
    ],
    forbids: ['use-after-free', 'double-free', 'refcount', 'leak', 'refinement'],
    holds: (run) => {
      if (run.program.name === 'race') {
        const i = String(resultNamed(run, 'i'));
        const isRight = i === 'sw_sync-init1-3 0 1' || i === 'sw_sync-init1-3 -2 1';
        return isRight ? null : `the point reads (${i})`;
      }
      const i = 'sw_sync-prog1-3 -2 1 | sw_sync prog -2 1000000000';
      return results({ orphan: { i, l: false, m: true } })(run);
    },
    witness: {
      orphan: reached((run) => resultNamed(run, 'm') === true),
      lastPoint: reached((run) => sighted(run, 't.timeline', 'free')[0]?.task === 'B', 10),
    },
    faults: ['swsync-014-ends-with-its-file'],
  }),
];
