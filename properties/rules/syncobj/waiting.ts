import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const ETIME = -62;
const ERESTARTSYS = -512;

/** Objects that hold a pending fence each: `a` has f, `b` has g. */
const TWO = `${OPEN}; f = fence.create(); g = fence.create(); a = so.create(t); b = so.create(t)
  syncobj.replace(a.syncobj, f); syncobj.replace(b.syncobj, g)`;

/** How long something took, between two looks at the clock. Unit: jiffies. */
const between = (run: Parameters<typeof resultNamed>[0], from: string, to: string): number =>
  Number(resultNamed(run, to)) - Number(resultNamed(run, from));

/** Properties of the arguments of waits, and of what they return. */
export const WAIT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-013'],
    plan: `Waits know their flags, and look at them before anything else; then at the count, the handles in
      memory, what they name, and the points in memory. Padding is nothing.
      - each flag, alone and unknown ones beside it, × no handles, one handle × both calls
      - each error with those that come later; no points at all; padding`,
    programs: [
      program('flags', {
        tasks: {
          A: `${OPEN}; a = so.create(t, 1); b4 = so.wait(t, [], 4); b16 = so.wait(t, [], 16)
            b17 = so.wait(t, [], 17); b5 = so.wait(t, [a], 5); b11 = so.wait(t, [a], 11)
            b0 = so.wait(t, [], 0); t16 = so.timelineWait(t, [], [], 16)
            t31 = so.timelineWait(t, [a], [0], 31); t15 = so.timelineWait(t, [a], [0], 15)
            t0 = so.timelineWait(t, [], [], 15); nine = so.wait(t, [9], 16)
            top = so.wait(t, [a], 2147483648)`,
        },
      }),
      program('order', {
        tasks: {
          A: `${OPEN}; a = so.create(t, 1); both = so.wait(t, [9], mapped: 0)
            part = so.wait(t, [a, 9], mapped: 1); count = so.wait(t, [9], count: 0, mapped: 0)
            unknown = so.wait(t, [a, 9], all); zero = so.wait(t, [0])
            flag = so.timelineWait(t, [9], [1], 16, mapped: 0)
            handles = so.timelineWait(t, [9], [1], mapped: 0, mappedPoints: 0)
            points = so.timelineWait(t, [9], [1], mappedPoints: 0)
            last = so.timelineWait(t, [a], [1], mappedPoints: 0); none = so.timelineWait(t, [a])
            few = so.timelineWait(t, [a, a], [0, 0], mappedPoints: 1)
            pad = so.wait(t, [a], pad: 7); tpad = so.timelineWait(t, [a], [0], pad: 7)
            n = syncobj.references(a.syncobj)`,
        },
      }),
    ],
    holds: results({
      flags: {
        b4: EINVAL,
        b16: EINVAL,
        b17: EINVAL,
        b5: EINVAL,
        b11: 'first 0',
        b0: 'first unwritten',
        t16: EINVAL,
        t31: EINVAL,
        t15: 'first 0',
        t0: 'first unwritten',
        nine: EINVAL,
        top: EINVAL,
      },
      order: {
        both: EFAULT,
        part: EFAULT,
        count: 'first unwritten',
        unknown: ENOENT,
        zero: ENOENT,
        flag: EINVAL,
        handles: EFAULT,
        points: ENOENT,
        last: EFAULT,
        none: 'first 0',
        few: EFAULT,
        pad: 'first 0',
        tpad: 'first 0',
        n: 1,
      },
    }),
    forbids: ['refcount', 'leak'],
    witness: { nothing: reached((run) => resultNamed(run, 'b0') === 'first unwritten') },
    faults: [
      'syncobj-013-count-first',
      'syncobj-013-available-in-both',
      'syncobj-013-points-first',
      'syncobj-013-checks-pad',
      'syncobj-013-keeps-references',
    ],
  }),
  property({
    rules: ['SYNCOBJ-014'],
    plan: `Times are absolute, monotonic and signed: 0, negative ones and those that are past poll once. A
      wait never ends early, and no more than two ticks late.
      - times around now, in nanoseconds, and what becomes of them
      - waits for 1 and 50 ticks, both calls; the latest time that there is, until somebody signals`,
    programs: [
      program('conversion', {
        tasks: {
          A: `zero = syncobj.timeout(0); past = syncobj.timeout(1); now = syncobj.timeout(1000000000)
            one = syncobj.timeout(1000000001); below = syncobj.timeout(1000999999)
            tick = syncobj.timeout(1001000000); above = syncobj.timeout(1001000001)
            far = syncobj.timeout(3000000000); negative = syncobj.timeout(-5)`,
        },
      }),
      program('times', {
        tasks: {
          A: `${TWO}; task.sleep(9); n0 = clock.now(); p = so.wait(t, [a]); q = so.wait(t, [a], timeout: -5)
            m = so.wait(t, [a], timeout: -5000); z = so.wait(t, [a], timeout: 0); n1 = clock.now()
            w1 = so.wait(t, [a], timeout: 1); n2 = clock.now(); w50 = so.wait(t, [a, b], timeout: 50)
            n3 = clock.now(); v50 = so.timelineWait(t, [a], [0], timeout: 50); n4 = clock.now()
            done = fence.signal(f); late = so.wait(t, [a], timeout: -5000)`,
        },
      }),
      program('forever', {
        setup: TWO,
        tasks: {
          A: 'w = so.wait(t, [a], timeout: forever); n = clock.now()',
          B: 'task.sleep(7000000); fence.signal(f)',
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'times') {
        if (between(run, 'n0', 'n1') !== 0) return 'a poll takes time';
        for (const [from, to, ticks] of [
          ['n1', 'n2', 1],
          ['n2', 'n3', 50],
          ['n3', 'n4', 50],
        ] as const) {
          const took = between(run, from, to);
          if (took < ticks || took > ticks + 2) return `a wait for ${ticks} takes ${took}`;
        }
      }
      return results({
        conversion: {
          zero: 0,
          past: 0,
          now: 0,
          one: 1,
          below: 1,
          tick: 2,
          above: 2,
          far: 2001,
          negative: 0,
        },
        times: {
          p: ETIME,
          q: ETIME,
          m: ETIME,
          z: ETIME,
          w1: ETIME,
          w50: ETIME,
          v50: ETIME,
          late: 'first 0',
        },
        forever: { w: 'first 0', n: 7_001_000 },
      })(run);
    },
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    witness: { expired: reached((run) => resultNamed(run, 'w50') === ETIME) },
    faults: [
      'syncobj-014-early',
      'syncobj-014-unsigned',
      'syncobj-014-relative',
      'syncobj-014-late',
    ],
  }),
  property({
    rules: ['SYNCOBJ-015'],
    plan: `A wait whose time is over says -ETIME, one that is interrupted -ERESTARTSYS, and the time comes
      first. Both leave first_signaled as it was.
      - a poll, and a wait with time left, beside an interruption; timers that fire at any moment
      - waits for submission, too; nothing is left registered`,
    programs: [
      program('poll', {
        setup: TWO,
        tasks: { A: 'w = so.wait(t, [a, b])', B: 'task.interrupt(A)' },
      }),
      program('left', {
        setup: TWO,
        tasks: { A: 'w = so.wait(t, [a], timeout: forever)', B: 'task.interrupt(A)' },
        teardown: 'l = syncobj.look(a.syncobj); n = syncobj.references(a.syncobj)',
      }),
      program('timer', {
        world: { time: 'free' },
        setup: TWO,
        tasks: { A: 'w = so.wait(t, [a], all, 3)', B: 'task.interrupt(A)' },
      }),
      program('submission', {
        world: { time: 'free' },
        setup: `${OPEN}; a = so.create(t)`,
        tasks: { A: 'w = so.timelineWait(t, [a], [3], submit, 3)', B: 'task.interrupt(A)' },
        teardown: 'l = syncobj.look(a.syncobj); n = syncobj.references(a.syncobj)',
      }),
    ],
    holds: (run) => {
      if (resultNamed(run, 'n') !== undefined && resultNamed(run, 'n') !== 1) {
        return 'a reference on the object is left';
      }
      const { name } = run.program;
      const w = resultNamed(run, 'w');
      if (typeof w === 'string') return `a wait that fails tells ${w}`;
      if (name === 'poll' && w === ERESTARTSYS) return 'a poll is interrupted';
      const isInterrupted = run.resultOf('B', 'task.interrupt') !== undefined;
      if (name === 'left' && w === ETIME && isInterrupted) return 'the time is over before its end';
      const look = resultNamed(run, 'l');
      return look === undefined || !String(look).includes('waiting') ? null : String(look);
    },
    ...exactly({
      poll: [`A:${ETIME} B:`],
      left: [`A:${ERESTARTSYS} B:`],
      timer: [`A:${ETIME} B:`, `A:${ERESTARTSYS} B:`],
      submission: [`A:${ETIME} B:`, `A:${ERESTARTSYS} B:`],
    }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['deadlock', 'refcount', 'leak', 'use-after-free'],
    witness: { interrupted: reached((run) => run.outcome === `A:${ERESTARTSYS} B:`) },
    faults: [
      'syncobj-015-signal-first',
      'syncobj-015-interrupted-is-over',
      'syncobj-015-writes-first',
      'syncobj-015-stays-registered',
    ],
  }),
  property({
    rules: ['SYNCOBJ-016'],
    plan: `Without a flag for submission the whole array must have fences: one slot without makes -EINVAL,
      whatever the others are, and whatever time there is.
      - empty slots and missing points before and behind signaled and pending ones × all, any
      - polls and waits with time; nothing is left of a failed wait`,
    programs: [
      program('slots', {
        tasks: {
          A: `${TWO}; e = so.create(t); d1 = so.create(t, 1); x1 = so.wait(t, [d1, e])
            x2 = so.wait(t, [e, d1]); x3 = so.wait(t, [d1, e], all); x4 = so.wait(t, [a, e], timeout: 9)
            x5 = so.wait(t, [e], timeout: forever); x6 = so.timelineWait(t, [d1, d1], [0, 1])
            x7 = so.timelineWait(t, [d1, a], [0, 5], deadline, 9)
            so.timelineSignal(t, [e], [5]); ok = so.timelineWait(t, [e], [5])
            x8 = so.timelineWait(t, [e, e], [5, 6]); now = clock.now(); d2 = so.wait(t, [d1, a])
            l = syncobj.look(e.syncobj); n = syncobj.references(e.syncobj); i = inspect.references(f)`,
        },
      }),
    ],
    holds: results({
      slots: {
        x1: EINVAL,
        x2: EINVAL,
        x3: EINVAL,
        x4: EINVAL,
        x5: EINVAL,
        x6: EINVAL,
        x7: EINVAL,
        ok: 'first 0',
        x8: EINVAL,
        now: 1000,
        d2: 'first 0',
        l: 'timeline 5',
        n: 1,
        i: 2,
      },
    }),
    forbids: ['refcount', 'leak'],
    witness: { refused: reached((run) => resultNamed(run, 'x1') === EINVAL) },
    faults: [
      'syncobj-016-early-exit',
      'syncobj-016-time-first',
      'syncobj-016-waits-anyway',
      'syncobj-016-keeps-fences',
    ],
  }),
  property({
    rules: ['SYNCOBJ-017'],
    plan: `A wait for any tells the first ready object of its first scan, or else of the scan that wakes it;
      a wait for all tells the first ready one of its first scan, or none.
      - ready objects at each place, several at once; the same object twice
      - one and both signaled during the wait, in the other order`,
    programs: [
      program('scan', {
        tasks: {
          A: `${TWO}; c = so.create(t, 1); e = so.create(t, 1); w1 = so.wait(t, [a, c, b, e])
            w2 = so.wait(t, [c, e]); w3 = so.wait(t, [c, e], all); w4 = so.wait(t, [a, c, e], all)
            w5 = so.wait(t, [e, e], all); fence.signal(g); w6 = so.wait(t, [a, b, c])
            w7 = so.timelineWait(t, [a, b], [0, 0], available)`,
        },
      }),
      program('woken-any', {
        setup: TWO,
        tasks: { A: 'o = so.wait(t, [a, b], timeout: forever)', B: 'fence.signal(g)' },
      }),
      program('woken-all', {
        setup: TWO,
        tasks: {
          A: 'w = so.wait(t, [a, b], all, forever)',
          B: 'task.sleep(5); fence.signal(f); fence.signal(g)',
        },
      }),
      program('woken-rest', {
        setup: `${TWO}; c = so.create(t, 1)`,
        tasks: {
          A: 'w = so.wait(t, [a, c], all, forever)',
          B: 'task.sleep(5); fence.signal(f)',
        },
      }),
      program('woken-twice', {
        setup: TWO,
        tasks: {
          A: 'so.wait(t, [a, b], timeout: forever)',
          B: 'fence.signal(g); fence.signal(f)',
        },
      }),
    ],
    holds: (run) => {
      const told = resultNamed(run, 'o');
      if (typeof told === 'string' && told !== 'first 1') return `the second one is ready: ${told}`;
      return results({
        scan: {
          w1: 'first 1',
          w2: 'first 0',
          w3: 'first 0',
          w4: ETIME,
          w5: 'first 0',
          w6: 'first 1',
          w7: 'first 0',
        },
        'woken-any': {},
        'woken-all': { w: 'first none' },
        'woken-rest': { w: 'first 1' },
        'woken-twice': {},
      })(run);
    },
    ...exactly({
      'woken-any': ['A:first 1 B:0'],
      'woken-twice': ['A:first 0 B:0,0', 'A:first 1 B:0,0'],
    }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['deadlock', 'use-after-free', 'leak', 'refcount'],
    witness: {
      none: reached((run) => resultNamed(run, 'w') === 'first none'),
      lowest: reached((run) => run.outcome === 'A:first 0 B:0,0'),
    },
    faults: [
      'syncobj-017-last-ready',
      'syncobj-017-all-from-the-end',
      'syncobj-017-any-is-first',
      'syncobj-017-one-is-all',
    ],
  }),
  property({
    rules: ['SYNCOBJ-022'],
    plan: `A wait returns 0 for a fence that failed; its error is told elsewhere.
      - failed before and during a wait, on plain fences and points, for any and all`,
    programs: [
      program('failed', {
        setup: `${TWO}; fence.setError(f, -5); fence.setError(g, -5); fence.signal(f)
          syncobj.addPoint(b.syncobj, f, 4)`,
        tasks: {
          A: `w = so.wait(t, [a]); v = so.wait(t, [a, b], all, forever)
            p = so.timelineWait(t, [b], [4]); x = so.toFd(t, a, 1); i = sys.info(x, 0)`,
          B: 'task.sleep(5); fence.signal(g)',
        },
      }),
    ],
    holds: results({
      failed: { w: 'first 0', v: 'first 0', p: 'first 0', i: 'mock-mock1-1 -5 1' },
    }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    witness: { failed: reached((run) => resultNamed(run, 'w') === 'first 0') },
    faults: ['syncobj-022-tells-errors'],
  }),
];
