import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EBADF = -9;
const EAGAIN = -11;
const EINVAL = -22;
const ETIME = -62;
const ERESTARTSYS = -512;

const EMPTY = `${OPEN}; f = fence.create(); g = fence.create(); h = fence.create(); a = so.create(t)
  b = so.create(t)`;

/** Properties of transfers and event counters. */
export const MOVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-029'],
    plan: `A transfer looks at padding, the target, the source, its flags, and then for the fence. With the
      flag it waits five seconds at most for one to be submitted, and never for its end.
      - each error with those that come later; missing fences and points
      - the bound of the wait; a fence and a point that come; an interruption
      - a source that is destroyed during the wait`,
    programs: [
      program('errors', {
        tasks: {
          A: `${EMPTY}; pad = so.transfer(t, 9, 0, 9, 0, 16, 1); target = so.transfer(t, a, 0, 9, 0, 16)
            source = so.transfer(t, 9, 0, a, 0, 16); flags = so.transfer(t, a, 0, b, 0, 4)
            top = so.transfer(t, a, 0, b, 0, 6); null = so.transfer(t, a, 0, b, 0)
            syncobj.replace(a.syncobj, f); plain = so.transfer(t, a, 1, b, 0)
            so.timelineSignal(t, [a], [5]); later = so.transfer(t, a, 6, b, 0)
            zero = so.transfer(t, a, 0, 0, 0); look = syncobj.look(b.syncobj)
            n = syncobj.references(a.syncobj); m = syncobj.references(b.syncobj)`,
        },
      }),
      program('bound', {
        tasks: {
          A: `${EMPTY}; w = so.transfer(t, a, 0, b, 0, submit); n = clock.now()
            syncobj.replace(a.syncobj, f); v = so.transfer(t, a, 3, b, 0, submit); m = clock.now()
            look = syncobj.look(b.syncobj); ra = syncobj.references(a.syncobj)`,
        },
      }),
      program('comes', {
        setup: EMPTY,
        tasks: {
          A: `w = so.transfer(t, a, 3, b, 7, submit); n = clock.now(); x = so.wait(t, [b])
            v = so.transfer(t, a, 3, b, 0, submit); m = clock.now(); fence.signal(f); fence.signal(g)`,
          B: `task.sleep(5); syncobj.replace(a.syncobj, f); task.sleep(5)
            syncobj.addPoint(a.syncobj, g, 3)`,
        },
      }),
      program('interrupted', {
        setup: EMPTY,
        tasks: {
          A: 'r = so.transfer(t, a, 0, b, 0, submit)',
          B: 'task.sleep(5); task.interrupt(A)',
        },
      }),
      program('source-goes', {
        setup: `${OPEN}; f = fence.create(); a = so.create(t)`,
        tasks: {
          A: 'v = so.findFence(t, a, 0, submit)',
          B: 'task.sleep(5); so.destroy(t, a); task.sleep(5000); k = inspect.isFreed(a.syncobj)',
        },
      }),
    ],
    holds: (run) => {
      const isInterrupted = run.resultOf('B', 'task.interrupt') !== undefined;
      if (isInterrupted && resultNamed(run, 'r') === ETIME)
        return 'the time is over before its end';
      return results({
        errors: {
          pad: EINVAL,
          target: ENOENT,
          source: ENOENT,
          flags: EINVAL,
          top: EINVAL,
          null: EINVAL,
          plain: EINVAL,
          later: EINVAL,
          zero: ENOENT,
          look: 'empty',
          n: 1,
          m: 1,
        },
        bound: { w: ETIME, n: 6000, v: ETIME, m: 11_000, look: 'empty', ra: 1 },
        comes: { w: 0, n: 1010, x: ETIME, v: 0, m: 1010 },
        interrupted: {},
        'source-goes': { v: ETIME, k: true },
      })(run);
    },
    ...exactly({ interrupted: [`A:${ERESTARTSYS} B:,`] }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    forbids: ['use-after-free', 'refcount', 'leak', 'deadlock', 'double-free'],
    witness: {
      expired: reached((run) => resultNamed(run, 'm') === 11_000),
      interrupted: reached((run) => run.outcome === `A:${ERESTARTSYS} B:,`),
    },
    faults: [
      'BUG-SYNCOBJ-04',
      'syncobj-029-flags-first',
      'syncobj-029-waits-for-the-end',
      'syncobj-029-for-longer',
      'syncobj-029-pad-last',
      'syncobj-029-interrupted-is-over',
    ],
  }),
  property({
    rules: ['SYNCOBJ-029'],
    plan: `A fence that comes when the time of a lookup is over is found, or let go of.
      - an installation at any moment of a lookup, whose timer fires at any moment`,
    programs: [
      program('late', {
        world: { time: 'free' },
        setup: 'f = fence.create(); s = syncobj.create()',
        tasks: { A: 'v = syncobj.waitForSubmit(s)', B: 'syncobj.replace(s, f)' },
      }),
    ],
    ...exactly({ late: ['A:f B:', `A:${ETIME} B:`] }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['use-after-free', 'refcount', 'leak', 'deadlock', 'double-free'],
    witness: { late: reached((run) => resultNamed(run, 'v') === ETIME) },
    faults: ['syncobj-029-forgets-late'],
  }),
  property({
    rules: ['SYNCOBJ-030'],
    plan: `To point 0 a transfer carries the fence as it is found, a node included; to another point what is
      pending of it and of everything before it, flattened, the latest of each timeline: a stub, a leaf,
      or an array. Errors of what is done are lost.
      - sources with none, one and several pending leaves; two points of one timeline
      - failed fences; the time of the stub; what is in the target afterwards`,
    programs: [
      program('to-zero', {
        tasks: {
          A: `${EMPTY}; syncobj.addPoint(a.syncobj, f, 5); x5 = syncobj.fence(a.syncobj)
            syncobj.addPoint(a.syncobj, g, 10); x10 = syncobj.fence(a.syncobj)
            so.timelineSignal(t, [b], [3]); r5 = so.transfer(t, a, 5, b, 0); n5 = syncobj.fence(b.syncobj)
            l5 = so.query(t, [b], 1); r0 = so.transfer(t, a, 0, b, 0); n0 = syncobj.fence(b.syncobj)
            l0 = so.query(t, [b], 1); syncobj.replace(a.syncobj, h); rp = so.transfer(t, a, 0, b, 0)
            np = syncobj.fence(b.syncobj)`,
        },
      }),
      program('to-a-point', {
        tasks: {
          A: `${EMPTY}; syncobj.replace(a.syncobj, f); r1 = so.transfer(t, a, 0, b, 4)
            x = syncobj.fence(b.syncobj); one = chain.contained(x); l1 = so.query(t, [b], 1)
            syncobj.addPoint(a.syncobj, g, 5); syncobj.addPoint(a.syncobj, h, 10)
            r3 = so.transfer(t, a, 10, b, 6); y = syncobj.fence(b.syncobj); y0 = chain.prev(y)
            e = so.create(t); so.transfer(t, a, 10, e, 6); i = so.toFd(t, e, 1); si = sys.info(i, 4)
            fence.signal(g); r2 = so.transfer(t, a, 10, b, 8); k = so.create(t)
            so.transfer(t, a, 10, k, 8); j = so.toFd(t, k, 1); sj = sys.info(j, 4)
            fence.signal(f); fence.signal(h)`,
        },
      }),
      program('one-timeline', {
        tasks: {
          A: `${OPEN}; l = sys.timeline(); p = sys.createFence(l, 1); q = sys.createFence(l, 2)
            a = so.create(t); b = so.create(t); c = so.create(t); so.fromFd(t, p, 1, c)
            so.transfer(t, c, 0, a, 1); so.fromFd(t, q, 1, c); so.transfer(t, c, 0, a, 2)
            so.transfer(t, a, 2, b, 9); i = so.toFd(t, b, 1); si = sys.info(i, 4)
            sys.inc(l, 1); w1 = so.wait(t, [b]); sys.inc(l, 1); w2 = so.wait(t, [b])`,
        },
      }),
      program('done', {
        tasks: {
          A: `${EMPTY}; fence.setError(f, -5); syncobj.addPoint(a.syncobj, f, 1); task.sleep(7)
            fence.signal(f); task.sleep(3); x = so.toFd(t, a, 1); sx = sys.info(x, 1)
            so.transfer(t, a, 1, b, 1); y = so.toFd(t, b, 1); sy = sys.info(y, 1)
            z = so.findFence(t, b, 1); zs = fence.getStatus(z)`,
        },
      }),
    ],
    holds: (run) =>
      results({
        'to-zero': {
          r5: 0,
          n5: 'x5',
          l5: '5',
          r0: 0,
          n0: 'x10',
          l0: '10',
          rp: 0,
          np: 'h',
        },
        'to-a-point': {
          r1: 0,
          one: 'f',
          l1: '4',
          r3: 0,
          y0: 'x',
          si: 'dma_fence_chain-unbound8-6 0 3 | mock mock 0 0 | mock mock 0 0 | mock mock 0 0 | untouched',
          r2: 0,
          sj: 'dma_fence_chain-unbound11-8 0 2 | mock mock 0 0 | mock mock 0 0 | untouched | untouched',
        },
        'one-timeline': {
          si: 'dma_fence_chain-unbound3-9 0 1 | sw_sync init 0 0 | untouched | untouched | untouched',
          w1: ETIME,
          w2: 'first 0',
        },
        done: {
          sx: 'dma_fence_chain-unbound4-1 -5 1 | mock mock -5 1007000000',
          sy: 'dma_fence_chain-unbound5-1 1 1 | stub stub 1 1007000000',
          zs: 1,
        },
      })(run),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { flattened: reached((run) => resultNamed(run, 'one') === 'f') },
    faults: [
      'syncobj-030-nests',
      'syncobj-030-flattens-always',
      'syncobj-030-keeps-errors',
      'syncobj-030-found-node-only',
    ],
  }),
  property({
    rules: ['SYNCOBJ-031'],
    plan: `A counter is registered after flags and padding (-EINVAL), the handle (-ENOENT) and the descriptor
      (-EBADF, then -EINVAL), and counts one exactly once: at once, when there is a fence, or when that
      signals. Point 0 is any fence.
      - each error with those that come later, and references after it
      - available and signaled, before and after; the same counter several times
      - a registration beside the installation and beside the signal`,
    programs: [
      program('errors', {
        tasks: {
          A: `${EMPTY}; l = sys.timeline(); flag = so.eventfd(t, 9, 0, 99, 1)
            flag6 = so.eventfd(t, 9, 0, 99, 6); pad = so.eventfd(t, 9, 0, 99, 4, 1)
            handle = so.eventfd(t, 9, 0, 99); closed = so.eventfd(t, a, 0, 99)
            other = so.eventfd(t, a, 0, l, available); itself = so.eventfd(t, a, 0, t)
            n = syncobj.references(a.syncobj); look = syncobj.look(a.syncobj); so.destroy(t, a)
            freed = inspect.isFreed(a.syncobj)`,
        },
      }),
      program('counts', {
        tasks: {
          A: `${EMPTY}; e = sys.eventfd(); so.eventfd(t, a, 0, e); so.eventfd(t, a, 0, e, available)
            so.eventfd(t, a, 5, e, available); so.eventfd(t, a, 7, e); c0 = sys.readCount(e)
            syncobj.replace(a.syncobj, f); c1 = sys.readCount(e); fence.signal(f); c2 = sys.readCount(e)
            syncobj.addPoint(a.syncobj, g, 5); c3 = sys.readCount(e); so.eventfd(t, a, 5, e, available)
            c4 = sys.readCount(e); so.eventfd(t, a, 5, e); c5 = sys.readCount(e); fence.signal(g)
            c6 = sys.readCount(e); so.timelineSignal(t, [a], [9]); c7 = sys.readCount(e)
            so.eventfd(t, a, 9, e); so.eventfd(t, a, 0, e); c8 = sys.readCount(e)
            so.reset(t, [a]); so.signal(t, [a]); c9 = sys.readCount(e)`,
        },
      }),
      program('kept', {
        // The descriptor goes, and the counter is counted all the same.
        tasks: {
          A: `${EMPTY}; e = sys.eventfd(); k = sys.dup(e); so.eventfd(t, a, 0, e); sys.close(e)
            syncobj.replace(a.syncobj, f); so.reset(t, [a]); c0 = sys.readCount(k); fence.signal(f)
            c1 = sys.readCount(k); x = sys.eventfd(); so.eventfd(t, a, 0, x); sys.close(x)
            so.signal(t, [a])`,
        },
      }),
      program('beside-replace', {
        setup: 'f = fence.create(); s = syncobj.create(); e = sys.eventfd()',
        tasks: { A: 'syncobj.eventfd(s, e, 0, true)', B: 'syncobj.replace(s, f)' },
        teardown: 'o = sys.readCount(e)',
      }),
      program('beside-signal', {
        setup: 'f = fence.create(); s = syncobj.create(fence: f); e = sys.eventfd()',
        tasks: { A: 'syncobj.eventfd(s, e)', B: 'fence.signal(f)' },
        teardown: 'o = sys.readCount(e)',
      }),
    ],
    holds: results({
      errors: {
        flag: EINVAL,
        flag6: EINVAL,
        pad: EINVAL,
        handle: ENOENT,
        closed: EBADF,
        other: EINVAL,
        itself: EINVAL,
        n: 1,
        look: 'empty',
        freed: true,
      },
      counts: {
        c0: EAGAIN,
        c1: 1,
        c2: 1,
        c3: 1,
        c4: 1,
        c5: EAGAIN,
        c6: 1,
        c7: 1,
        c8: 2,
        c9: EAGAIN,
      },
      kept: { c0: EAGAIN, c1: 1 },
      'beside-replace': { o: 1 },
      'beside-signal': { o: 1 },
    }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['refcount', 'leak', 'use-after-free', 'double-free'],
    witness: { counted: reached((run) => resultNamed(run, 'o') === 1) },
    faults: [
      'BUG-SYNCOBJ-03',
      'syncobj-031-fd-first',
      'syncobj-031-counts-twice',
      'syncobj-031-forgets-behind',
      'syncobj-031-available-is-done',
      'syncobj-031-done-is-lost',
      'syncobj-031-borrows-counter',
    ],
  }),
  property({
    rules: ['SYNCOBJ-032'],
    plan: `A registration holds no reference on the object: with the last one it is dropped before there is a
      fence, and fires all the same once there was one.
      - all handles closed before and after the submission, by a destroy and by the file's end
      - the end beside the installation`,
    programs: [
      program('before', {
        tasks: {
          A: `${EMPTY}; e = sys.eventfd(); so.eventfd(t, a, 3, e); so.eventfd(t, b, 0, e, available)
            so.destroy(t, a); freed = inspect.isFreed(a.syncobj); sys.close(t)
            also = inspect.isFreed(b.syncobj); c = sys.readCount(e)`,
        },
      }),
      program('after', {
        tasks: {
          A: `${EMPTY}; e = sys.eventfd(); so.eventfd(t, a, 0, e); so.eventfd(t, a, 9, e)
            syncobj.replace(a.syncobj, f); so.destroy(t, a); freed = inspect.isFreed(a.syncobj)
            c = sys.readCount(e); fence.signal(f); k = sys.readCount(e)`,
        },
      }),
      program('beside', {
        setup: `f = fence.create(); s = syncobj.create(); e = sys.eventfd(); syncobj.get(s)
          syncobj.eventfd(s, e)`,
        tasks: { A: 'syncobj.put(s)', B: 'syncobj.replace(s, f); syncobj.put(s)' },
        teardown: 'fence.signal(f); o = sys.readCount(e)',
      }),
    ],
    holds: results({
      before: { freed: true, also: true, c: EAGAIN },
      after: { freed: true, c: EAGAIN, k: 1 },
      beside: { o: 1 },
    }),
    schedules: [{ kind: 'stateful', statesMax: 20_000 }],
    forbids: ['use-after-free', 'refcount', 'leak', 'double-free'],
    witness: {
      dropped: reached((run) => resultNamed(run, 'freed') === true),
      fired: reached((run) => resultNamed(run, 'k') === 1),
    },
    faults: [
      'syncobj-032-keeps-object',
      'syncobj-032-fires-at-the-end',
      'syncobj-032-leaks',
      'syncobj-032-lost-with-object',
    ],
  }),
];
