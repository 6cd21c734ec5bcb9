import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const EMFILE = -24;
const ETIME = -62;

/** A timeline of software points, and two descriptors of them. */
const POINTS = 'l = sys.timeline(); p = sys.createFence(l, 1); q = sys.createFence(l, 2)';

/** What a file says of the first point. */
const FIRST_PENDING = 'sw_sync-init1-1 0 1';
const FIRST_DONE = 'sw_sync-init1-1 1 1';

/** What is told of the replacements of each program, and of counters at a point, and at none. */
const TOLD: Readonly<Record<string, string>> = {
  three: 'told 0, told 1, replace.null',
  same: 'replace.plain, replace.same, replace.null, replace.same',
};

/** Properties of what is in an object: how it gets there, and how it goes. */
export const FENCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-006'],
    plan: `A sync_file is exported of what is there now: the number first, then the handle (-ENOENT), then
      the fence (-EINVAL); the number goes back on every failure. Of a timeline it is the head, with
      everything before it.
      - each error; the next number before and after; no number free
      - a plain fence, a stub, and timelines
      - no memory for the file
      - a reset beside an export`,
    programs: [
      program('export', {
        tasks: {
          A: `${OPEN}; ${POINTS}; a = so.create(t); n0 = sys.nextNumber(); pad = so.toFd(t, a, 1, 1)
            unknown = so.toFd(t, 9, 1); n1 = sys.nextNumber(); null = so.toFd(t, a, 1)
            n2 = sys.nextNumber(); so.fromFd(t, p, 1, a); x = so.toFd(t, a, 1)
            xi = sys.info(x, 4); so.timelineSignal(t, [a], [5]); y = so.toFd(t, a, 1)
            yi = sys.info(y, 4); sys.inc(l, 1); xj = sys.info(x, 0); yj = sys.info(y, 0)
            sys.fillTable(); full = so.toFd(t, 9, 1); full2 = so.toFd(t, a, 1)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: `${OPEN}; a = so.create(t, 1); n = sys.nextNumber()`,
        tasks: {
          A: 'x = so.toFd(t, a, 1); m = sys.nextNumber(); r = syncobj.references(a.syncobj)',
        },
      }),
      program('beside-a-reset', {
        setup: `${OPEN}; a = so.create(t, 1)`,
        tasks: { A: 'so.toFd(t, a, 1)', B: 'so.reset(t, [a])' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'no-memory') {
        const [x, n, m] = ['x', 'n', 'm'].map((name) => resultNamed(run, name));
        if (resultNamed(run, 'r') !== 1) return 'a reference on the object is left';
        if (x === 0) return m === Number(n) + 1 ? null : 'the number was not used';
        return x === EINVAL && m === n
          ? null
          : `export is ${String(x)}, the next number ${String(m)}`;
      }
      if (run.program.name === 'beside-a-reset') return null;
      const [n0, n1, n2] = ['n0', 'n1', 'n2'].map((name) => resultNamed(run, name));
      if (n1 !== n0 || n2 !== n0) return 'a failed export keeps a number';
      return results({
        export: {
          pad: EINVAL,
          unknown: ENOENT,
          null: EINVAL,
          x: 0,
          xi: 'sw_sync-init1-1 0 1 | sw_sync init 0 0 | untouched | untouched | untouched',
          y: 0,
          yi:
            'dma_fence_chain-unbound2-5 0 2 | stub stub 1 1000000000 | sw_sync init 0 0 | ' +
            'untouched | untouched',
          xj: FIRST_DONE,
          yj: 'dma_fence_chain-unbound2-5 1 1',
          full: EMFILE,
          full2: EMFILE,
        },
      })(run);
    },
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    outcomes: exactly({ 'beside-a-reset': ['A:0 B:0', 'A:-22 B:0'] }),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: {
      exported: reached((run) => resultNamed(run, 'full') === EMFILE),
      failed: reached((run) => resultNamed(run, 'x') === EINVAL),
    },
    faults: [
      'syncobj-006-keeps-the-number',
      'syncobj-006-einval',
      'syncobj-006-handle-first',
      'syncobj-006-contained',
      'syncobj-006-keeps-fence',
    ],
  }),
  property({
    rules: ['SYNCOBJ-008'],
    plan: `An import of a sync_file puts its fence into the object of the handle, after padding, flags, the
      descriptor (-EINVAL) and the handle (-ENOENT). The file stays as it is, no handle is made, a
      timeline goes.
      - each error with those that come later
      - import over nothing, a fence and a timeline; the same descriptor twice`,
    programs: [
      program('import', {
        tasks: {
          A: `${OPEN}; ${POINTS}; a = so.create(t); x = so.toFd(t, a); e = sys.eventfd()
            pad = so.fromFd(t, 99, 1, 9, 1); flag = so.fromFd(t, 99, 3, 9)
            both = so.fromFd(t, 99, 1, 9); object = so.fromFd(t, x, 1, 9)
            other = so.fromFd(t, e, 1, a); unknown = so.fromFd(t, p, 1, 9)
            look = syncobj.look(a.syncobj); one = so.fromFd(t, p, 1, a); w = so.wait(t, [a])
            two = so.fromFd(t, p, 1, a); n = so.create(t); so.timelineSignal(t, [n], [5])
            before = so.query(t, [n], 1); over = so.fromFd(t, q, 1, n); after = so.query(t, [n], 1)
            point = so.timelineWait(t, [n], [1]); sys.inc(l, 1); pi = sys.info(p, 0)
            wa = so.wait(t, [a]); wn = so.wait(t, [n]); sys.inc(l, 1); wm = so.wait(t, [n])`,
        },
      }),
    ],
    holds: results({
      import: {
        pad: EINVAL,
        flag: EINVAL,
        both: EINVAL,
        object: EINVAL,
        other: EINVAL,
        unknown: ENOENT,
        look: 'empty',
        one: 0,
        w: ETIME,
        two: 0,
        n: 2,
        before: '5',
        over: 0,
        after: '0',
        point: EINVAL,
        pi: FIRST_DONE,
        wa: 'first 0',
        wn: ETIME,
        wm: 'first 0',
      },
    }),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { over: reached((run) => resultNamed(run, 'over') === 0) },
    faults: [
      'syncobj-008-handle-first',
      'syncobj-008-onto-the-timeline',
      'syncobj-008-keeps-fence',
      'syncobj-008-only-when-empty',
    ],
  }),
  property({
    rules: ['SYNCOBJ-009'],
    plan: `An exported file keeps its fence: what is done to the object later does not reach it, and its end
      does not reach the object.
      - exports before a reset, a signal and a replacement; then the fence signals`,
    programs: [
      program('exported', {
        tasks: {
          A: `${OPEN}; ${POINTS}; a = so.create(t); so.fromFd(t, p, 1, a); x = so.toFd(t, a, 1)
            so.signal(t, [a]); xs = sys.info(x, 0); so.fromFd(t, p, 1, a); y = so.toFd(t, a, 1)
            so.reset(t, [a]); xr = sys.info(x, 0); yr = sys.info(y, 0); so.fromFd(t, p, 1, a)
            so.fromFd(t, q, 1, a); z = so.toFd(t, a, 1); xp = sys.info(x, 0); so.reset(t, [a])
            sys.inc(l, 1); xe = sys.info(x, 0); ye = sys.info(y, 0); ze = sys.info(z, 0)
            w = so.wait(t, [a]); sys.inc(l, 1); zf = sys.info(z, 0); look = syncobj.look(a.syncobj)`,
        },
      }),
    ],
    holds: results({
      exported: {
        xs: FIRST_PENDING,
        xr: FIRST_PENDING,
        yr: FIRST_PENDING,
        xp: FIRST_PENDING,
        xe: FIRST_DONE,
        ye: FIRST_DONE,
        ze: 'sw_sync-init1-2 0 1',
        w: EINVAL,
        zf: 'sw_sync-init1-2 1 1',
        look: 'empty',
      },
    }),
    witness: { after: reached((run) => resultNamed(run, 'zf') !== undefined) },
    faults: ['syncobj-009-signals-what-goes'],
  }),
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
    outcomes: exactly({ get: ['A:f B:', 'A: B:'] }),
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
    witness: { all: reached(() => true) },
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
