import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Run } from '../run/run.ts';
import { happened, type MatrixRow } from './row.ts';

const ENODEV = -19;

/** The end of a job was told of before its lines were. */
function endCameFirst(run: Run): boolean {
  const first = run.sightings.find(({ name }) => name === 'deliver');
  return first?.object.label.endsWith('/end') === true;
}

/** Mistakes of a copying engine, and of ways to other devices. */
export const DMA_ROWS: readonly MatrixRow[] = [
  {
    id: 'dma.partialWrite',
    violates: ['E2E-010'],
    without: 'e2e-dma-partial-write',
    program: program('dma.partialWrite', {
      world: { hardwareFaultsMax: 1 },
      setup: 'd = dma.create(isQuiet: true); a = dma.buffer(d, 1, 4); b = dma.buffer(d)',
      tasks: { A: 'f = dma.copy(d, a, b, 4); w = fence.wait(f); s = fence.getStatus(f)' },
    }),
    runsMax: 86,
    reached: (run) => happened(run, 'partial.error'),
  },
  {
    id: 'dma.hang',
    violates: ['E2E-008'],
    without: 'e2e-dma-hang',
    program: program('dma.hang', {
      world: { hardwareFaultsMax: 1 },
      setup: 'd = dma.create(isQuiet: true); a = dma.buffer(d, 1, 4); b = dma.buffer(d)',
      tasks: {
        A: `f = dma.copy(d, a, b, 4); h = dma.copy(d, a, b, 4); w = fence.wait(h)
          v = fence.wait(f)`,
      },
    }),
    runsMax: 40,
    reached: (run) => happened(run, 'hang') && happened(run, 'reset'),
  },
  {
    id: 'dma.peerReorder',
    violates: ['E2E-004'],
    without: 'e2e-peer-reorder',
    program: program('dma.peerReorder', {
      setup: `d = dma.create(waitsForPeers: false); a = dma.buffer(d, 1, 8)
        v = dma.buffer(d, 0, 0, vram)`,
      tasks: { A: 'f = dma.copy(d, a, v, 8); w = fence.wait(f); x = dma.look(d, v, 7)' },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === 'client v0 f1 l7',
  },
  {
    id: 'irq.reorder',
    violates: ['E2E-004'],
    without: 'e2e-reorder',
    program: program('irq.reorder', {
      world: { hardwareFaultsMax: 1 },
      setup: `d = dma.create(isRelayed: true, isQuiet: true); a = dma.buffer(d, 1, 4)
        b = dma.buffer(d)`,
      tasks: {
        A: `f = dma.copy(d, a, b, 4); w = fence.wait(f); s = fence.getStatus(f)
          x = dma.look(d, b, 3); n = clock.now()`,
      },
    }),
    runsMax: 40,
    reached: (run) => endCameFirst(run) && resultNamed(run, 'x') === 'client v0 f1 l3',
  },
  {
    id: 'dev.unplug',
    violates: ['E2E-008', 'E2E-010'],
    without: 'e2e-unplug',
    program: program('dev.unplug', {
      setup: 'd = dma.create(); a = dma.buffer(d, 1, 8); b = dma.buffer(d)',
      tasks: {
        A: `f = dma.copy(d, a, b, 8); dma.unplug(d); dma.poll(d); s = fence.getStatus(f)
          h = dma.copy(d, a, b, 8); w = fence.wait(h); t = fence.getStatus(h)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 's') === ENODEV && resultNamed(run, 't') === ENODEV,
  },
];
