import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const EIO = -5;
const ENOMEM = -12;

/** What was done to caches, and for whom: `cpu t 2` is the table `t`, for what the device wrote. */
function maintained(run: Run): string {
  const words: Readonly<Record<string, string>> = {
    dma_sync_sg_for_cpu: 'cpu',
    dma_sync_sg_for_device: 'device',
    invalidate_kernel_vmap_range: 'invalidate',
    flush_kernel_vmap_range: 'flush',
  };
  const parts: string[] = [];
  for (const { name, object, detail } of run.sightings) {
    const word = words[name];
    if (word === undefined) continue;
    const isKernel = word === 'invalidate' || word === 'flush';
    parts.push(isKernel ? word : `${word} ${object.label} ${detail}`);
  }
  return parts.join(', ');
}

/** Tables are maintained only while they are mapped. */
function onlyWhileMapped(run: Run): string | null {
  const mapped = new Set<object>();
  for (const { name, object } of run.sightings) {
    if (name === 'dma_map_sg') mapped.add(object);
    else if (name === 'dma_unmap_sg') mapped.delete(object);
    else if (name.startsWith('dma_sync_sg') && !mapped.has(object)) {
      return `${object.label} is maintained while it is not mapped`;
    }
  }
  return null;
}

/** Brackets of the CPU on buffers of heaps, and the lock behind them. */
export const COHERENCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HEAP-016'],
    plan: `A bracket visits every mapped attachment, for its own direction, and the kernel's mapping.
      - three attachments of which one is not mapped; every direction; begin and end; both heaps
      - with and without a mapping in the kernel
      - a device that maps and unmaps meanwhile: a table is maintained only while it is mapped
      - a device that finds no memory to map: its table is left alone`,
    programs: [
      ...['system', 'reserved'].map((heap) =>
        program(heap, {
          setup: `heap.addAll(); b = heap.buffer(8192, ${heap}); a = attach.static(b, gpu)
          c = attach.static(b, gpu); d = attach.static(b, gpu); t = attach.mapUnlocked(a, TO_DEVICE)
          u = attach.mapUnlocked(d, BIDIRECTIONAL)`,
          tasks: {
            A: `r = dmabuf.sync(b, read); w = dmabuf.sync(b, write)
              e = dmabuf.sync(b, read+write+end)
            v = buf.vmapUnlocked(b); x = dmabuf.sync(b, read); y = dmabuf.sync(b, read+end)
            buf.vunmapUnlocked(b, v); attach.unmapUnlocked(a, t, TO_DEVICE)
            z = dmabuf.sync(b, read)`,
          },
          teardown: `attach.unmapUnlocked(d, u, BIDIRECTIONAL); attach.detach(b, a)
            attach.detach(b, c); attach.detach(b, d)`,
        }),
      ),
      program('meanwhile', {
        setup: 'heap.addAll(); b = heap.buffer(4096); a = attach.static(b, gpu)',
        tasks: {
          A: 't = attach.mapUnlocked(a, BIDIRECTIONAL); attach.unmapUnlocked(a, t, BIDIRECTIONAL)',
          B: 'r = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)',
        },
        teardown: 'attach.detach(b, a)',
      }),
      program('refused', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); b = heap.buffer(4096); a = attach.static(b, gpu)',
        tasks: { A: 't = attach.mapUnlocked(a, BIDIRECTIONAL); r = dmabuf.sync(b, read)' },
        teardown: 'attach.giveBack(a, t, BIDIRECTIONAL); attach.detach(b, a)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['races'],
    holds: both(
      onlyWhileMapped,
      (run) => {
        if (run.program.name === 'meanwhile') return results({ meanwhile: { r: 0, e: 0 } })(run);
        if (run.program.name === 'refused') return results({ refused: { r: 0 } })(run);
        return results({ [run.program.name]: { r: 0, w: 0, e: 0, x: 0, y: 0, z: 0 } })(run);
      },
      (run) => {
        if (run.program.name === 'meanwhile' || run.program.name === 'refused') return null;
        const wanted = [
          'cpu t 2, cpu u 2, cpu t 1, cpu u 1, device t 0, device u 0',
          'invalidate, cpu t 2, cpu u 2, flush, device t 2, device u 2, cpu u 2',
        ].join(', ');
        const seen = maintained(run);
        return seen === wanted ? null : `${run.program.name}: ${seen}`;
      },
    ),
    witness: {
      kernel: reached((run) => maintained(run).includes('invalidate'), 2),
      meanwhile: reached((run) => run.program.name === 'meanwhile' && maintained(run) !== ''),
      refused: reached((run) => resultNamed(run, 't') === EIO),
    },
    faults: [
      'heap-016-all-attachments',
      'heap-016-marked-before-it-is-mapped',
      'heap-016-direction-of-the-mapping',
      'heap-016-first-only',
      'heap-016-no-kernel-mapping',
      'heap-016-end-does-nothing',
      'KERN-HEAP-01',
    ],
  }),
  property({
    rules: ['HEAP-017'],
    plan: `The buffer's mutex is inside the reservation lock, and nothing takes that one under it.
      - kernel mappings, attaching, brackets, in one run; a kernel mapping during a bracket
      - a bracket behind a kernel mapping for which there is no memory
      - devices that come and go during a bracket`,
    programs: [
      program('one-task', {
        setup: 'heap.addAll(); b = heap.buffer(4096)',
        tasks: {
          A: `v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v); a = attach.static(b, gpu)
            t = attach.mapUnlocked(a, BIDIRECTIONAL)
            r = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)
            attach.unmapUnlocked(a, t, BIDIRECTIONAL)
            attach.detach(b, a)`,
        },
      }),
      program('two-tasks', {
        setup: 'heap.addAll(); b = heap.buffer(4096)',
        tasks: {
          A: 'v = buf.vmapUnlocked(b); buf.vunmapUnlocked(b, v)',
          B: 'r = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)',
        },
      }),
      program('devices', {
        setup: 'heap.addAll(); b = heap.buffer(4096)',
        tasks: {
          A: 'a = attach.static(b, gpu); attach.detach(b, a)',
          B: 'r = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)',
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'heap.addAll(); b = heap.buffer(4096)',
        tasks: {
          A: 'v = buf.vmapUnlocked(b); r = dmabuf.sync(b, read); e = dmabuf.sync(b, read+end)',
        },
        teardown: 'buf.vgiveBack(b, v)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    forbids: ['lockdep', 'deadlock', 'races', 'locking'],
    allows: ['warn'], // the core says so when an exporter gives no kernel mapping
    holds: results({
      'one-task': { r: 0, e: 0 },
      'two-tasks': { r: 0, e: 0 },
      devices: { r: 0, e: 0 },
      'no-memory': { r: 0, e: 0 },
    }),
    witness: {
      inside: reached((run) => maintained(run).includes('invalidate')),
      failed: reached((run) => resultNamed(run, 'v') === ENOMEM),
    },
    faults: [
      'heap-017-waits-inside',
      'heap-017-keeps-the-mutex',
      'heap-017-attaches-unlocked',
      'heap-017-detaches-unlocked',
    ],
  }),
];
