import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const EINVAL = -22;
const ETIME = -62;

const EMPTY = `${OPEN}; f = fence.create(); g = fence.create(); a = so.create(t)`;

/** Properties of waits for a fence to be submitted. */
export const SUBMISSION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-018'],
    plan: `A wait keeps the fence that it has found, whatever becomes of the object; an empty slot takes the
      first suitable one that is installed.
      - replaced and reset during a wait, for fences and points
      - empty slots, and points that do not suffice, before one that does; then a reset`,
    programs: [
      program('kept', {
        setup: `${EMPTY}; syncobj.replace(a.syncobj, f)`,
        tasks: {
          A: 'w = so.wait(t, [a], timeout: 30); v = so.wait(t, [a])',
          B: 'task.sleep(5); syncobj.replace(a.syncobj, g); task.sleep(5); fence.signal(g)',
        },
      }),
      program('kept-and-done', {
        setup: `${EMPTY}; syncobj.replace(a.syncobj, f)`,
        tasks: {
          A: 'w = so.wait(t, [a], submit, 30); n = clock.now()',
          B: `task.sleep(5); syncobj.replace(a.syncobj, g); so.reset(t, [a]); task.sleep(5)
            fence.signal(f)`,
        },
      }),
      program('first-suitable', {
        setup: EMPTY,
        tasks: {
          A: 'w = so.timelineWait(t, [a], [5], submit, 90); n = clock.now()',
          B: `task.sleep(5); syncobj.replace(a.syncobj, f); task.sleep(5)
            syncobj.addPoint(a.syncobj, g, 3); l1 = syncobj.look(a.syncobj); task.sleep(5)
            syncobj.addPoint(a.syncobj, f, 7); l2 = syncobj.look(a.syncobj); so.reset(t, [a])
            task.sleep(5); so.timelineSignal(t, [a], [9]); task.sleep(5)
            fence.signal(f); fence.signal(g)`,
        },
      }),
      program('first-any', {
        setup: EMPTY,
        tasks: {
          A: 'w = so.wait(t, [a], submit, 30)',
          B: 'task.sleep(5); syncobj.replace(a.syncobj, f); so.signal(t, [a])',
        },
      }),
    ],
    holds: results({
      kept: { w: ETIME, v: 'first 0' },
      'kept-and-done': { w: 'first 0', n: 1010 },
      'first-suitable': {
        l1: 'timeline 3, 1 waiting, 0 counting',
        l2: 'timeline 7',
        w: 'first 0',
        n: 1025,
      },
      'first-any': { w: ETIME },
    }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    forbids: ['use-after-free', 'refcount', 'leak', 'deadlock'],
    witness: { kept: reached((run) => resultNamed(run, 'n') === 1025) },
    faults: [
      'syncobj-018-looks-again',
      'syncobj-018-takes-any',
      'syncobj-018-takes-the-newest',
      'syncobj-018-borrows',
    ],
  }),
  property({
    rules: ['SYNCOBJ-019'],
    plan: `Who registers for a fence looks again under the object's lock: one that comes between the first
      look and the registration is not missed.
      - an installation at any moment of the wait's entry: a fence, a point, a stub; two waiters
      - a lookup for a driver that waits for submission, too
      - whoever has found it no longer is a sleeper: it may sleep for something else
      - nobody sleeps until its time is over, though stores may be late`,
    programs: [
      program('fence', {
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: {
          A: 'syncobj.wait([s], flags: available, timeout: forever)',
          B: 'syncobj.replace(s, f)',
        },
      }),
      program('stub', {
        setup: 's = syncobj.create()',
        tasks: { A: 'syncobj.wait([s], flags: submit, timeout: forever)', B: 'syncobj.signal(s)' },
      }),
      program('point', {
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: {
          A: 'syncobj.wait([s], points: [2], flags: available, timeout: forever)',
          B: 'syncobj.addPoint(s, f, 2)',
        },
      }),
      program('lookup', {
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: { A: 'syncobj.waitForSubmit(s)', B: 'syncobj.replace(s, f)' },
      }),
      program('late', {
        world: { memory: 'tso' },
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: { A: 'syncobj.waitForSubmit(s); clock.now()', B: 'syncobj.replace(s, f)' },
      }),
      program('two-waiters', {
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: {
          A: 'syncobj.wait([s], flags: available, timeout: forever)',
          B: 'syncobj.replace(s, f)',
          C: 'syncobj.wait([s], flags: available, timeout: forever)',
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    ...exactly({
      late: ['A:f,1000 B:'],
      fence: ['A:0 B:'],
      stub: ['A:0 B:0'],
      point: ['A:0 B:true'],
      lookup: ['A:f B:'],
      'two-waiters': ['A:0 B: C:0'],
    }),
    forbids: [
      ...(['deadlock', 'use-after-free', 'refcount', 'leak', 'races'] as const),
      ...(['lock-misuse', 'sleep-in-atomic'] as const),
    ],
    witness: { found: reached((run) => run.outcome === 'A:f B:') },
    faults: [
      'syncobj-019-no-second-look',
      'syncobj-019-wakes-first',
      'syncobj-019-wakes-one',
      'syncobj-019-stays-a-sleeper',
      'syncobj-019-without-barrier',
    ],
  }),
  property({
    rules: ['SYNCOBJ-020'],
    plan: `A wait for availability is content with a fence, whether it is done or not; it waits for one to
      come, and a reset afterwards does not undo it.
      - pending fences and points, for any and all; empty slots that time out
      - a fence that comes and goes again while it waits; the moment at which the wait ends`,
    programs: [
      program('there', {
        tasks: {
          A: `${EMPTY}; e = so.create(t); syncobj.addPoint(a.syncobj, f, 5)
            w0 = so.timelineWait(t, [a], [5]); w1 = so.timelineWait(t, [a], [5], available)
            w2 = so.timelineWait(t, [a, e], [5, 0], available)
            w3 = so.timelineWait(t, [a, e], [5, 0], all+available)
            w4 = so.timelineWait(t, [e], [1], available, 5); now = clock.now()
            w5 = so.timelineWait(t, [a], [6], available, 5)
            w6 = so.timelineWait(t, [e], [0], submit, 5); w7 = so.timelineWait(t, [e], [0])
            fence.signal(f)`,
        },
      }),
      program('comes', {
        setup: EMPTY,
        tasks: {
          A: 'w = so.timelineWait(t, [a], [5], available, 500); n = clock.now()',
          B: 'task.sleep(5); syncobj.addPoint(a.syncobj, f, 5); so.reset(t, [a])',
        },
      }),
      program('comes-second', {
        setup: `${EMPTY}; b = so.create(t)`,
        tasks: {
          A: 'w = so.timelineWait(t, [a, b], [1, 0], available, 500); n = clock.now()',
          B: 'task.sleep(5); syncobj.replace(b.syncobj, f); so.reset(t, [b])',
        },
      }),
    ],
    holds: results({
      there: {
        w0: ETIME,
        w1: 'first 0',
        w2: 'first 0',
        w3: ETIME,
        w4: ETIME,
        now: 1006,
        w5: ETIME,
        w6: ETIME,
        w7: EINVAL,
      },
      comes: { w: 'first 0', n: 1005 },
      'comes-second': { w: 'first 1', n: 1005 },
    }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    forbids: ['deadlock', 'leak'],
    witness: { came: reached((run) => resultNamed(run, 'n') === 1005) },
    faults: [
      'BUG-SYNCOBJ-01',
      'BUG-SYNCOBJ-05',
      'syncobj-020-needs-the-end',
      'syncobj-020-undone-by-reset',
    ],
  }),
  property({
    rules: ['SYNCOBJ-021'],
    plan: `A deadline goes once, after the registration, to the fences that are there then; not to those that
      come later, and to none when the first scan was enough.
      - present, late and signaled fences; several slots; a poll; without the flag; through a timeline`,
    programs: [
      program('hints', {
        setup: `${OPEN}; f = fence.create(deadline: true); g = fence.create(deadline: true)
          h = fence.create(deadline: true); i = fence.create(deadline: true); a = so.create(t)
          b = so.create(t); c = so.create(t); e = so.create(t); done = so.create(t, 1)
          syncobj.replace(a.syncobj, f); syncobj.replace(b.syncobj, g)
          syncobj.addPoint(e.syncobj, i, 5); syncobj.addPoint(e.syncobj, h, 6)`,
        tasks: {
          A: `without = so.wait(t, [a], timeout: 3, deadlineNs: 5)
            enough = so.wait(t, [done, a], deadline, 3, 6); all = so.wait(t, [done, a], all+deadline, poll, 7)
            f1 = inspect.deadlines(f); g1 = inspect.deadlines(g)
            late = so.timelineWait(t, [a, c], [0, 0], submit+deadline, 9, 8)
            so.timelineWait(t, [e], [5], deadline, poll, 9); f2 = inspect.deadlines(f)
            h2 = inspect.deadlines(h); i2 = inspect.deadlines(i); g2 = inspect.deadlines(g)
            fence.signal(i)`,
          B: 'task.sleep(6); syncobj.replace(c.syncobj, g)',
        },
      }),
      program('between', {
        setup: 'f = fence.create(deadline: true); s = syncobj.create()',
        tasks: {
          A: 'w = syncobj.wait([s], flags: submit+deadline, timeout: 5, deadlineNs: 9)',
          B: 'syncobj.replace(s, f)',
        },
        teardown: 'o = inspect.deadlines(f)',
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'between') return null;
      return results({
        hints: {
          without: ETIME,
          enough: 'first 0',
          all: ETIME,
          f1: '7',
          g1: '',
          late: ETIME,
          f2: '7 8',
          h2: '',
          i2: '9',
          g2: '',
        },
      })(run);
    },
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    witness: {
      polled: reached((run) => resultNamed(run, 'f1') === '7'),
      between: reached((run) => resultNamed(run, 'o') === '9'),
    },
    faults: [
      'syncobj-021-to-late-ones-too',
      'syncobj-021-before-the-scan',
      'syncobj-021-without-the-flag',
      'syncobj-021-first-only',
    ],
  }),
];
