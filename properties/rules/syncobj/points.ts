import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { OPEN } from './calls.ts';
import { COMPLETED, COMPLETING } from './permutations.ts';

const ENOENT = -2;
const EFAULT = -14;
const EINVAL = -22;
const ETIME = -62;

const EMPTY = `${OPEN}; f = fence.create(); g = fence.create(); h = fence.create(); a = so.create(t)`;

/** A point with a fence, and its node by name. */
const point = (fence: string, number: number): string =>
  `syncobj.addPoint(a.syncobj, ${fence}, ${number}); x${number} = syncobj.fence(a.syncobj)`;

/** What a lookup of each of these points finds, as `r0 = so.findFence(t, a, 0)`. */
const lookups = (prefix: string, points: readonly number[]): string =>
  points.map((number) => `${prefix}${number} = so.findFence(t, a, ${number})`).join('; ');

/** Properties of timelines: adding points, finding them, and reaching them. */
export const POINT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SYNCOBJ-023'],
    plan: `A later point goes on with the timeline of the head; one that is not begins another, takes the
      number of the head, and stands for all that there is.
      - ascending, equal and descending points: contexts, numbers, predecessors
      - points 10 then 5, with a pending fence and by a host signal: waits and queries
      - the far end of 64 bits`,
    programs: [
      program('numbers', {
        tasks: {
          A: `${EMPTY}; ${point('f', 10)}; ${point('g', 20)}; c10 = inspect.context(x10)
            c20 = inspect.context(x20); p10 = chain.prevSeqno(x10); p20 = chain.prevSeqno(x20)
            ${point('h', 5)}; c5 = inspect.context(x5); n5 = inspect.seqno(x5)
            p5 = chain.prevSeqno(x5); b5 = chain.prev(x5); ${point('h', 21)}
            c21 = inspect.context(x21); p21 = chain.prevSeqno(x21); b21 = chain.prev(x21)
            syncobj.addPoint(a.syncobj, f, 21); y = syncobj.fence(a.syncobj); ny = inspect.seqno(y)
            py = chain.prevSeqno(y); b = so.create(t); so.timelineSignal(t, [b], [9007199254740991])
            so.timelineSignal(t, [b], [1]); last = so.query(t, [b], 1)`,
        },
      }),
      program('pending', {
        tasks: {
          A: `${EMPTY}; ${point('f', 10)}; fence.signal(f); q1 = so.query(t, [a])
            w1 = so.timelineWait(t, [a], [10]); ${point('g', 5)}; q2 = so.query(t, [a])
            last = so.query(t, [a], 1); w2 = so.timelineWait(t, [a], [10])
            v2 = so.timelineWait(t, [a], [1]); too = so.timelineWait(t, [a], [11])
            fence.signal(g); q3 = so.query(t, [a]); w3 = so.timelineWait(t, [a], [10])`,
        },
      }),
      program('host', {
        tasks: {
          A: `${EMPTY}; so.timelineSignal(t, [a], [10]); so.timelineSignal(t, [a], [5])
            q = so.query(t, [a]); w = so.timelineWait(t, [a], [10]); l = so.query(t, [a], 1)`,
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name !== 'numbers') {
        return results({
          pending: {
            q1: '10',
            w1: 'first 0',
            q2: '0',
            last: '10',
            w2: ETIME,
            v2: ETIME,
            too: EINVAL,
            q3: '10',
            w3: 'first 0',
          },
          host: { q: '10', w: 'first 0', l: '10' },
        })(run);
      }
      const [c10, c20, c5, c21] = ['c10', 'c20', 'c5', 'c21'].map((name) => resultNamed(run, name));
      if (c10 !== c20 || c5 === c10 || c21 !== c5) return 'contexts are not what they should be';
      return results({
        numbers: {
          p10: 0,
          p20: 10,
          n5: 20,
          p5: 0,
          b5: 'x20',
          p21: 20,
          b21: 'x5',
          ny: 21,
          py: 0,
          last: '9007199254740991',
        },
      })(run);
    },
    witness: { unordered: reached((run) => resultNamed(run, 'q2') === '0') },
    faults: [
      'syncobj-023-keeps-number',
      'syncobj-023-goes-on',
      'syncobj-023-drops-what-was',
      'syncobj-023-refuses',
    ],
  }),
  property({
    rules: ['SYNCOBJ-024'],
    plan: `A point is found in a timeline that has come so far: at the newest node whose predecessor does not
      suffice, or at the first fence of another timeline; when all is done, a stub. What is done is
      dropped on the way. Point 0 is the head, and drops nothing.
      - pending, done in order, out of order, and all done × points between, at and behind nodes
      - plain fences, pending and signaled; another timeline below; nothing`,
    programs: [
      program('shapes', {
        tasks: {
          A: `${EMPTY}; st = stub.get(); none = so.findFence(t, a, 1); none0 = so.findFence(t, a)
            ${point('f', 5)}; ${point('g', 10)}; ${point('h', 15)}
            ${lookups('a', [0, 1, 5, 6, 10, 11, 15, 16])}
            fence.signal(g); k0 = so.findFence(t, a); i0 = inspect.references(x10)
            ${lookups('b', [8, 3, 12])}; fence.signal(f); ${lookups('c', [3, 8, 11])}
            fence.signal(h); ${lookups('e', [15, 3, 0, 16])}`,
        },
      }),
      program('plain', {
        tasks: {
          A: `${EMPTY}; st = stub.get(); syncobj.replace(a.syncobj, f); ${lookups('a', [0, 1])}
            fence.signal(f); ${lookups('b', [0, 1])}; syncobj.replace(a.syncobj, g)
            ${point('h', 5)}; so.timelineSignal(t, [a], [10]); ${lookups('c', [3, 6, 11])}
            fence.signal(h); ${lookups('e', [3, 10])}; fence.signal(g); ${lookups('i', [3])}`,
        },
      }),
    ],
    holds: results({
      shapes: {
        none: EINVAL,
        none0: EINVAL,
        a0: 'x15',
        a1: 'x5',
        a5: 'x5',
        a6: 'x10',
        a10: 'x10',
        a11: 'x15',
        a15: 'x15',
        a16: EINVAL,
        k0: 'x15',
        // The chain, what was found, and the name.
        b8: 'x5',
        b3: 'x5',
        b12: 'x15',
        c3: 'st',
        c8: 'st',
        c11: 'x15',
        e15: 'x15',
        e3: 'st',
        e0: 'x15',
        e16: EINVAL,
      },
      plain: {
        a0: 'f',
        a1: EINVAL,
        b0: 'f',
        b1: EINVAL,
        c3: 'x5',
        c11: EINVAL,
        e3: 'g',
        i3: 'st',
      },
    }),
    forbids: ['bug', 'refcount', 'leak', 'use-after-free'],
    witness: { out: reached((run) => resultNamed(run, 'b8') === 'x5') },
    faults: [
      'BUG-SYNCOBJ-02',
      'syncobj-024-plain-provides',
      'syncobj-024-exact',
      'syncobj-024-off-by-one',
    ],
  }),
  property({
    rules: ['SYNCOBJ-025', 'SYNCOBJ-028'],
    plan: `A point is reached when everything up to the node that stands for it has signaled: a point in the
      middle that is done early completes nothing, and one that lies between nodes is the next one's. A
      query tells the last point that is reached, and never less than before.
      - three points, signaled in each order; waits for five points and queries after each`,
    programs: COMPLETING,
    holds: results(COMPLETED),
    forbids: ['refcount', 'leak', 'use-after-free'],
    witness: { early: reached((run) => resultNamed(run, 'w1_10') === ETIME) },
    faults: [
      'syncobj-025-own-fence-only',
      'syncobj-025-rounds-down',
      'syncobj-028-newest-done',
      'syncobj-028-always-before',
    ],
  }),
  property({
    rules: ['SYNCOBJ-025'],
    plan: `Who sleeps until a point is reached wakes when the last of its fences signals, and not earlier.
      - two fences that signal in both orders during the wait`,
    programs: (['f g', 'g f'] as const).map((order) => {
      const [first, second] = order.split(' ');
      return program(`sleeps-${first}`, {
        setup: `${EMPTY}; ${point('f', 5)}; ${point('g', 10)}; ${point('h', 15)}`,
        tasks: {
          A: 'w = so.timelineWait(t, [a], [7], timeout: 500); n = clock.now(); fence.signal(h)',
          B: `task.sleep(5); fence.signal(${first}); task.sleep(5); fence.signal(${second})`,
        },
      });
    }),
    holds: results({
      'sleeps-f': { w: 'first 0', n: 1010 },
      'sleeps-g': { w: 'first 0', n: 1010 },
    }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    forbids: ['deadlock', 'leak'],
    witness: { woken: reached((run) => resultNamed(run, 'w') === 'first 0') },
    faults: ['syncobj-025-own-fence-only'],
  }),
  property({
    rules: ['SYNCOBJ-026'],
    plan: `A timeline signal takes no flags and at least one handle; then readable handles that are known, and
      readable points, or none for all zeros. It adds done points in order, and replaces nothing.
      - each error with those that come later, and what is there afterwards
      - several points of one object; point 0 on nothing, a fence, and a timeline with pending points`,
    programs: [
      program('errors', {
        tasks: {
          A: `${EMPTY}; flag = so.timelineSignal(t, [9], [1], 1, mapped: 0)
            count = so.timelineSignal(t, [9], [1], count: 0, mapped: 0)
            memory = so.timelineSignal(t, [9], [1], mapped: 0, mappedPoints: 0)
            unknown = so.timelineSignal(t, [a, 9], [1, 2], mappedPoints: 0)
            points = so.timelineSignal(t, [a, a], [1, 2], mappedPoints: 1)
            look = syncobj.look(a.syncobj); n = syncobj.references(a.syncobj)
            several = so.timelineSignal(t, [a, a], [5, 7]); last = so.query(t, [a], 1)
            x = syncobj.fence(a.syncobj); before = chain.prevSeqno(x)`,
        },
      }),
      program('stub', {
        // All of these take the machine's one stub, and give it back in the end.
        tasks: {
          A: `${OPEN}; a = so.create(t); b = so.create(t); st = stub.get(); r0 = inspect.references(st)
            so.timelineSignal(t, [a, b, a], [1, 2, 3]); r1 = inspect.references(st)
            w = so.timelineWait(t, [a, b], [2, 1], all); so.transfer(t, a, 1, b, 0)
            e = sys.eventfd(); so.eventfd(t, a, 2, e); q = so.query(t, [a]); x = so.toFd(t, b, 1)
            sys.close(x); so.destroy(t, a); so.destroy(t, b); r2 = inspect.references(st)`,
        },
      }),
      program('zero', {
        tasks: {
          A: `${EMPTY}; b = so.create(t); none = so.timelineSignal(t, [a]); l1 = syncobj.look(a.syncobj)
            q1 = so.query(t, [a]); w1 = so.wait(t, [a]); p1 = so.timelineWait(t, [a], [1])
            syncobj.replace(b.syncobj, f); plain = so.timelineSignal(t, [b], [0])
            l2 = syncobj.look(b.syncobj); w2 = so.wait(t, [b]); p2 = so.timelineWait(t, [b], [1])
            c = so.create(t); syncobj.addPoint(c.syncobj, g, 5); syncobj.addPoint(c.syncobj, h, 6)
            chain = so.timelineSignal(t, [c], [0]); q3 = so.query(t, [c]); w3 = so.wait(t, [c])
            p3 = so.timelineWait(t, [c], [5]); l3 = so.query(t, [c], 1); fence.signal(g)
            fence.signal(h); q4 = so.query(t, [c]); fence.signal(f)`,
        },
      }),
    ],
    holds: (run) => {
      const [before, during, after] = ['r0', 'r1', 'r2'].map((name) => resultNamed(run, name));
      if (before !== undefined && after !== undefined && after !== before) {
        return `${String(after)} references on the stub are left of ${String(before)}`;
      }
      if (during !== undefined && during === before) return 'points are done without the stub';
      return results({
        stub: { w: 'first 0', q: '3' },
        errors: {
          flag: EINVAL,
          count: EINVAL,
          memory: EFAULT,
          unknown: ENOENT,
          points: EFAULT,
          look: 'empty',
          n: 1,
          several: 0,
          last: '7',
          before: 5,
        },
        zero: {
          none: 0,
          l1: 'timeline 0',
          q1: '0',
          w1: 'first 0',
          p1: EINVAL,
          plain: 0,
          l2: 'timeline 0',
          w2: ETIME,
          p2: EINVAL,
          chain: 0,
          q3: '0',
          w3: ETIME,
          p3: ETIME,
          l3: '6',
          q4: '6',
        },
      })(run);
    },
    forbids: ['refcount', 'leak'],
    witness: { pending: reached((run) => resultNamed(run, 'w3') === ETIME) },
    faults: [
      'syncobj-026-zero-replaces',
      'syncobj-026-needs-points',
      'syncobj-026-flags-last',
      'syncobj-026-backwards',
      'syncobj-026-keeps-stub',
    ],
  }),
  property({
    rules: ['SYNCOBJ-027'],
    plan: `A point that the host signals while an earlier one is pending is available at once, and not done
      before the earlier one is.
      - both kinds of wait, before and after; a waiter that sleeps`,
    programs: [
      program('early', {
        setup: `${EMPTY}; ${point('f', 5)}`,
        tasks: {
          A: `so.timelineSignal(t, [a], [10]); av = so.timelineWait(t, [a], [10], available)
            w = so.timelineWait(t, [a], [10]); q = so.query(t, [a])
            v = so.timelineWait(t, [a], [10], timeout: 500); n = clock.now(); r = so.query(t, [a])`,
          B: 'task.sleep(7); fence.signal(f)',
        },
      }),
    ],
    holds: results({ early: { av: 'first 0', w: ETIME, q: '0', v: 'first 0', n: 1007, r: '10' } }),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    witness: { slept: reached((run) => resultNamed(run, 'n') === 1007) },
    faults: ['syncobj-027-forgets-pending'],
  }),
];
