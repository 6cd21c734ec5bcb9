import { litmus, type Litmus, outcome } from '../litmus.ts';
import { type Observable, results } from '../observables.ts';

/** Mappings for devices and cache maintenance, in order. */
const maintained: Observable = (run) => {
  const words: Readonly<Record<string, string>> = {
    dma_map_sg: 'map',
    dma_unmap_sg: 'unmap',
    dma_sync_sg_for_cpu: 'cpu',
    dma_sync_sg_for_device: 'device',
  };
  const told = run.sightings.map(({ name }) => words[name] ?? '');
  return told.filter((word) => word !== '').join(' ') || 'nothing';
};

const HEAP = 'heap.addAll(); h = heap.open(system)';
const ATTACHED = 'heap.addAll(); b = heap.buffer(4096); a = attach.static(b, gpu)';
const MEMFD = 'm = sys.memfd(8192, shrink)';
const OPEN = `${MEMFD}; d = udmabuf.open()`;
const MODES = 'readWrite closeOnExec';

/** Heaps and udmabuf: descriptors that come to be, brackets, seals. */
export const EXPORTER_LITMUS: readonly Litmus[] = [
  litmus({
    name: 'guess',
    window: 'RW-32',
    setup: HEAP,
    tasks: { A: 'heap.alloc(h)', B: 'sys.modes(1); sys.modes(1)' },
    sees: [results],
    outcomes: [
      outcome('A 0; B -EBADF -EBADF', ['HEAP-009'], 'reserved, and not installed'),
      outcome(`A 0; B -EBADF ${MODES}`, ['HEAP-009'], 'installed between the guesses'),
      outcome(`A 0; B ${MODES} ${MODES}`, ['HEAP-009'], 'installed'),
    ],
  }),
  litmus({
    name: 'guess-unwritable',
    window: 'RW-32',
    setup: HEAP,
    tasks: { A: 'heap.alloc(h, memory: readOnly)', B: 'sys.modes(1); sys.modes(1)' },
    sees: [results],
    outcomes: [outcome('A -EFAULT; B -EBADF -EBADF', ['HEAP-009'], 'it is never exposed')],
  }),
  litmus({
    name: 'map-begin',
    window: 'RW-33',
    setup: ATTACHED,
    tasks: { A: 't = attach.mapUnlocked(a, BIDIRECTIONAL)', B: 'dmabuf.sync(b, read)' },
    teardown: 'attach.unmapUnlocked(a, t, BIDIRECTIONAL); attach.detach(b, a)',
    sees: [results, maintained],
    outcomes: [
      outcome('A t; B 0, map unmap', ['HEAP-016'], 'marked after the bracket'),
      outcome('A t; B 0, map cpu unmap', ['HEAP-016'], 'marked before the bracket'),
    ],
  }),
  litmus({
    name: 'unmap-end',
    window: 'RW-33',
    setup: `${ATTACHED}; t = attach.mapUnlocked(a, BIDIRECTIONAL)`,
    tasks: { A: 'attach.unmapUnlocked(a, t, BIDIRECTIONAL)', B: 'dmabuf.sync(b, read+end)' },
    teardown: 'attach.detach(b, a)',
    sees: [results, maintained],
    outcomes: [
      outcome('B 0, map unmap', ['HEAP-016'], 'unmarked before the bracket'),
      outcome('B 0, map device unmap', ['HEAP-016'], 'unmarked after the bracket'),
    ],
  }),
  litmus({
    name: 'two-first-begins',
    window: 'RW-34',
    setup: `${MEMFD}; u = udmabuf.create(m, 0, 8192)`,
    tasks: { A: 'dmabuf.sync(u, read)', B: 'dmabuf.sync(u, read)' },
    teardown: 'sys.close(u)',
    sees: [results, maintained],
    outcomes: [outcome('A 0; B 0, map cpu cpu unmap', ['UDMABUF-015'], 'one table for both')],
  }),
  litmus({
    name: 'create-write-seal',
    window: 'RW-35',
    setup: OPEN,
    tasks: { A: 'udmabuf.create(m, 0, 8192, device: d)', B: 'sys.addSeals(m, write)' },
    sees: [results],
    outcomes: [
      outcome('A -EINVAL; B 0', ['UDMABUF-006', 'UDMABUF-007'], 'sealed before'),
      outcome('A 0; B -EBUSY', ['UDMABUF-019', 'UDMABUF-007'], 'the pages are pinned'),
    ],
  }),
  litmus({
    name: 'create-future-write-seal',
    window: 'RW-35',
    setup: OPEN,
    tasks: { A: 'udmabuf.create(m, 0, 8192, device: d)', B: 'sys.addSeals(m, futureWrite)' },
    sees: [results],
    outcomes: [
      outcome('A -EINVAL; B 0', ['UDMABUF-006', 'UDMABUF-007'], 'sealed before'),
      outcome('A 0; B 0', ['UDMABUF-019'], 'sealed after'),
    ],
  }),
  litmus({
    name: 'create-truncate',
    window: 'RW-35',
    setup: OPEN,
    tasks: { A: 'udmabuf.create(m, 0, 8192, device: d)', B: 'sys.truncate(m, 4096)' },
    sees: [results],
    outcomes: [outcome('A 0; B -EPERM', ['UDMABUF-006'], 'the shrink seal is there')],
  }),
];
