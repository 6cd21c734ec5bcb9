import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import {
  bufferOf,
  IDLE,
  maintenance,
  ONE_PREEMPTION,
  pending,
  signaledAt,
  slotEvents,
} from '../buffer-programs.ts';

/** Whoever was told that it is ready was told when all these fences had signaled. */
function readyInTime(...fences: readonly string[]): (run: Run) => string | null {
  return (run) => {
    for (const record of run.calls) {
      if (record.call.op !== 'sys.poll' || record.task === 'setup') continue;
      if (record.result === 'none' || record.end === null) continue;
      const early = fences.find((name) => signaledAt(run, name) > (record.end ?? 0));
      if (early !== undefined) return `${record.task} is told ${record.result} before ${early}`;
    }
    return null;
  };
}

const ONE_OF_EACH = { k: 'KERNEL', w: 'WRITE', r: 'READ', x: 'BOOKKEEP' } as const;
const SIGNALED_ONE_BY_ONE = `p0 = sys.poll(b, EV); fence.signal(k); p1 = sys.poll(b, EV)
  fence.signal(w); p2 = sys.poll(b, EV); fence.signal(r); p3 = sys.poll(b, EV)`;
const READERS_FIRST = `p0 = sys.poll(b, EV); fence.signal(r); p1 = sys.poll(b, EV)
  fence.signal(w); p2 = sys.poll(b, EV); fence.signal(k); p3 = sys.poll(b, EV)`;

/** What a poll may report. */
export const READINESS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['POLL-001'],
    plan: `POLLIN is reported only when no KERNEL and no WRITE fence is pending.
      - one fence of each usage, signaled in two orders; two writers that signal at any moment
      - a fence that the hardware has finished, and nobody has signaled`,
    programs: [
      program('in-order', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: SIGNALED_ONE_BY_ONE.replaceAll('EV', 'in') },
      }),
      program('readers-first', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: READERS_FIRST.replaceAll('EV', 'in') },
      }),
      program('two-writers', {
        setup: pending({ f: 'WRITE', g: 'WRITE' }),
        tasks: { A: 'a = sys.poll(b, in)', B: 'fence.signal(f); fence.signal(g)' },
      }),
      program('swapped', {
        setup: pending({ f: 'WRITE', g: 'KERNEL' }),
        tasks: { A: 'a = sys.poll(b, in)', B: 'fence.signal(g); fence.signal(f)' },
      }),
    ],
    schedules: ONE_PREEMPTION,
    holds: (run) => {
      const { name } = run.program;
      if (name === 'two-writers' || name === 'swapped') return readyInTime('f', 'g')(run);
      return results({
        'in-order': { p0: 'none', p1: 'none', p2: 'in', p3: 'in' },
        'readers-first': { p0: 'none', p1: 'none', p2: 'none', p3: 'in' },
      })(run);
    },
    witness: {
      ready: reached((run) => resultNamed(run, 'a') === 'in', 2),
      notReady: reached((run) => resultNamed(run, 'a') === 'none', 2),
      bookkeeping: reached((run) => resultNamed(run, 'p3') === 'in', 2),
    },
    faults: ['poll-001-writers-only', 'poll-001-first-fence-only', 'poll-001-readers-too'],
  }),
  property({
    rules: ['POLL-002'],
    plan: `POLLOUT is reported only when no KERNEL, no WRITE and no READ fence is pending.
      - one fence of each usage, signaled in two orders; a reader and a writer that signal at any
        moment; BOOKKEEP never counts`,
    programs: [
      program('in-order', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: SIGNALED_ONE_BY_ONE.replaceAll('EV', 'out') },
      }),
      program('readers-first', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: READERS_FIRST.replaceAll('EV', 'out') },
      }),
      program('reader-and-writer', {
        setup: pending({ f: 'WRITE', g: 'READ' }),
        tasks: { A: 'a = sys.poll(b, out)', B: 'fence.signal(g); fence.signal(f)' },
      }),
      program('bookkeeping', {
        setup: pending({ x: 'BOOKKEEP' }),
        tasks: { A: 'a = sys.poll(b, out); n = dmabuf.armed(b)' },
      }),
    ],
    schedules: ONE_PREEMPTION,
    holds: (run) => {
      if (run.program.name === 'reader-and-writer') return readyInTime('f', 'g')(run);
      return results({
        'in-order': { p0: 'none', p1: 'none', p2: 'none', p3: 'out' },
        'readers-first': { p0: 'none', p1: 'none', p2: 'none', p3: 'out' },
        bookkeeping: { a: 'out', n: 'none' },
      })(run);
    },
    witness: {
      ready: reached((run) => resultNamed(run, 'a') === 'out', 2),
      notReady: reached((run) => resultNamed(run, 'a') === 'none'),
    },
    faults: ['BUG-BUF-07', 'poll-002-writers-only', 'poll-002-counts-bookkeeping'],
  }),
  property({
    rules: ['POLL-003'],
    plan: `A poll looks at POLLIN and POLLOUT alone, and at those that were asked for.
      - every mask on an idle and on a busy buffer: which directions are armed
      - nothing asked for: the lock is not taken, so its holder may poll, too`,
    programs: [
      program('idle', {
        setup: IDLE,
        tasks: {
          A: `a = sys.poll(b, all); i = sys.poll(b, in); o = sys.poll(b, out); n = sys.poll(b, none)
            e = sys.poll(b, err+hup); r = buf.count(b)`,
        },
      }),
      program('reader', {
        setup: pending({ f: 'READ' }),
        tasks: {
          A: `i = sys.poll(b, in); n1 = dmabuf.armed(b); n = sys.poll(b, none)
            n2 = dmabuf.armed(b); a = sys.poll(b, all); n3 = dmabuf.armed(b)`,
        },
        teardown: 'fence.signal(f)',
      }),
      program('writer', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `i = sys.poll(b, in); n1 = dmabuf.armed(b); fence.signal(f); n2 = dmabuf.armed(b)`,
        },
      }),
      program('locked', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `resv.lock(b.resv); n = sys.poll(b, none); e = sys.poll(b, err); resv.unlock(b.resv)
            n1 = dmabuf.armed(b)`,
        },
      }),
    ],
    forbids: ['deadlock', 'lockdep'],
    holds: results({
      idle: { a: 'in+out', i: 'in', o: 'out', n: 'none', e: 'none', r: 1 },
      reader: { i: 'in', n1: 'none', n: 'none', n2: 'none', a: 'in', n3: 'out' },
      writer: { i: 'none', n1: 'in', n2: 'none' },
      locked: { n: 'none', e: 'none', n1: 'none' },
    }),
    witness: {
      nothing: reached((run) => resultNamed(run, 'n') === 'none', 3),
      one: reached((run) => resultNamed(run, 'n1') === 'in'),
    },
    faults: ['poll-003-locks-always', 'poll-003-looks-at-both', 'poll-003-keeps-other-bits'],
  }),
  property({
    rules: ['POLL-010'],
    plan: `The directions are independent.
      - a reader: ready for POLLIN, armed for POLLOUT; a reader and a writer in two orders
      - one direction signals while the other stays armed`,
    programs: [
      program('reader', {
        setup: pending({ f: 'READ' }),
        tasks: {
          A: `a = sys.poll(b, in+out); n = dmabuf.armed(b); i = sys.poll(b, in); fence.signal(f)
            o = sys.poll(b, in+out); m = dmabuf.armed(b)`,
        },
      }),
      program('reader-then-writer', {
        setup: pending({ f: 'READ', g: 'WRITE' }),
        tasks: {
          A: `a = sys.poll(b, in+out); n = dmabuf.armed(b); fence.signal(g); m = dmabuf.armed(b)
            i = sys.poll(b, in+out); fence.signal(f); o = sys.poll(b, in+out)`,
        },
      }),
    ],
    holds: results({
      reader: { a: 'in', n: 'out', i: 'in', o: 'in+out', m: 'none' },
      'reader-then-writer': { a: 'none', n: 'in+out', m: 'out', i: 'in', o: 'in+out' },
    }),
    witness: { half: reached((run) => resultNamed(run, 'm') === 'out') },
    faults: ['poll-010-one-slot', 'poll-010-all-or-nothing'],
  }),
  property({
    rules: ['POLL-011'],
    plan: `Readiness says nothing of caches: a poll does no cache maintenance, SYNC does.
      - a device has mapped the buffer; it works, is done, the buffer polls as ready`,
    programs: [
      program('ready', {
        setup: `${pending({ f: 'WRITE' })}; a = attach.static(b, gpu)
          t = attach.mapUnlocked(a, FROM_DEVICE)`,
        tasks: {
          A: `p = sys.poll(b, in); fence.signal(f); q = sys.poll(b, in+out)
            s = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)`,
        },
        teardown: 'attach.unmapUnlocked(a, t, FROM_DEVICE); attach.detach(b, a)',
      }),
    ],
    holds: both(results({ ready: { p: 'none', q: 'in+out', s: 0, e: 0 } }), (run) => {
      const ready = run.calls.find(({ call }) => call.out === 'q')?.end ?? 0;
      const early = maintenance(run).filter(({ step }) => step <= ready);
      if (early.length > 0) return 'polling has maintained caches';
      const names = maintenance(run).map(({ name }) => name);
      return names.join(' ') === 'dma_sync_sg_for_cpu dma_sync_sg_for_device'
        ? null
        : `a bracket behind a poll does ${names.join(' ') || 'nothing'}`;
    }),
    witness: { bracket: reached((run) => maintenance(run).length === 2) },
    faults: ['poll-011-maintains-caches', 'poll-011-ready-needs-no-bracket'],
  }),
  property({
    rules: ['POLL-004'],
    plan: `A poll takes the reservation lock, whatever signals come, and sees to POLLOUT first.
      - somebody holds the lock; a signal for the poller comes meanwhile
      - whoever holds the lock polls: a report
      - the callbacks of both directions are on one fence in the order of their arming`,
    programs: [
      program('held', {
        setup: IDLE,
        tasks: {
          A: 'resv.lock(b.resv); task.sleep(10); l = resv.unlock(b.resv)',
          B: 'task.sleep(5); p = sys.poll(b, in)',
          C: 'task.sleep(7); task.interrupt(B)',
        },
      }),
      program('inside', {
        setup: IDLE,
        tasks: { A: 'resv.lock(b.resv); p = sys.poll(b, in)' },
        mayBlock: ['A'],
      }),
      program('order', {
        setup: pending({ f: 'WRITE' }),
        tasks: { A: 'p = sys.poll(b, in+out)' },
        teardown: 'fence.signal(f)',
      }),
    ],
    schedules: ONE_PREEMPTION,
    allows: ['lockdep', 'refinement'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'inside') {
        return run.violations.some(({ kind }) => kind === 'lockdep')
          ? null
          : 'a poll by the holder of the lock is not reported';
      }
      const wrong = results({ held: { p: 'in' }, order: { p: 'none' } })(run);
      if (wrong !== null) return wrong;
      if (name === 'held') {
        const unlocked = run.calls.find(({ call }) => call.out === 'l');
        const polled = run.calls.find(({ call }) => call.out === 'p');
        return (polled?.end ?? 0) > (unlocked?.begin ?? 0) ? null : 'a poll did not wait';
      }
      const [first] = slotEvents(run, 'add');
      return first?.object === bufferOf(run).pollOut.callback ? null : 'POLLIN was armed first';
    },
    witness: {
      waited: reached((run) => run.program.name === 'held' && resultNamed(run, 'p') === 'in'),
      both: reached((run) => slotEvents(run, 'add').length === 2),
    },
    faults: ['poll-004-interruptible', 'poll-004-tries', 'poll-004-in-first', 'poll-004-no-lock'],
  }),
];
