import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EINVAL = -22;
const EMFILE = -24;
const ETIME = -62;

/** A timeline of software points, and two descriptors of them. */
const POINTS = 'l = sys.timeline(); p = sys.createFence(l, 1); q = sys.createFence(l, 2)';

/** What a file says of the first point. */
const FIRST_PENDING = 'sw_sync-init1-1 0 1';
const FIRST_DONE = 'sw_sync-init1-1 1 1';

/** Properties of sync_files that objects become, and that become theirs. */
export const FILE_PROPERTIES: readonly Property[] = [
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
    ...exactly({ 'beside-a-reset': ['A:0 B:0', 'A:-22 B:0'] }),
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
];
