import { DmaBuf } from '../../../impl/dma-buf/dma-buf.ts';
import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

/** A dynamic buffer with an importer that follows moves. */
const DYNAMIC = 'b = buf.export(dynamic: true); r = buf.resv(b); a = attach.dynamic(b, gpu)';

/** A task must have taken the reservation lock of the buffer b so often. */
function lockedBy(run: Run, by: string, wanted: number): string | null {
  const { resv } = run.environment.find('b', DmaBuf);
  const times = run.sightings.filter(
    ({ object, name, task }) => object === resv && name === 'lock' && task === by,
  ).length;
  return times === wanted ? null : `${run.program.name}: locked ${times} times, not ${wanted}`;
}

/** Calls that take the lock, how often, and what must have happened before. */
const SIGNALLED: Readonly<Record<string, { before: string; call: string; count: number }>> = {
  attach: { before: '', call: 'attach.static(b, camera)', count: 2 },
  dynamicAttach: { before: '', call: 'attach.dynamic(b, camera)', count: 1 },
  detach: { before: '', call: 'attach.detach(b, a)', count: 1 },
  map: {
    before: '',
    call: 't = attach.mapUnlocked(a, TO_DEVICE); attach.unmapUnlocked(a, t, TO_DEVICE)',
    count: 2,
  },
  unmap: {
    before: 't = attach.mapUnlocked(a, TO_DEVICE)',
    call: 'attach.unmapUnlocked(a, t, TO_DEVICE)',
    count: 1,
  },
  vmap: { before: '', call: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)', count: 2 },
  vunmap: { before: 'v = buf.vmapUnlocked(b)', call: 'buf.vunmapUnlocked(b, v)', count: 1 },
  poll: { before: 'd = buf.fd(b); k = buf.get(d)', call: 'sys.poll(d, in, 0)', count: 1 },
  import: {
    before: `d = buf.fd(b); k = buf.get(d); c = buf.export(); cd = buf.fd(c); f = fence.create()
      dmabuf.add(cd, f, WRITE); e = dmabuf.exportSyncFile(cd, read)`,
    call: 'dmabuf.importSyncFile(d, e, write); fence.signal(f)',
    count: 1,
  },
};

/** Core calls, and how often each takes the lock. */
const LOCKS: Readonly<Record<string, { setup: string; call: string; count: number }>> = {
  attach: { setup: '', call: 'a = attach.static(b, gpu)', count: 1 },
  attachMapped: { setup: 'dynamic: true', call: 'a = attach.static(b, gpu)', count: 2 },
  attachDynamic: { setup: 'dynamic: true', call: 'a = attach.dynamic(b, gpu)', count: 1 },
  detach: { setup: '', call: 'a = attach.static(b, gpu); attach.detach(b, a)', count: 2 },
  vmap: { setup: '', call: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)', count: 2 },
  map: {
    setup: '',
    call: `a = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
      attach.unmapUnlocked(a, t, TO_DEVICE)`,
    count: 3,
  },
  pollIn: { setup: '', call: 'd = buf.fd(b); sys.poll(d, in, 0)', count: 1 },
  pollErr: { setup: '', call: 'd = buf.fd(b); sys.poll(d, err, 0)', count: 0 },
  brackets: { setup: '', call: 'buf.begin(b, TO_DEVICE); buf.end(b, TO_DEVICE)', count: 0 },
  listing: { setup: '', call: 'buf.listing()', count: 1 },
  files: { setup: '', call: 'd = buf.fd(b); c = buf.get(d); buf.put(c)', count: 0 },
  mmap: { setup: '', call: 'buf.mmapInto(b)', count: 0 },
};

/** Properties of who takes the reservation lock by itself, and how. */
export const TAKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['LOCKING-006'],
    plan: `The core takes the lock itself where it says so, as often as it says, and nowhere else;
      only the listing can be interrupted there.
      - each call, and how often it takes the lock
      - each of them with a signal while somebody else has the lock`,
    programs: [
      ...Object.entries(LOCKS).map(([name, { setup, call }]) =>
        program(name, { setup: `b = buf.export(${setup})`, tasks: { A: call } }),
      ),
      ...Object.entries(SIGNALLED).map(([name, { before, call }]) =>
        program(`signal-${name}`, {
          setup: [DYNAMIC, before].filter((part) => part !== '').join('; '),
          tasks: {
            A: 'resv.lock(r); task.sleep(10); task.interrupt(B); task.sleep(10); resv.unlock(r)',
            B: `task.sleep(5); ${call}`,
          },
        }),
      ),
      program('listing-signal', {
        setup: 'b = buf.export(); r = buf.resv(b)',
        tasks: {
          A: 'resv.lock(r); task.sleep(10); task.interrupt(B); task.sleep(10); resv.unlock(r)',
          B: 'task.sleep(5); l = buf.listing()',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 100 }],
    holds: (run) => {
      const { name } = run.program;
      const signalled = SIGNALLED[name.replace('signal-', '')];
      if (name.startsWith('signal-')) return lockedBy(run, 'B', signalled?.count ?? -1);
      if (name === 'listing-signal') return results({ 'listing-signal': { l: -4 } })(run);
      return lockedBy(run, 'A', LOCKS[name]?.count ?? -1);
    },
    witness: { interrupted: reached((run) => resultNamed(run, 'l') === -4) },
    faults: [
      'locking-006-bracket-locks',
      'locking-006-maps-later',
      'locking-006-detach-gives-up',
      'locking-006-unmap-gives-up',
      'locking-006-import-gives-up',
      'buf-024-uninterruptible',
    ],
  }),
];
