import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { IDLE, ONE_PREEMPTION, pending } from '../buffer-programs.ts';

const ONE_OF_EACH = { x: 'BOOKKEEP', r: 'READ', w: 'WRITE', k: 'KERNEL' } as const;

/** The file and the buffer poll as ready at the same moments, until all has signaled. */
function readyTogether(flags: string, events: string): string {
  const look = (index: number): string =>
    `e${index} = sys.poll(e, in); b${index} = sys.poll(b, ${events})`;
  const signals = ['k', 'w', 'r', 'x'].map(
    (fence, index) => `fence.signal(${fence}); ${look(index)}`,
  );
  return `e = dmabuf.exportSyncFile(b, ${flags}); c = unwrap.leaves(e.fence); ${signals.join('; ')}`;
}

function isReady(run: Run, name: string): boolean {
  return resultNamed(run, name) !== 'none';
}

/** Waiting for the file equals polling the buffer. */
function equalsPoll(run: Run): string | null {
  for (const index of [0, 1, 2, 3]) {
    if (isReady(run, `e${index}`) === isReady(run, `b${index}`)) continue;
    return `${run.program.name}: the file and the buffer differ after signal ${index}`;
  }
  return null;
}

/** What the sync_file of an export covers. */
export const EXPORTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['IOCTL-003'],
    plan: `An export for reading covers the pending KERNEL and WRITE fences, as POLLIN does.
      - one fence of each usage, signaled one by one; one that has signaled before`,
    programs: [
      program('each', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: readyTogether('read', 'in') },
      }),
      program('signaled', {
        setup: `${pending({ f: 'WRITE', k: 'WRITE', w: 'READ', r: 'READ', x: 'READ' })}; fence.signal(f)`,
        tasks: { A: readyTogether('read', 'in') },
      }),
    ],
    holds: both(
      results({ each: { c: 'w k', e0: 'none', e1: 'in' }, signaled: { c: 'k', e0: 'in' } }),
      equalsPoll,
    ),
    witness: { covered: reached((run) => resultNamed(run, 'c') === 'w k') },
    faults: ['ioctl-003-readers-too', 'ioctl-003-kernel-only'],
  }),
  property({
    rules: ['IOCTL-004'],
    plan: `An export for writing covers KERNEL, WRITE and READ fences, as POLLOUT does, never BOOKKEEP.
      - one fence of each usage, signaled one by one; WRITE alone, and with READ`,
    programs: [
      program('write', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: readyTogether('write', 'out') },
      }),
      program('both', {
        setup: pending(ONE_OF_EACH),
        tasks: { A: readyTogether('read+write', 'out') },
      }),
    ],
    holds: both(
      results({
        write: { c: 'r w k', e1: 'none', e2: 'in' },
        both: { c: 'r w k', e1: 'none', e2: 'in' },
      }),
      equalsPoll,
    ),
    witness: { covered: reached((run) => resultNamed(run, 'c') === 'r w k', 2) },
    faults: ['ioctl-004-both-is-reading', 'ioctl-004-bookkeeping-too'],
  }),
  property({
    rules: ['IOCTL-005'],
    plan: `Nothing pending: a signaled stub. One fence: that very one. More: a new array of them all.
      - the array has a context of its own in each export, and keeps members that signal`,
    programs: [
      program('nothing', {
        setup: `${pending({ f: 'WRITE' })}; fence.signal(f)`,
        tasks: {
          A: 'e = dmabuf.exportSyncFile(b, write); i = sys.info(e, 1); p = sys.poll(e, in)',
        },
      }),
      program('stub', {
        setup: IDLE,
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, write); a = array.isContainer(e.fence)
            x = inspect.context(e.fence)`,
        },
      }),
      program('one', {
        setup: `${IDLE}; f = fence.create(context: 9, seqno: 5); dmabuf.add(b, f, WRITE)`,
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, read); l = unwrap.leaves(e.fence)
            a = array.isContainer(e.fence); x = inspect.context(e.fence); s = inspect.seqno(e.fence)
            p = sys.poll(e, in); fence.signal(f); q = sys.poll(e, in)`,
        },
      }),
      program('more', {
        setup: pending({ f: 'WRITE', g: 'READ', h: 'WRITE' }),
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, write); d = dmabuf.exportSyncFile(b, write)
            l = array.children(e.fence); x = inspect.context(e.fence); y = inspect.context(d.fence)
            fence.signal(g); l2 = array.children(e.fence); p = sys.poll(e, in)
            e2 = dmabuf.exportSyncFile(b, write); l3 = array.children(e2.fence)
            fence.signal(f); fence.signal(h); q = sys.poll(e, in); l4 = array.children(e.fence)`,
        },
      }),
    ],
    holds: (run) => {
      const fresh = resultNamed(run, 'x') !== resultNamed(run, 'y');
      if (run.program.name === 'more' && !fresh) return 'two exports share a context';
      return results({
        nothing: { e: 0, i: 'stub-stub0-0 1 1 | stub stub 1 1000000000', p: 'in' },
        stub: { a: false, x: 0 },
        one: { l: 'f', a: false, x: 9, s: 5, p: 'none', q: 'in' },
        more: { l: 'f g h', l2: 'f g h', p: 'none', l3: 'f h', q: 'in', l4: 'f g h' },
      })(run);
    },
    witness: { array: reached((run) => resultNamed(run, 'l') === 'f g h') },
    faults: ['ioctl-005-always-an-array', 'ioctl-005-one-context', 'ioctl-005-pending-stub'],
  }),
  property({
    rules: ['IOCTL-007'],
    plan: `An export is a snapshot that needs no lock and changes nothing in the buffer.
      - by the holder of the lock; slots, armed fences, references before and after
      - a fence that comes later is not covered, one that comes meanwhile may be`,
    programs: [
      program('locked', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `resv.lock(b.resv); e = dmabuf.exportSyncFile(b, write); resv.unlock(b.resv)
            l = unwrap.leaves(e.fence)`,
        },
      }),
      program('unchanged', {
        setup: `${pending({ f: 'WRITE', g: 'READ', h: 'READ' })}; fence.signal(g)`,
        tasks: {
          A: `s = resv.slots(b.resv); r = buf.count(b); m = resv.max(b.resv)
            e = dmabuf.exportSyncFile(b, write); a = inspect.isEnabled(f); n = dmabuf.armed(b)
            s2 = resv.slots(b.resv); r2 = buf.count(b); m2 = resv.max(b.resv)`,
        },
      }),
      program('later', {
        setup: `${pending({ f: 'WRITE' })}; g = fence.create()`,
        tasks: {
          A: 'e = dmabuf.exportSyncFile(b, read); dmabuf.add(b, g, WRITE); fence.signal(f); p = sys.poll(e, in)',
        },
      }),
      program('meanwhile', {
        setup: `${pending({ f: 'WRITE' })}; g = fence.create()`,
        tasks: {
          A: 'e = dmabuf.exportSyncFile(b, read); l = unwrap.leaves(e.fence)',
          B: 'dmabuf.add(b, g, WRITE)',
        },
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['deadlock', 'lockdep'],
    holds: (run) => {
      const slots = 'f/WRITE g/READ h/READ';
      if (run.program.name === 'meanwhile') {
        const covered = resultNamed(run, 'l');
        return covered === 'f' || covered === 'f g' ? null : `covered: ${String(covered)}`;
      }
      return results({
        locked: { e: 0, l: 'f' },
        unchanged: { s: slots, r: 1, m: 3, a: false, n: 'none', s2: slots, r2: 1, m2: 3 },
        later: { p: 'in' },
      })(run);
    },
    witness: {
      without: reached((run) => resultNamed(run, 'l') === 'f', 2),
      with: reached((run) => resultNamed(run, 'l') === 'f g'),
    },
    faults: ['ioctl-007-locks', 'ioctl-007-enables', 'ioctl-007-prunes', 'ioctl-007-grows-later'],
  }),
];
