import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import { TimelineWatch } from '../../programs/timeline-watch.ts';
import type { Run } from '../../run/run.ts';

const TIMELINE = 't = sys.timeline()';
const POINT = `${TIMELINE}; f = sys.createFence(t, 3)`;

const EFAULT = -14;
const ENOMEM = -12;

/** A request that fails leaves its number, the timeline and its points as they were. */
function leavesNothing(run: Run): string | null {
  const result = resultNamed(run, 'f');
  const isFailed = run.world.failuresLeft === 0;
  const expected = isFailed ? ENOMEM : EFAULT;
  if (result !== expected) return `the request gives ${String(result)}, not ${expected}`;
  return results({ memory: { after: resultNamed(run, 'before') ?? null, p: '' } })(run);
}

/** How often a fence trace point was passed. */
function passed(run: Run, name: string): number {
  return run.sightings.filter((sighting) => sighting.name === name).length;
}

/** The point of a second request is new, pending, and nobody else's. */
function isFresh(run: Run): string | null {
  const first = run.environment.fence('f.fence');
  const second = run.environment.fence('g.fence');
  if (first === second && sighted(run, 'f.fence', 'put.last')[0] === undefined) return null;
  const isMissed = sighted(run, 'f.fence', 'getRcu.missed').some(({ task }) => task === 'B');
  if (first === second && isMissed) return 'the dying point is handed out again';
  const s = resultNamed(run, 's');
  return s === 'sw_sync-init1-3 0 1' ? null : `the point reads (${String(s)})`;
}

/** What a watched timeline showed whenever its lock was free. */
function isInOrder(run: Run): string | null {
  const { contradictions } = run.environment.find('t.watch', TimelineWatch);
  return contradictions[0] ?? null;
}

/** Properties of points: how they are made, shared and ordered. */
export const POINT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SWSYNC-003'],
    plan: `CREATE_FENCE: of several mistakes the first is reported; a good one owns its point.
      - a full table, an unreadable argument, memory for point and file, an unwritable argument
      - the given name has no effect; closing the descriptor ends the point`,
    programs: [
      program('full', {
        setup: `${TIMELINE}; sys.fillTable()`,
        tasks: { A: 'a = sys.createFence(t, 1, memory: bad); b = sys.createFence(t, 1)' },
      }),
      program('memory', {
        setup: TIMELINE,
        world: { failuresMax: 1 },
        tasks: {
          A: `before = sys.nextNumber(); f = sys.createFence(t, 3, memory: readOnly)
            after = sys.nextNumber(); p = timeline.points(t)`,
        },
      }),
      program('made', {
        setup: TIMELINE,
        tasks: {
          A: `bad = sys.createFence(t, 3, memory: bad); f = sys.createFence(t, 3, name: mine)
            i = sys.info(f); modes = sys.modes(f); n = inspect.references(f.fence)
            p0 = timeline.points(t); sys.close(f); p1 = timeline.points(t)
            gone = inspect.isFreed(f.fence)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: (run) => {
      if (run.program.name === 'memory') {
        return run.world.failuresLeft === 1 || resultNamed(run, 'f') === ENOMEM
          ? leavesNothing(run)
          : `the request gives ${String(resultNamed(run, 'f'))} without memory`;
      }
      return results({
        full: { a: -24, b: -24 },
        made: {
          bad: EFAULT,
          f: 0,
          i: 'sw_sync-init1-3 0 1',
          modes: 'readOnly closeOnExec',
          n: 1,
          p0: '3',
          p1: '',
          gone: true,
        },
      })(run);
    },
    witness: {
      withoutMemory: reached((run) => resultNamed(run, 'f') === ENOMEM, 2),
      unwritable: reached((run) => resultNamed(run, 'f') === EFAULT),
      made: reached((run) => resultNamed(run, 'gone') === true),
    },
    faults: [
      'swsync-003-takes-the-name',
      'swsync-003-keeps-a-reference',
      'swsync-003-number-last',
      'swsync-003-leaks-untold',
    ],
  }),
  property({
    rules: ['SWSYNC-004'],
    plan: `A point is born signaled exactly when its value is not later than the timeline's.
      - below, equal, one above; again after the timeline has moved; stamped, without error`,
    programs: [
      program('born', {
        setup: TIMELINE,
        tasks: {
          A: `a = sys.createFence(t, 0); fa = point.flags(a); ia = sys.info(a, 1)
            b = sys.createFence(t, 1); fb = point.flags(b); sys.inc(t, 5)
            c = sys.createFence(t, 4); fc = point.flags(c); d = sys.createFence(t, 5)
            fd = point.flags(d); e = sys.createFence(t, 6); fe = point.flags(e)
            p = timeline.points(t)`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: results({
      born: {
        fa: 'signaled stamped',
        ia: 'sw_sync-init1-0 1 1 | sw_sync init 1 1000000000',
        fb: 'pending',
        fc: 'signaled stamped',
        fd: 'signaled stamped',
        fe: 'pending',
        p: '6',
      },
    }),
    witness: { equal: reached((run) => resultNamed(run, 'fd') === 'signaled stamped') },
    faults: ['swsync-004-equal-is-ahead', 'swsync-004-always-pending'],
  }),
  property({
    rules: ['SWSYNC-005'],
    plan: `Values 2^31 or more ahead, modulo 2^32, are past.
      - the last value ahead, the first past, the highest; around the end of the range`,
    programs: [
      program('start', {
        setup: TIMELINE,
        tasks: {
          A: `a = sys.createFence(t, 2147483647); fa = point.flags(a)
            b = sys.createFence(t, 2147483648); fb = point.flags(b)
            c = sys.createFence(t, 4294967295); fc = point.flags(c)`,
        },
      }),
      program('middle', {
        setup: `${TIMELINE}; sys.inc(t, 2147483640)`,
        tasks: {
          A: `a = sys.createFence(t, 2147483650); fa = point.flags(a); sys.inc(t, 10)
            fb = point.flags(a)`,
        },
      }),
      program('wrap', {
        setup: `${TIMELINE}; sys.inc(t, 4294967290)`,
        tasks: {
          A: `a = sys.createFence(t, 5); fa = point.flags(a); b = sys.createFence(t, 4294967280)
            fb = point.flags(b); sys.inc(t, 10); fc = point.flags(a); sys.inc(t, 1)
            fd = point.flags(a)`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: results({
      middle: { fa: 'pending', fb: 'signaled stamped' },
      start: { fa: 'pending', fb: 'signaled stamped', fc: 'signaled stamped' },
      wrap: { fa: 'pending', fb: 'signaled stamped', fc: 'pending', fd: 'signaled stamped' },
    }),
    witness: {
      half: reached((run) => resultNamed(run, 'fa') === 'pending', 2),
      wraps: reached((run) => resultNamed(run, 'fd') === 'signaled stamped'),
    },
    faults: ['swsync-005-unsigned', 'swsync-005-no-wrap'],
  }),
  property({
    rules: ['SWSYNC-006'],
    plan: `A pending point of an equal value is shared; the one made for the request is thrown away.
      - one deadline for two descriptors; trace points; signaled ones are never shared
      - after the last reference is gone an equal value makes a new point`,
    programs: [
      program('shared', {
        setup: TIMELINE,
        tasks: {
          A: `f = sys.createFence(t, 3); g = sys.createFence(t, 3); n = inspect.references(f.fence)
            p = timeline.points(t); sys.deadline(f, 7); d = sys.getDeadline(t, g)
            sys.close(f); q = sys.poll(g, in); sys.inc(t, 3); r = sys.poll(g, in); sys.close(g)`,
        },
      }),
      program('signaled', {
        setup: `${TIMELINE}; sys.inc(t, 3)`,
        tasks: {
          A: `f = sys.createFence(t, 3); g = sys.createFence(t, 3); n = inspect.references(f.fence)
            m = inspect.references(g.fence)`,
        },
      }),
      program('again', {
        setup: POINT,
        tasks: {
          A: `sys.deadline(f, 7); sys.close(f); g = sys.createFence(t, 3)
            d = sys.getDeadline(t, g); p = timeline.points(t)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free', 'refinement'],
    holds: both(
      (run) => {
        if (run.program.name !== 'shared') return null;
        const thrownAway = passed(run, 'dma_fence_init') - passed(run, 'dma_fence_destroy');
        return thrownAway === 1 ? null : `${thrownAway} points were thrown away`;
      },
      results({
        shared: { n: 2, p: '3', d: '7', q: 'none', r: 'in' },
        signaled: { n: 1, m: 1 },
        again: { d: -2, p: '3' },
      }),
    ),
    witness: {
      shared: reached((run) => resultNamed(run, 'd') === '7'),
      again: reached((run) => resultNamed(run, 'd') === -2),
    },
    faults: ['swsync-006-never-shares', 'swsync-006-shares-without-reference'],
  }),
  property({
    rules: ['SWSYNC-007'],
    plan: `A point whose count is 0 is not shared: a new one goes next to it.
      - the last descriptor is closed while a point of the same value is made`,
    programs: [
      program('dying', {
        setup: POINT,
        tasks: { A: 'sys.close(f)', B: 'g = sys.createFence(t, 3); s = sys.info(g)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free', 'refinement', 'bug'],
    holds: isFresh,
    witness: {
      nextToIt: reached((run) => sighted(run, 'f.fence', 'getRcu.missed').length > 0),
      shared: reached((run) => sighted(run, 't.timeline', 'create.shared').length > 0),
    },
    faults: ['swsync-007-revives', 'swsync-007-gives-up'],
  }),
  property({
    rules: ['SWSYNC-015'],
    plan: `Points can always be armed, and arming does nothing to them.
      - a poll, a sleeping poll, and a wait of the kernel on a pending point`,
    programs: [
      program('armed', {
        setup: POINT,
        tasks: {
          A: `a = sys.poll(f, in); b = point.flags(f); c = sys.poll(f, in, 3); d = point.flags(f)
            sys.inc(t, 3); e = sys.poll(f, in)`,
        },
      }),
    ],
    forbids: ['refinement'],
    holds: results({
      armed: { a: 'none', b: 'pending enabled', c: 'none', d: 'pending enabled', e: 'in' },
    }),
    witness: { armed: reached((run) => resultNamed(run, 'b') === 'pending enabled') },
    faults: ['swsync-015-refuses'],
  }),
  property({
    rules: ['SWSYNC-020'],
    plan: `Nothing but its user completes a point, and every point says where it comes from, so that
      contracts of drivers can leave it out.
      - a minute passes; polls, waits and deadlines that have passed
      - its driver name marks it, also inside a merged file`,
    programs: [
      program('unbounded', {
        setup: `${POINT}; u = sys.timeline(); g = sys.createFence(u, 1); m = sys.merge(f, g, m)`,
        tasks: {
          A: `sys.deadline(m, 1); a = sys.poll(m, in, 30000); task.sleep(30000)
            b = sys.poll(f, in); c = sys.info(m, 2)`,
        },
      }),
    ],
    holds: results({
      unbounded: { a: 'none', b: 'none', c: 'm 0 2 | sw_sync init 0 0 | sw_sync init 0 0' },
    }),
    witness: { pending: reached((run) => resultNamed(run, 'b') === 'none') },
    faults: ['swsync-020-runs-out', 'swsync-020-no-origin'],
  }),
  property({
    rules: ['SWSYNC-021'],
    plan: `Whenever the lock is free, the listed points ascend and lie ahead of the value.
      - points in no order, requests in between, across the end of the 32-bit range
      - two tasks that make, close and signal points at once`,
    programs: [
      program('wrap', {
        setup: `${TIMELINE}; sys.inc(t, 4294967290); watch.timeline(t)`,
        tasks: {
          A: `a = sys.createFence(t, 4); b = sys.createFence(t, 4294967294)
            c = sys.createFence(t, 4294967292); d = sys.createFence(t, 1); p = timeline.points(t)
            sys.inc(t, 3); q = timeline.points(t); sys.inc(t, 3); sys.close(d); r = timeline.points(t)
            sys.inc(t, 9)`,
        },
      }),
      program('tasks', {
        setup: `${TIMELINE}; c = sys.createFence(t, 1); watch.timeline(t)`,
        tasks: {
          A: 'a = sys.createFence(t, 5); sys.inc(t, 2)',
          B: 'b = sys.createFence(t, 3); sys.close(c)',
        },
      }),
    ],
    forbids: ['refinement', 'bug', 'use-after-free'],
    holds: both(isInOrder, (run) => {
      if (run.program.name !== 'wrap') return null;
      const p = '4294967292 4294967294 1 4';
      return results({ wrap: { p, q: '4294967294 1 4', r: '4' } })(run);
    }),
    witness: {
      several: reached((run) => run.environment.find('t.watch', TimelineWatch).longest > 1, 10),
    },
    faults: ['swsync-021-in-order-of-creation', 'swsync-021-unsigned-order'],
  }),
  property({
    rules: ['SWSYNC-024'],
    plan: `A point that is born signaled is stamped, not enabled, on no list, and traced once.
      - value 0 on a new timeline, and a past value later`,
    programs: [
      program('born', {
        setup: TIMELINE,
        tasks: {
          A: `f = sys.createFence(t, 0); a = point.flags(f); p = timeline.points(t)
            i = sys.info(f, 1)`,
        },
      }),
    ],
    forbids: ['refinement', 'deadlock'],
    holds: both(
      results({
        born: {
          a: 'signaled stamped',
          p: '',
          i: 'sw_sync-init1-0 1 1 | sw_sync init 1 1000000000',
        },
      }),
      (run) => {
        const traced = passed(run, 'dma_fence_signaled');
        return traced === 1 ? null : `${traced} trace events say that it has signaled`;
      },
    ),
    witness: { born: reached((run) => resultNamed(run, 'a') === 'signaled stamped') },
    faults: ['swsync-024-enabled', 'swsync-024-not-stamped', 'swsync-024-listed'],
  }),
];
