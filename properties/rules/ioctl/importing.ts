import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { nodes } from '../chain/nodes.ts';
import { IDLE, ONE_PREEMPTION, pending, signaledAt } from '../buffer-programs.ts';

/** A sync_file `e` over the fences, which are in no buffer but `c`; the buffer `b` is idle. */
function carrying(usages: Readonly<Record<string, string>>): string {
  return `c = heap.buffer(4096); ${addsTo('c', usages)}; e = dmabuf.exportSyncFile(c, write)`;
}

/** A sync_file `e` over the newest of several nodes of a chain; the buffer `b` is idle. */
function carryingChain(count: number): string {
  return `${IDLE}; ${nodes(count)}; file = syncFile.create(c${count}); e = syncFile.install(file)`;
}

function addsTo(buffer: string, usages: Readonly<Record<string, string>>): string {
  const adds = Object.entries(usages).map(
    ([name, usage]) => `${name} = fence.create(); dmabuf.add(${buffer}, ${name}, ${usage})`,
  );
  return adds.join('; ');
}

function endOf(run: Run, name: string): number {
  return run.calls.find(({ call }) => call.out === name)?.end ?? Number.NaN;
}

/** What an import does to the fences of a buffer. */
export const IMPORTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['IOCTL-009'],
    plan: `With WRITE in the flags the fences are added as WRITE, else as READ.
      - the three valid flags, one fence and two`,
    programs: [
      program('flags', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE', g: 'WRITE' })}; d = heap.buffer(4096)
          t = heap.buffer(4096)`,
        tasks: {
          A: `r = dmabuf.importSyncFile(b, e, read); s = resv.slots(b.resv)
            w = dmabuf.importSyncFile(d, e, write); u = resv.slots(d.resv)
            x = dmabuf.importSyncFile(t, e, read+write); v = resv.slots(t.resv)`,
        },
      }),
    ],
    holds: results({
      flags: {
        r: 0,
        s: 'f/READ g/READ',
        w: 0,
        u: 'f/WRITE g/WRITE',
        x: 0,
        v: 'f/WRITE g/WRITE',
      },
    }),
    witness: { added: reached((run) => resultNamed(run, 's') === 'f/READ g/READ') },
    faults: ['ioctl-009-both-is-reading', 'ioctl-009-always-writes', 'ioctl-009-as-kernel'],
  }),
  property({
    rules: ['IOCTL-010'],
    plan: `Every leaf of a container is added singly, all of them under one hold of the lock.
      - somebody who locks sees none or all; leaves follow the rules of adding: one replaces an
        older fence of its context
      - the leaves of a chain, newest first, those of a contained array in its place`,
    programs: [
      program('leaves', {
        setup: `${IDLE}; o = fence.create(context: 9, seqno: 1); dmabuf.add(b, o, WRITE)
          c = heap.buffer(4096); f = fence.create(context: 9, seqno: 2); g = fence.create()
          dmabuf.add(c, f, WRITE); dmabuf.add(c, g, WRITE); e = dmabuf.exportSyncFile(c, write)`,
        tasks: {
          A: 'a = array.isArray(e.fence); i = dmabuf.importSyncFile(b, e, write); s = resv.slots(b.resv)',
        },
      }),
      program('chain', {
        setup: `${IDLE}; ${nodes(1)}; g = fence.create(); fence.get(g); h = fence.create()
          fence.get(h); a = array.create([g, h]); c2 = chain.create(c1, a, 2); fence.get(c2)
          file = syncFile.create(c2); e = syncFile.install(file)`,
        tasks: { A: 'i = dmabuf.importSyncFile(b, e, read); s = resv.slots(b.resv)' },
      }),
      program('atomic', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE', g: 'WRITE' })}`,
        tasks: {
          A: 'i = dmabuf.importSyncFile(b, e, write)',
          B: 'resv.lock(b.resv); s = resv.slots(b.resv); resv.unlock(b.resv)',
        },
      }),
    ],
    schedules: ONE_PREEMPTION,
    holds: (run) => {
      const seen = resultNamed(run, 's');
      if (run.program.name === 'atomic') {
        return seen === '' || seen === 'f/WRITE g/WRITE' ? null : `a locker sees ${String(seen)}`;
      }
      return results({
        leaves: { a: true, i: 0, s: 'f/WRITE g/WRITE' },
        chain: { i: 0, s: 'g/READ h/READ f1/READ' },
      })(run);
    },
    witness: {
      none: reached((run) => resultNamed(run, 's') === ''),
      all: reached((run) => run.program.name === 'atomic' && resultNamed(run, 's') !== ''),
    },
    faults: [
      'ioctl-010-container',
      'ioctl-010-lock-each',
      'ioctl-010-appends',
      'ioctl-010-newest-only',
    ],
  }),
  property({
    rules: ['IOCTL-011'],
    plan: `The slots that were counted before the lock suffice, whatever signals meanwhile.
      - two and five leaves that signal during the import; a buffer that is nearly full
      - a chain that loses a link between the count and the lock`,
    programs: [
      program('signals', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE', g: 'WRITE' })}`,
        tasks: {
          A: 'i = dmabuf.importSyncFile(b, e, write)',
          B: 'fence.signal(f); fence.signal(g)',
        },
      }),
      program('five', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE', g: 'READ', h: 'READ', j: 'READ', k: 'READ' })}
          ${addsTo('b', { l: 'READ', m: 'READ', n: 'READ' })}`,
        tasks: {
          A: 'i = dmabuf.importSyncFile(b, e, write)',
          B: 'fence.signal(l); fence.signal(f)',
        },
      }),
      program('chain', {
        setup: `${carryingChain(2)}; fence.put(c1)`,
        tasks: {
          A: 'i = dmabuf.importSyncFile(b, e, write); s = resv.slots(b.resv)',
          B: 'fence.signal(f1); fence.put(f1); syncFile.fileInfo(file, 2)',
        },
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['bug', 'refinement', 'use-after-free', 'refcount'],
    holds: (run) => {
      const slots = resultNamed(run, 's') ?? 'f2/WRITE';
      if (slots !== 'f2/WRITE' && slots !== 'f2/WRITE f1/WRITE') return `there is ${String(slots)}`;
      return results({ signals: { i: 0 }, five: { i: 0 }, chain: { i: 0 } })(run);
    },
    witness: {
      meanwhile: reached((run) => signaledAt(run, 'f') < endOf(run, 'i')),
      lost: reached((run) => resultNamed(run, 's') === 'f2/WRITE'),
    },
    faults: ['ioctl-011-reserves-one', 'ioctl-011-counts-pending', 'ioctl-011-borrows'],
  }),
  property({
    rules: ['IOCTL-012'],
    plan: `An import adds, and takes nothing away; the sync_file stays as it is, and usable.
      - fences of others in all usages; the file is asked, polled, imported again`,
    programs: [
      program('others', {
        setup: `${pending({ k: 'KERNEL', w: 'WRITE', r: 'READ', x: 'BOOKKEEP' })}; ${carrying({ f: 'WRITE' })}
          d = heap.buffer(4096)`,
        tasks: {
          A: `n1 = sys.info(e, 1); i = dmabuf.importSyncFile(b, e, write); s = resv.slots(b.resv)
            n2 = sys.info(e, 1); p = sys.poll(e, in); q = inspect.isSignaled(f)
            j = dmabuf.importSyncFile(d, e, read); t = resv.slots(d.resv); u = resv.slots(c.resv)`,
        },
      }),
    ],
    holds: (run) => {
      if (resultNamed(run, 'n1') !== resultNamed(run, 'n2')) return 'an import changes the file';
      return results({
        others: {
          i: 0,
          s: 'k/KERNEL w/WRITE r/READ x/BOOKKEEP f/WRITE',
          p: 'none',
          q: false,
          j: 0,
          t: 'f/READ',
          u: 'f/WRITE',
        },
      })(run);
    },
    witness: { added: reached((run) => resultNamed(run, 't') === 'f/READ') },
    faults: ['ioctl-012-forgets-others', 'ioctl-012-uses-up-the-file', 'ioctl-012-signals'],
  }),
  property({
    rules: ['IOCTL-013'],
    plan: `Behind an import as WRITE every implicit access waits for it, behind READ only a writer.
      - brackets of the CPU for reading and writing, and polls of both directions`,
    programs: [
      program('write', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE' })}`,
        tasks: {
          A: `dmabuf.importSyncFile(b, e, write); p = sys.poll(b, in+out); r = dmabuf.sync(b, read)
            w = dmabuf.sync(b, write)`,
          B: 'task.sleep(5); fence.signal(f)',
        },
      }),
      program('read', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE' })}`,
        tasks: {
          A: `dmabuf.importSyncFile(b, e, read); p = sys.poll(b, in+out); r = dmabuf.sync(b, read)
            w = dmabuf.sync(b, write)`,
          B: 'task.sleep(5); fence.signal(f)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 100 }],
    holds: (run) => {
      const isWrite = run.program.name === 'write';
      const wrong = results({
        write: { p: 'none', r: 0, w: 0 },
        read: { p: 'in', r: 0, w: 0 },
      })(run);
      if (wrong !== null) return wrong;
      const signaled = signaledAt(run, 'f');
      if (isWrite !== endOf(run, 'r') > signaled) return 'a reader does not wait as it should';
      return endOf(run, 'w') > signaled ? null : 'a writer does not wait';
    },
    witness: {
      reader: reached(
        (run) => run.program.name === 'read' && endOf(run, 'r') < signaledAt(run, 'f'),
      ),
    },
    faults: ['ioctl-009-always-writes', 'ioctl-013-bookkeeps'],
  }),
  property({
    rules: ['IOCTL-014'],
    plan: `Export, work, import is no unit: others may come in between, and nobody is lost.
      - another fence while the first task is between its two requests
      - the first task's snapshot misses it in some schedule; the buffer has both in the end`,
    programs: [
      program('between', {
        setup: `${IDLE}; n = fence.create(); g = fence.create(); s = syncFile.create(n)
          syncFile.install(s)`,
        tasks: {
          A: 'e = dmabuf.exportSyncFile(b, write); l = unwrap.leaves(e.fence); i = dmabuf.importSyncFile(b, 0, write); resv.lock(b.resv); s = resv.slots(b.resv); resv.unlock(b.resv)',
          B: 'dmabuf.add(b, g, WRITE)',
        },
        teardown: 't = resv.slots(b.resv)',
      }),
    ],
    schedules: ONE_PREEMPTION,
    forbids: ['deadlock'],
    holds: (run) => {
      const slots = String(resultNamed(run, 't'));
      const hasBoth = slots === 'g/WRITE n/WRITE' || slots === 'n/WRITE g/WRITE';
      return hasBoth ? null : `in the end there is ${slots}`;
    },
    outcomes: (outcomes) => {
      // Nothing was pending for the export, and the import finds another fence in front.
      const lost = /A:0,e\.fence,0,.*g\/WRITE n\/WRITE/;
      const isReached = [...outcomes].some((text) => lost.test(text));
      return isReached ? null : 'nobody can come between an export and an import';
    },
    witness: {
      uncovered: reached(
        (run) => resultNamed(run, 'l') !== 'g' && resultNamed(run, 't') === 'g/WRITE n/WRITE',
      ),
    },
    faults: ['ioctl-012-forgets-others', 'ioctl-014-one-at-a-time'],
  }),
  property({
    rules: ['IOCTL-015'],
    plan: `A fence that is there as WRITE gets a second entry as READ, and an older one of a context
      stays beside a newer; an export lists them all.
      - the same fence twice, two fences of one context; what the file says of them`,
    programs: [
      program('twice', {
        setup: pending({ f: 'WRITE' }),
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, read); i = dmabuf.importSyncFile(b, e, read)
            s = resv.slots(b.resv); d = dmabuf.exportSyncFile(b, write)
            l = array.children(d.fence); n = sys.info(d)`,
        },
      }),
      program('older', {
        setup: `${IDLE}; o = fence.create(context: 9, seqno: 1); h = fence.create(context: 9, seqno: 2)
          dmabuf.add(b, h, WRITE); c = heap.buffer(4096); dmabuf.add(c, o, WRITE)
          e = dmabuf.exportSyncFile(c, read)`,
        tasks: {
          A: `i = dmabuf.importSyncFile(b, e, write); s = resv.slots(b.resv)
            d = dmabuf.exportSyncFile(b, write); l = array.children(d.fence); n = sys.info(d)`,
        },
      }),
    ],
    holds: (run) => {
      const count = String(resultNamed(run, 'n')).split(' ')[2];
      if (count !== '2') return `the file reports ${count ?? 'nothing'}`;
      return results({
        twice: { i: 0, s: 'f/WRITE f/READ', l: 'f f' },
        older: { i: 0, s: 'h/WRITE o/WRITE', l: 'h o' },
      })(run);
    },
    witness: { twice: reached((run) => resultNamed(run, 'l') === 'f f') },
    faults: ['ioctl-015-each-fence-once', 'ioctl-015-one-for-each-context'],
  }),
  property({
    rules: ['IOCTL-016'],
    plan: `Signaled fences are imported, take a slot, and are never seen again.
      - the stub of an idle export; a fence that signals before the import, whose slot the next takes
      - a file without any leaf, imported by the holder of the lock`,
    programs: [
      program('stub', {
        setup: IDLE,
        tasks: {
          A: `e = dmabuf.exportSyncFile(b, write); i = dmabuf.importSyncFile(b, e, write)
            s = resv.slots(b.resv); p = sys.poll(b, in+out); t = resv.test(b.resv, BOOKKEEP)
            d = dmabuf.exportSyncFile(b, write); n = sys.info(d)`,
        },
      }),
      program('signaled', {
        setup: `${IDLE}; ${carrying({ f: 'WRITE', g: 'WRITE' })}; fence.signal(f)`,
        tasks: {
          A: `i = dmabuf.importSyncFile(b, e, read); s = resv.slots(b.resv)
            d = dmabuf.exportSyncFile(b, write); l = unwrap.leaves(d.fence); p = sys.poll(b, out)
            fence.signal(g)`,
        },
      }),
      program('childless', {
        setup: `${IDLE}; a = array.create([]); y = syncFile.create(a); syncFile.install(y)`,
        tasks: {
          A: `resv.lock(b.resv); i = dmabuf.importSyncFile(b, 0, write); resv.unlock(b.resv)
            s = resv.slots(b.resv); l = resv.list(b.resv)`,
        },
      }),
    ],
    allows: ['warn'],
    forbids: ['deadlock', 'lockdep'],
    holds: results({
      stub: { i: 0, s: 'e.fence/WRITE', p: 'in+out', t: true, n: 'stub-stub0-0 1 1' },
      signaled: { i: 0, s: 'g/READ', l: 'g', p: 'none' },
      childless: { i: 0, s: '', l: 'none' },
    }),
    witness: { slot: reached((run) => resultNamed(run, 's') === 'e.fence/WRITE') },
    faults: [
      'ioctl-016-skips-signaled',
      'ioctl-016-locks-for-nothing',
      'ioctl-016-refuses-signaled',
    ],
  }),
];
