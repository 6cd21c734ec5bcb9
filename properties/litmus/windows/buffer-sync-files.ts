import { litmus, type Litmus, outcome } from '../litmus.ts';
import { atTheEnd, results } from '../observables.ts';

/** An idle buffer `b`, and a sync_file `e` over two fences. */
const CARRIED = `heap.addAll(); b = heap.buffer(4096); c = heap.buffer(4096); f = fence.create()
  g = fence.create(); dmabuf.add(c, f, WRITE); dmabuf.add(c, g, WRITE)
  e = dmabuf.exportSyncFile(c, write)`;
const SINGLE = CARRIED.replace('dmabuf.add(c, g, WRITE)', 'fence.signal(g)');

/** Exports and imports of sync_files at once. */
export const BUFFER_SYNC_FILE_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'export-import',
    window: 'RW-10',
    setup: CARRIED,
    tasks: {
      A: 'x = dmabuf.exportSyncFile(b, write); unwrap.leaves(x.fence)',
      B: 'dmabuf.importSyncFile(b, e, write)',
    },
    teardown: 'y = dmabuf.exportSyncFile(b, write); unwrap.leaves(y.fence)',
    sees: [results, atTheEnd],
    isWide: true,
    outcomes: [
      outcome('A 0 x.fence; B 0, finally 0 f g', ['IOCTL-007'], 'none of them'),
      outcome('A 0 f; B 0, finally 0 f g', ['IOCTL-007'], 'a prefix'),
      outcome('A 0 f g; B 0, finally 0 f g', ['IOCTL-007', 'IOCTL-010'], 'all of them'),
    ],
  }),
  litmus({
    name: 'locker-import',
    window: 'RW-10',
    setup: SINGLE,
    tasks: {
      A: 'dmabuf.importSyncFile(b, e, write)',
      B: `sys.close(e); inspect.isFreed(e.file); resv.lock(b.resv); resv.slots(b.resv)
        resv.unlock(b.resv)`,
    },
    sees: [results],
    isWide: true,
    outcomes: [
      outcome('A 0; B 0 false 0 ', ['IOCTL-010'], 'A has the file, and not the lock yet'),
      outcome('A 0; B 0 false 0 f/WRITE', ['IOCTL-010'], 'imported after the look at the file'),
      outcome('A 0; B 0 true 0 ', ['IOCTL-012'], 'the file is gone, its fence not yet added'),
      outcome('A 0; B 0 true 0 f/WRITE', ['IOCTL-010'], 'A was first'),
      outcome('A -EINVAL; B 0 true 0 ', ['IOCTL-008'], 'closed before'),
      outcome('A -EINVAL; B 0 false 0 ', ['IOCTL-008'], 'closed, and A still has the file'),
    ],
  }),
  litmus({
    name: 'import-signal',
    window: 'RW-11',
    setup: CARRIED,
    tasks: { A: 'dmabuf.importSyncFile(b, e, write)', B: 'fence.signal(f)' },
    teardown: 'resv.slots(b.resv)',
    sees: [results, atTheEnd],
    outcomes: [
      outcome('A 0; B 0, finally f/WRITE g/WRITE', ['IOCTL-011'], 'added before the signal'),
      outcome('A 0; B 0, finally g/WRITE', ['IOCTL-011', 'IOCTL-016'], 'g takes the slot of f'),
    ],
  }),
  litmus({
    name: 'count-before-lock',
    window: 'RW-11',
    setup: `heap.addAll(); b = heap.buffer(4096); f1 = fence.create(); c1 = chain.create(null, f1, 1); fence.get(c1)
      f2 = fence.create(); c2 = chain.create(c1, f2, 2); s = syncFile.create(c2)
      d = syncFile.install(s)`,
    tasks: {
      A: 'dmabuf.importSyncFile(b, d, write)',
      B: `lockless.fence(c1, [references, references]); resv.lock(b.resv); resv.slots(b.resv)
        resv.unlock(b.resv)`,
    },
    isWide: true,
    sees: [results],
    outcomes: [
      outcome('A 0; B 2 2 0 ', ['IOCTL-011'], 'no walk is at c1, and nobody has the lock'),
      outcome('A 0; B 2 3 0 ', ['UNWRAP-004'], 'the count comes to c1; B has the lock first'),
      outcome('A 0; B 3 3 0 ', ['UNWRAP-004'], 'the count is at c1; B has the lock first'),
      outcome('A 0; B 3 2 0 ', ['IOCTL-011'], 'counted, and the lock not taken yet'),
      outcome('A 0; B 2 2 0 f2/WRITE f1/WRITE', ['IOCTL-010'], 'A has the lock, or is through'),
      outcome('A 0; B 2 3 0 f2/WRITE f1/WRITE', ['IOCTL-010'], 'a walk comes to c1'),
      outcome('A 0; B 3 3 0 f2/WRITE f1/WRITE', ['IOCTL-010'], 'a walk is at c1'),
      outcome('A 0; B 3 2 0 f2/WRITE f1/WRITE', ['IOCTL-010'], 'a walk leaves c1'),
    ],
  }),
];
