import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { callOf, overlap, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import { TimelineWatch } from '../../programs/timeline-watch.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

const TIMELINE = 't = sys.timeline()';
const POINT = `${TIMELINE}; f = sys.createFence(t, 1)`;
/** The only reference on the point is with a callback, which drops it. */
const CALLED = `${POINT}; k = driver.inFence(f); cb = callback.create(put, f.fence)
  fence.addCallback(f.fence, cb); sys.close(f)`;

const EFAULT = -14;

/** The points that signaled, in order. */
function signaled(run: Run): string {
  const events = run.sightings.filter(({ name, result }) => name === 'signal' && result === 0);
  return events.map(({ object }) => object.label.replace('.fence', '')).join(' ');
}

/** The values at which the timeline's trace point was passed; `locked` where that was too late. */
function traced(run: Run): string {
  const { sights } = run.environment.find('t.watch', TimelineWatch);
  return sights.map(({ value, isLocked }) => `${value}${isLocked ? ' locked' : ''}`).join(' ');
}

/** Compares the points that signaled and the values that were traced. */
function moves(order: string, values: string): (run: Run) => string | null {
  return (run) => {
    if (signaled(run) !== order) return `signaled in order (${signaled(run)}), not (${order})`;
    return traced(run) === values ? null : `traced at (${traced(run)}), not at (${values})`;
  };
}

/** No point was released while the task that released it held the timeline's lock. */
function isReleasedOutside(run: Run): string | null {
  const unlocked = run.sightings.filter(
    ({ name, object }) => name === 'free' && object.kind === 'fence',
  );
  const inside = unlocked.find(({ isPinned }) => isPinned);
  return inside === undefined ? null : `${inside.object.label} is released under the lock`;
}

/** Whoever asks after the value has moved gets the right answer. */
function seesValue(run: Run): string | null {
  const [advance] = sighted(run, 't.timeline', 'advance');
  const poll = callOf(run, 'B', 'sys.poll');
  if (advance === undefined || poll === undefined) return 'nobody has advanced, or asked';
  if (poll.begin > advance.step && poll.result !== 'in')
    return 'the value is there, the poll empty';
  if ((poll.end ?? 0) < advance.step && poll.result !== 'none') return 'the poll knows too much';
  return null;
}

/** B asked while A held the lock and had not come to the point; A then signaled it. */
function asksInside(run: Run): boolean {
  const [advance] = sighted(run, 't.timeline', 'advance');
  const attempts = sighted(run, 'f.fence', 'signal');
  const poll = callOf(run, 'B', 'sys.poll');
  const isLate = attempts.some(({ task, result }) => task === 'B' && result !== 0);
  return isLate && (poll?.end ?? 0) > (advance?.step ?? 0) && poll?.result === 'in';
}

/** Properties of INC and of the end of a timeline. */
export const MOVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SWSYNC-008'],
    plan: `INC adds to the value and signals, in ascending order, every point that is due.
      - points made in another order, some due, all due; INC 0; an unreadable argument
      - one trace event for each step, with the value before it, and without the lock
      - a dead point whose release comes late does not hide those behind it`,
    programs: [
      program('order', {
        setup: `${TIMELINE}; a = sys.createFence(t, 5); b = sys.createFence(t, 3)
          c = sys.createFence(t, 4); d = sys.createFence(t, 9); watch.timeline(t)`,
        tasks: {
          A: `r = sys.inc(t, 0); bad = sys.inc(t, 7, memory: bad); v = timeline.value(t)
            sys.inc(t, 4); p = timeline.points(t); readOnly = sys.inc(t, 2, memory: readOnly)
            w = timeline.value(t); q = timeline.points(t); sys.inc(t, 3)`,
        },
      }),
      program('wrap', {
        setup: `${TIMELINE}; sys.inc(t, 4294967294); a = sys.createFence(t, 1)
          b = sys.createFence(t, 4294967295); watch.timeline(t)`,
        tasks: { A: 'sys.inc(t, 4); v = timeline.value(t)' },
      }),
      program('behind', {
        setup: `${TIMELINE}; a = sys.createFence(t, 1); b = sys.createFence(t, 5)`,
        tasks: {
          A: `sys.inc(t, 1); sys.inc(t, 1); c = sys.createFence(t, 2147483649); sys.inc(t, 3)
            s = inspect.isSignaled(b.fence); p = timeline.points(t)`,
          B: 'sys.close(a)',
        },
      }),
    ],
    forbids: ['refinement', 'warn'],
    holds: (run) => {
      if (run.program.name === 'behind') {
        return results({ behind: { s: true, p: '2147483649' } })(run);
      }
      if (run.program.name === 'wrap') {
        return both(moves('b a', '4294967294'), results({ wrap: { v: 2 } }))(run);
      }
      const order = { r: 0, bad: EFAULT, v: 0, p: '5 9', readOnly: 0, w: 6, q: '9' };
      return both(results({ order }), moves('b c a d', '0 0 4 6'))(run);
    },
    witness: {
      order: reached((run) => signaled(run) === 'b c a d'),
      wrap: reached((run) => signaled(run) === 'b a'),
      late: reached((run) => {
        const [put] = sighted(run, 'a.fence', 'put.last');
        const [free] = sighted(run, 'a.fence', 'free');
        const [made] = sighted(run, 't.timeline', 'create.pending').slice(-1);
        const isBetween = (put?.step ?? 0) < (made?.step ?? 0);
        return run.program.name === 'behind' && isBetween && (made?.step ?? 0) < (free?.step ?? 0);
      }),
    },
    faults: [
      'swsync-008-leaves-the-dead',
      'swsync-008-backwards',
      'swsync-008-only-one',
      'swsync-008-refuses-zero',
      'swsync-008-traced-behind',
    ],
  }),
  property({
    rules: ['SWSYNC-009'],
    plan: `A large increment is applied in steps, so that it jumps over no point.
      - 0xffffffff over a point at 5; 2^31 + 20 over a point at 10; 2^31 - 1 in one step
      - somebody looks in between`,
    programs: [
      program('largest', {
        setup: `${TIMELINE}; a = sys.createFence(t, 5); watch.timeline(t)`,
        tasks: { A: 'sys.inc(t, 4294967295); v = timeline.value(t)' },
      }),
      program('half', {
        setup: `${TIMELINE}; a = sys.createFence(t, 10); watch.timeline(t)`,
        tasks: { A: 'sys.inc(t, 2147483668); v = timeline.value(t)' },
      }),
      program('one-step', {
        setup: `${TIMELINE}; a = sys.createFence(t, 10); watch.timeline(t)`,
        tasks: { A: 'sys.inc(t, 2147483647); v = timeline.value(t)' },
      }),
      program('between', {
        setup: `${TIMELINE}; watch.timeline(t)`,
        tasks: {
          A: 'sys.inc(t, 4294967295)',
          B: 'b = sys.createFence(t, 2147483650); s = sys.info(b)',
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) => {
      const expected: Readonly<Record<string, readonly [string, number]>> = {
        largest: ['0 2147483647 4294967294', 4294967295],
        half: ['0 2147483647', 2147483668],
        'one-step': ['0', 2147483647],
      };
      const wanted = expected[run.program.name];
      if (wanted === undefined) return null;
      const [values, v] = wanted;
      return both(moves('a', values), results({ [run.program.name]: { v } }))(run);
    },
    outcomes: (outcomes, { name }) => {
      if (name !== 'between') return null;
      const isSeen = [...outcomes].some((line) => line.includes('2147483650 0 1'));
      return isSeen ? null : 'nobody ever gets in between two steps';
    },
    witness: {
      three: reached((run) => traced(run) === '0 2147483647 4294967294'),
      between: reached((run) => String(resultNamed(run, 's')).endsWith(' 0 1')),
    },
    faults: ['BUG-SWSYNC-03', 'swsync-009-cut', 'swsync-009-larger-steps'],
  }),
  property({
    rules: ['SWSYNC-010'],
    plan: `INC moves and signals in one hold of the lock, and nothing is released inside.
      - a callback drops the last reference; the last descriptor is closed meanwhile
      - a second task looks at the list: what it finds there is not due`,
    programs: [
      program('callback', { setup: CALLED, tasks: { A: 'sys.inc(t, 1)' } }),
      program('close', {
        setup: POINT,
        tasks: { A: 'sys.inc(t, 1)', B: 'sys.close(f)' },
      }),
      program('look', {
        setup: `${POINT}; watch.timeline(t)`,
        tasks: { A: 'sys.inc(t, 1)', B: 'l = sys.swSyncInfo(); g = sys.createFence(t, 1)' },
      }),
    ],
    forbids: [
      'lockdep',
      'deadlock',
      'use-after-free',
      'double-free',
      'refcount',
      'refinement',
      'bug',
    ],
    holds: both(isReleasedOutside, (run) => {
      if (run.program.name !== 'look') return null;
      const { contradictions } = run.environment.find('t.watch', TimelineWatch);
      return contradictions[0] ?? null;
    }),
    witness: {
      inCallback: reached((run) => run.program.name === 'callback' && signaled(run) === 'f'),
      closedMeanwhile: reached((run) => {
        const [put] = sighted(run, 'f.fence', 'put.last');
        return run.program.name === 'close' && put?.task === 'A';
      }, 2),
    },
    faults: [
      'BUG-SWSYNC-02',
      'BUG-SWSYNC-05',
      'swsync-010-two-holds',
      'swsync-010-signals-listed-points',
    ],
  }),
  property({
    rules: ['SWSYNC-011'],
    plan: `A poll that finds the value moved says so, although the point is not signaled yet.
      - a poll at any moment of an INC, also between the value and the point
      - it waits for the lock, and then finds the point signaled by INC`,
    programs: [
      program('poll', {
        // The callback is in its place, so that the poll takes no lock before it looks.
        setup: `${POINT}; sys.poll(f, in)`,
        tasks: { A: 'sys.inc(t, 1)', B: 'b = sys.poll(f, in)' },
      }),
    ],
    forbids: ['deadlock'],
    holds: seesValue,
    witness: {
      inside: reached(asksInside),
      before: reached((run) => resultNamed(run, 'b') === 'none', 10),
    },
    faults: ['swsync-011-looks-at-flags'],
  }),
  property({
    rules: ['SWSYNC-016'],
    plan: `The release of a listed point takes it off the list and does not signal it.
      - the only descriptor is closed, then INC goes past it; the same on a closed timeline
      - a merge and a copy keep it; the timeline ends with its last point`,
    programs: [
      program('pending', {
        setup: POINT,
        tasks: {
          A: `p0 = timeline.points(t); sys.close(f); p1 = timeline.points(t)
            gone = inspect.isFreed(f.fence); s = inspect.isSignaled(f.fence); sys.inc(t, 3)
            last = inspect.isFreed(t.timeline); sys.close(t); end = inspect.isFreed(t.timeline)`,
        },
      }),
      program('failed', {
        setup: `${POINT}; d = sys.dup(f); sys.close(t)`,
        tasks: {
          A: `p0 = timeline.points(t); sys.close(f); p1 = timeline.points(t)
            last = inspect.isFreed(t.timeline); sys.close(d); end = inspect.isFreed(t.timeline)`,
        },
      }),
      program('tasks', {
        setup: `${POINT}; g = sys.createFence(t, 2)`,
        tasks: { A: 'sys.close(f)', B: 'sys.close(g)', C: 'sys.close(t)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free', 'double-free', 'bug', 'refinement', 'deadlock'],
    holds: (run) => {
      if (run.program.name === 'tasks') return null;
      return results({
        pending: { p0: '1', p1: '', gone: true, s: false, last: false, end: true },
        failed: { p0: '1', p1: '1', last: false, end: true },
      })(run);
    },
    witness: {
      pending: reached((run) => resultNamed(run, 's') === false),
      failed: reached((run) => run.program.name === 'failed' && resultNamed(run, 'end') === true),
      tasks: reached(
        (run) => overlap(callOf(run, 'A', 'sys.close'), callOf(run, 'C', 'sys.close')),
        10,
      ),
    },
    faults: ['swsync-016-stays-listed', 'swsync-016-signals', 'swsync-016-keeps-the-timeline'],
  }),
  property({
    rules: ['SWSYNC-022'],
    plan: `INC leaves a dead point to its release: it neither counts it up nor puts it.
      - the last descriptor is closed while INC makes the point due, at any moment
      - the same with two points, and with a third task that makes an equal point`,
    programs: [
      program('one', { setup: POINT, tasks: { A: 'sys.inc(t, 1)', B: 'sys.close(f)' } }),
      program('two', {
        setup: `${POINT}; g = sys.createFence(t, 2)`,
        tasks: { A: 'sys.inc(t, 2)', B: 'sys.close(f)', C: 'sys.close(g)' },
      }),
      program('again', {
        setup: POINT,
        tasks: { A: 'sys.inc(t, 1)', B: 'sys.close(f); sys.createFence(t, 1)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['refcount', 'use-after-free', 'double-free', 'bug', 'refinement', 'leak', 'warn'],
    witness: {
      passedOver: reached(
        (run) => sighted(run, 'f.fence', 'getRcu.missed').some(({ task }) => task === 'A'),
        3,
      ),
      taken: reached((run) => sighted(run, 'f.fence', 'getRcu.taken').length > 0, 10),
    },
    faults: ['KERN-SWSYNC-02', 'swsync-022-looks-then-takes'],
  }),
];
