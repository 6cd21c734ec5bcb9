import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { OPEN } from './calls.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const ETIME = -62;

const EMPTY = `${OPEN}; f = fence.create(); g = fence.create(); h = fence.create(); a = so.create(t)`;

/** A point with a fence, and its node by name. */
const point = (fence: string, number: number): string =>
  `syncobj.addPoint(a.syncobj, ${fence}, ${number}); x${number} = syncobj.fence(a.syncobj)`;

/** Properties of how far a timeline has come, and of its ends. */
export const QUERY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-028'],
    plan: `A query knows one flag and takes at least one handle; what is no timeline is at 0. Points are
      written one by one, and what it has looked at keeps its references.
      - each error with those that come later; an array whose end is not mapped
      - empty, plain, done; a pending point above a fence and above another timeline
      - a fence that signals on demand only, queried again and again`,
    programs: [
      program('errors', {
        tasks: {
          A: `${EMPTY}; so.timelineSignal(t, [a], [5]); b = so.create(t, 1); e = so.create(t)
            flag = so.query(t, [9], 2, mapped: 0); flag3 = so.query(t, [a], 3)
            count = so.query(t, [9], 0, 0, mapped: 0); memory = so.query(t, [9], mapped: 0)
            unknown = so.query(t, [a, 9], mappedPoints: 0); all = so.query(t, [a, b, e])
            lasts = so.query(t, [a, b, e], 1); part = so.query(t, [a, b, e], mappedPoints: 2)
            none = so.query(t, [a], mappedPoints: 0); n = syncobj.references(a.syncobj)`,
        },
      }),
      program('mixed', {
        tasks: {
          A: `${EMPTY}; syncobj.replace(a.syncobj, f); ${point('g', 5)}; ${point('h', 3)}
            ${point('f', 9)}; q0 = so.query(t, [a]); r9 = inspect.references(x9); rf = inspect.references(f)
            q = so.query(t, [a]); s9 = inspect.references(x9); sf = inspect.references(f)
            l = so.query(t, [a], 1); u9 = inspect.references(x9); fence.signal(f); q1 = so.query(t, [a])
            fence.signal(g); q2 = so.query(t, [a]); fence.signal(h); q3 = so.query(t, [a])`,
        },
      }),
      program('on-demand', {
        tasks: {
          A: `${EMPTY}; k = fence.create(enable: refuses); syncobj.addPoint(a.syncobj, k, 5)
            last = so.query(t, [a], 1); pending = fence.getStatus(k); q = so.query(t, [a])
            r = so.query(t, [a]); done = fence.getStatus(k)`,
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'on-demand') {
        return results({ 'on-demand': { last: '5', pending: 0, r: '5', done: 1 } })(run);
      }
      if (run.program.name === 'mixed') {
        const [r9, s9, u9, rf, sf] = ['r9', 's9', 'u9', 'rf', 'sf'].map((name) =>
          resultNamed(run, name),
        );
        if (r9 !== s9 || r9 !== u9 || rf !== sf) return 'a query leaves a reference';
        return results({ mixed: { q0: '0', q: '0', l: '9', q1: '0', q2: '0', q3: '9' } })(run);
      }
      return results({
        errors: {
          flag: EINVAL,
          flag3: EINVAL,
          count: EINVAL,
          memory: EFAULT,
          unknown: ENOENT,
          all: '5 0 0',
          lasts: '5 0 0',
          part: '-14 after 5 0',
          none: EFAULT,
          n: 1,
        },
      })(run);
    },
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { mixed: reached((run) => resultNamed(run, 'q3') === '9') },
    faults: [
      'BUG-SYNCOBJ-06',
      'BUG-SYNCOBJ-07',
      'syncobj-028-plain-is-one',
      'syncobj-028-all-or-none',
      'syncobj-028-count-first',
      'syncobj-028-last-is-reached',
    ],
  }),
  property({
    rules: ['SYNCOBJ-035'],
    plan: `The first point on a plain fence begins a timeline, and keeps the fence behind it until that is
      done; on nothing it is alone.
      - a pending import, then a host signal: waits at, below and behind the point, and queries
      - a signaled fence, and nothing; references of the fence, also when the next point is added`,
    programs: [
      program('plain', {
        tasks: {
          A: `${OPEN}; l = sys.timeline(); p = sys.createFence(l, 1); a = so.create(t)
            so.fromFd(t, p, 1, a); so.timelineSignal(t, [a], [5]); x = syncobj.fence(a.syncobj)
            prev = chain.prevSeqno(x); n = inspect.seqno(x); w5 = so.timelineWait(t, [a], [5])
            w1 = so.timelineWait(t, [a], [1]); w6 = so.timelineWait(t, [a], [6])
            av = so.timelineWait(t, [a], [2], available); q = so.query(t, [a]); sys.inc(l, 1)
            v5 = so.timelineWait(t, [a], [5]); r = so.query(t, [a]); b = so.create(t)
            so.timelineSignal(t, [b], [5]); y = syncobj.fence(b.syncobj); none = chain.prev(y)
            bp = chain.prevSeqno(y); u5 = so.timelineWait(t, [b], [3]); bq = so.query(t, [b])`,
        },
      }),
      program('dropped', {
        tasks: {
          A: `${OPEN}; f = fence.create(); a = so.create(t); syncobj.replace(a.syncobj, f)
            so.timelineSignal(t, [a], [5]); x = syncobj.fence(a.syncobj); before = chain.prev(x)
            fence.signal(f); held = inspect.references(f); so.query(t, [a])
            after = chain.prev(x); left = inspect.references(f)`,
        },
      }),
      program('dropped-by-the-next', {
        tasks: {
          A: `${OPEN}; f = fence.create(); g = fence.create(); a = so.create(t)
            syncobj.replace(a.syncobj, f); so.timelineSignal(t, [a], [5])
            syncobj.addPoint(a.syncobj, g, 7); fence.signal(f); fence.signal(g)
            held = inspect.references(f); so.timelineSignal(t, [a], [10])
            left = inspect.references(f); l = so.query(t, [a], 1)`,
        },
      }),
    ],
    holds: results({
      plain: {
        prev: 0,
        n: 5,
        w5: ETIME,
        w1: ETIME,
        w6: EINVAL,
        av: 'first 0',
        q: '0',
        v5: 'first 0',
        r: '5',
        none: 'null',
        bp: 0,
        u5: 'first 0',
        bq: '5',
      },
      dropped: { before: 'f', held: 2, after: 'null', left: 1 },
      'dropped-by-the-next': { held: 2, left: 1, l: '10' },
    }),
    forbids: ['refcount', 'leak'],
    witness: { kept: reached((run) => resultNamed(run, 'before') === 'f') },
    faults: [
      'syncobj-035-forgets-plain',
      'syncobj-035-plain-counts',
      'syncobj-035-collects-nothing',
    ],
  }),
  property({
    rules: ['SYNCOBJ-036'],
    plan: `A query never tells a point for which a wait would still block (6.12 does: KERN-SYNCOBJ-01), also
      where something of another timeline is pending below.
      - two points above a pending import; two points above a pending older timeline, and above one that is done in part
      - the last submitted point, which is no matter of this`,
    programs: [
      program('import', {
        tasks: {
          A: `${OPEN}; l = sys.timeline(); p = sys.createFence(l, 1); a = so.create(t)
            so.fromFd(t, p, 1, a); so.timelineSignal(t, [a], [5]); so.timelineSignal(t, [a], [10])
            q = so.query(t, [a]); last = so.query(t, [a], 1); w = so.timelineWait(t, [a], [5])
            sys.inc(l, 1); r = so.query(t, [a]); v = so.timelineWait(t, [a], [5])`,
        },
      }),
      program('older', {
        tasks: {
          A: `${EMPTY}; ${point('f', 7)}; so.timelineSignal(t, [a], [3]); so.timelineSignal(t, [a], [9])
            so.timelineSignal(t, [a], [12]); q = so.query(t, [a]); last = so.query(t, [a], 1)
            w = so.timelineWait(t, [a], [9]); fence.signal(f); r = so.query(t, [a])
            v = so.timelineWait(t, [a], [9])`,
        },
      }),
      program('older-partly', {
        tasks: {
          A: `${EMPTY}; ${point('f', 3)}; ${point('g', 7)}; fence.signal(f); q0 = so.query(t, [a])
            so.timelineSignal(t, [a], [5]); so.timelineSignal(t, [a], [9]); q = so.query(t, [a])
            w = so.timelineWait(t, [a], [3]); fence.signal(g); r = so.query(t, [a])`,
        },
      }),
    ],
    holds: results({
      import: { q: '0', last: '10', w: ETIME, r: '10', v: 'first 0' },
      'older-partly': { q0: '3', q: '0', w: ETIME, r: '9' },
      older: { q: '0', last: '12', w: ETIME, r: '12', v: 'first 0' },
    }),
    witness: { blocked: reached((run) => resultNamed(run, 'w') === ETIME) },
    faults: ['KERN-SYNCOBJ-01', 'syncobj-036-other-timelines-too'],
  }),
  property({
    rules: ['SYNCOBJ-037'],
    plan: `Point 0 of a timeline is its head, with everything before it; who has it keeps it.
      - 5 pending, 10 done: a wait, an export, a counter and a transfer; then the object is reset and
        destroyed`,
    programs: [
      program('head', {
        setup: `${EMPTY}; ${point('f', 5)}; so.timelineSignal(t, [a], [10]); e = sys.eventfd()
          b = so.create(t); head = syncobj.fence(a.syncobj)`,
        tasks: {
          A: `w = so.wait(t, [a]); x = so.toFd(t, a, 1); i = sys.info(x, 0); so.eventfd(t, a, 0, e)
            c = sys.readCount(e); tr = so.transfer(t, a, 0, b, 0); same = syncobj.fence(b.syncobj)
            sl = so.wait(t, [a], timeout: 500); n = clock.now(); j = sys.info(x, 0); d2 = sys.readCount(e)
            v = so.wait(t, [b]); bq = so.query(t, [b])`,
          B: 'task.sleep(5); so.reset(t, [a]); so.destroy(t, a); task.sleep(5); fence.signal(f)',
        },
      }),
    ],
    holds: results({
      head: {
        head: 'head',
        w: ETIME,
        i: 'dma_fence_chain-unbound4-10 0 2',
        c: -11,
        tr: 0,
        same: 'head',
        sl: 'first 0',
        n: 1010,
        j: 'dma_fence_chain-unbound4-10 1 1',
        d2: 1,
        v: 'first 0',
        bq: '10',
      },
    }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { kept: reached((run) => resultNamed(run, 'sl') === 'first 0') },
    faults: ['syncobj-037-contained', 'syncobj-037-oldest'],
  }),
];
