import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const ETIME = -62;

/** A timeline of software points, and two descriptors of them. */
const POINTS = 'l = sys.timeline(); p = sys.createFence(l, 1); q = sys.createFence(l, 2)';

/** What a file says of the first point. */
const FIRST_PENDING = 'sw_sync-init1-1 0 1';

/** What is told of the replacements of each program, and of counters at a point, and at none. */
const TOLD: Readonly<Record<string, string>> = {
  three: 'told 0, told 1, replace.null',
  same: 'replace.plain, replace.same, replace.null, replace.same',
};

/** Properties of what is in an object: how it gets there, and how it goes. */
export const FENCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-010'],
    plan: `A replacement is one step for everybody: the fence, and then those that wait, in their order, if
      it is another fence. A point on top tells them always.
      - counters registered in an order, with memory for one more count; the same fence again
      - a reader who takes a reference beside a replacement that drops the last one
      - two replacements at once; a replacement beside an addition; races of a waiter that looks`,
    programs: [
      program('order', {
        tasks: {
          A: `f = fence.create(); g = fence.create(); s = syncobj.create(); e1 = sys.eventfd()
            e2 = sys.eventfd(); syncobj.eventfd(s, e1, 5, true); syncobj.eventfd(s, e2, 0, true)
            l0 = syncobj.look(s); syncobj.replace(s, f); l1 = syncobj.look(s); c2 = sys.readCount(e2)
            syncobj.eventfd(s, e2, 7, true); syncobj.replace(s, f); l2 = syncobj.look(s)
            syncobj.addPoint(s, g, 5); c1 = sys.readCount(e1); l3 = syncobj.look(s)
            syncobj.addPoint(s, g, 5); syncobj.addPoint(s, f, 6); l4 = syncobj.look(s)
            syncobj.addPoint(s, g, 7); d2 = sys.readCount(e2); l5 = syncobj.look(s)`,
        },
      }),
      program('get', {
        setup: 'f = fence.create(); s = syncobj.create(fence: f); fence.put(f)',
        tasks: { A: 'syncobj.fenceGet(s)', B: 'syncobj.replace(s)' },
      }),
      program('two', {
        setup: 'f = fence.create(); g = fence.create(); s = syncobj.create()',
        tasks: { A: 'syncobj.replace(s, f)', B: 'syncobj.replace(s, g)' },
        teardown: 'o = syncobj.look(s)',
      }),
      program('waiter', {
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: {
          A: 'w = syncobj.wait([s], flags: available, timeout: forever)',
          B: 'syncobj.replace(s, f)',
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'two') {
        const o = resultNamed(run, 'o');
        return o === 'fence f' || o === 'fence g' ? null : `${String(o)} is left`;
      }
      return results({
        order: {
          l0: 'empty, 0 waiting, 2 counting',
          l1: 'fence f, 0 waiting, 1 counting',
          c2: 1,
          l2: 'fence f, 0 waiting, 2 counting',
          c1: 1,
          l3: 'timeline 5, 0 waiting, 1 counting',
          l4: 'timeline 6, 0 waiting, 1 counting',
          d2: 1,
          l5: 'timeline 7',
        },
        get: {},
        waiter: { w: 0 },
      })(run);
    },
    ...exactly({ get: ['A:f B:', 'A: B:'] }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: [
      'use-after-free',
      'refcount',
      'races',
      'refinement',
      'deadlock',
      'leak',
      'lock-misuse',
    ],
    witness: {
      taken: reached((run) => run.outcome === 'A:f B:'),
      told: reached((run) => resultNamed(run, 'c1') === 1),
    },
    faults: [
      'BUG-SYNCOBJ-08',
      'syncobj-010-points-tell-nobody',
      'syncobj-010-tells-first',
      'syncobj-010-without-lock',
      'syncobj-010-leaks-the-old',
    ],
  }),
  property({
    rules: ['SYNCOBJ-010'],
    plan: `Who waits hears of a new fence in the order in which all have registered, and nobody hears of the
      same fence again.
      - three waiters at points of one object; notes of what is told
      - the same sync_file twice`,
    programs: [
      program('three', {
        setup: 'f = fence.create(); s = syncobj.create(); e1 = sys.eventfd(); e2 = sys.eventfd()',
        tasks: {
          A: `syncobj.eventfd(s, e1, 0, true); syncobj.eventfd(s, e2, 3, true)
            syncobj.addPoint(s, f, 3)`,
        },
      }),
      program('same', {
        setup: `f = fence.create(); s = syncobj.create(fence: f); e1 = sys.eventfd()
          syncobj.eventfd(s, e1, 3, true)`,
        tasks: { A: 'syncobj.replace(s, f); syncobj.replace(s)' },
      }),
    ],
    holds: (run) => {
      const heard = run.sightings.flatMap(({ name, detail }) => {
        if (name === 'eventfd.told') return [`told ${detail}`];
        return name.startsWith('replace') ? [name] : [];
      });
      const wanted = TOLD[run.program.name];
      return heard.join(', ') === wanted ? null : `${heard.join(', ')}, not ${wanted}`;
    },
    witness: {
      told: reached((run) => run.sightings.some(({ name }) => name === 'eventfd.told')),
      same: reached((run) => run.sightings.some(({ name }) => name === 'replace.same')),
    },
    faults: ['syncobj-010-tells-again', 'syncobj-010-newest-first'],
  }),
  property({
    rules: ['SYNCOBJ-011'],
    plan: `Reset and signal take no padding and at least one handle, then readable handles, and look all of
      them up in order before they change anything.
      - each error with those that come later, for both calls
      - one unknown handle first, in the middle and last; the same handle twice`,
    programs: [
      program('arrays', {
        tasks: {
          A: `${OPEN}; a = so.create(t, 1); b = so.create(t); so.timelineSignal(t, [b], [5])
            rp = so.reset(t, [a], pad: 1, count: 0); sp = so.signal(t, [a], pad: 1, mapped: 0)
            r0 = so.reset(t, [a], count: 0, mapped: 0); s0 = so.signal(t, [a], count: 0)
            rm = so.reset(t, [a, 9], mapped: 1); sm = so.signal(t, [9, a], mapped: 1)
            r1 = so.reset(t, [9, a]); r2 = so.reset(t, [a, 9, b]); r3 = so.reset(t, [a, b, 9])
            s1 = so.signal(t, [9, b]); s2 = so.signal(t, [b, 9]); w = so.wait(t, [a])
            q = so.query(t, [b]); rr = so.reset(t, [a, a]); l = syncobj.look(a.syncobj)
            ss = so.signal(t, [a, b, a]); la = so.wait(t, [a, b], all); qb = so.query(t, [b])
            na = syncobj.references(a.syncobj); nb = syncobj.references(b.syncobj)`,
        },
      }),
    ],
    holds: results({
      arrays: {
        rp: EINVAL,
        sp: EINVAL,
        r0: EINVAL,
        s0: EINVAL,
        rm: EFAULT,
        sm: EFAULT,
        r1: ENOENT,
        r2: ENOENT,
        r3: ENOENT,
        s1: ENOENT,
        s2: ENOENT,
        w: 'first 0',
        q: '5',
        rr: 0,
        l: 'empty',
        ss: 0,
        la: 'first 0',
        qb: '0',
        na: 1,
        nb: 1,
      },
    }),
    forbids: ['refcount', 'leak'],
    witness: { refused: reached((run) => resultNamed(run, 'r3') === ENOENT) },
    faults: [
      'syncobj-011-one-by-one',
      'syncobj-011-einval',
      'syncobj-011-nothing-to-do',
      'syncobj-011-handles-first',
      'syncobj-011-keeps-references',
    ],
  }),
  property({
    rules: ['SYNCOBJ-012'],
    plan: `A signal puts a stub of its own into each object, whatever is there; a reset puts nothing there.
      Who waits for a fence by then goes on doing so.
      - over a fence, over a timeline; stubs of two objects in one call
      - a waiter that has captured a fence, beside a signal and a reset`,
    programs: [
      program('signal', {
        tasks: {
          A: `${OPEN}; ${POINTS}; a = so.create(t); b = so.create(t); so.fromFd(t, p, 1, a)
            so.fromFd(t, p, 1, b); so.timelineSignal(t, [b], [5]); so.signal(t, [a, b])
            fa = syncobj.fence(a.syncobj); fb = syncobj.fence(b.syncobj)
            w = so.wait(t, [a, b], all); qb = so.query(t, [b], 1); pi = sys.info(p, 0)
            point = so.timelineWait(t, [b], [1]); x = so.toFd(t, b, 1); i = sys.info(x, 1)
            so.timelineSignal(t, [b], [5]); so.reset(t, [a, b]); v = so.wait(t, [a])
            qr = so.query(t, [b], 1)`,
        },
      }),
      program('captured-then-signal', {
        setup: `${OPEN}; f = fence.create(); a = so.create(t); syncobj.replace(a.syncobj, f)`,
        tasks: {
          A: 'w = so.wait(t, [a], timeout: 20)',
          B: 'task.sleep(5); so.signal(t, [a]); v = so.wait(t, [a])',
        },
      }),
      program('captured-then-reset', {
        setup: `${OPEN}; f = fence.create(); a = so.create(t); syncobj.replace(a.syncobj, f)`,
        tasks: {
          A: 'w = so.wait(t, [a], timeout: 20)',
          B: 'task.sleep(5); so.reset(t, [a]); v = so.wait(t, [a]); task.sleep(1); fence.signal(f)',
        },
      }),
    ],
    holds: (run) => {
      if (
        resultNamed(run, 'fa') !== undefined &&
        resultNamed(run, 'fa') === resultNamed(run, 'fb')
      ) {
        return 'two objects have one stub';
      }
      return results({
        signal: {
          w: 'first 0',
          qb: '0',
          pi: FIRST_PENDING,
          point: EINVAL,
          i: 'stub-stub0-0 1 1 | stub stub 1 1000000000',
          v: EINVAL,
          qr: '0',
        },
        'captured-then-signal': { w: ETIME, v: 'first 0' },
        'captured-then-reset': { w: 'first 0', v: EINVAL },
      })(run);
    },
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 500 }],
    witness: { captured: reached((run) => resultNamed(run, 'w') === ETIME) },
    faults: [
      'syncobj-012-signals-the-fence',
      'syncobj-012-keeps-timeline',
      'syncobj-002-shared-stub',
      'syncobj-012-reset-is-a-stub',
    ],
  }),
];
