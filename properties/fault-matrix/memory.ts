import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import { happened, type MatrixRow } from './row.ts';

/** A buffer is given back right behind a job that writes it. */
const FREED = {
  setup: 'g = gfx.create(timeout: 30, isDoorbellSure: true, isQuiet: true); b = gfx.buffer(g)',
  tasks: {
    A: `gfx.context(g, 0); gfx.write(g, b, 60, 7); f = gfx.submit(g); gfx.sleep(1500)
      gfx.free(g, b); w = fence.wait(f); s = fence.getStatus(f)`,
  },
};

/** Memory that is another one's, is not there any more, or is not what a cache has of it. */
export const MEMORY_ROWS: readonly MatrixRow[] = [
  {
    id: 'iommu.staleTlb',
    violates: ['E2E-006', 'E2E-007'],
    without: 'e2e-stale-tlb',
    program: program('iommu.staleTlb', { ...FREED, world: { hardwareFaultsMax: 1 } }),
    runsMax: 12,
    reached: (run) => resultNamed(run, 's') === 1,
  },
  {
    id: 'iommu.earlyUnmap',
    violates: ['E2E-006'],
    without: 'e2e-early-unmap',
    program: program('iommu.earlyUnmap', FREED),
    runsMax: 0,
    reached: (run) => resultNamed(run, 's') === 1 && happened(run, 'clear'),
  },
  {
    id: 'mem.noClear',
    violates: ['E2E-007'],
    without: 'e2e-no-clear',
    program: program('mem.noClear', {
      setup: `hw.platform(quarantine: 0); g = hw.alloc(vram, 8, 1); k = hw.cpuMap(g, uncached)
        hw.store(k, 0, 9); hw.cpuUnmap(k); hw.free(g)`,
      tasks: { A: 'a = hw.alloc(vram, 8, 2); c = hw.cpuMap(a, uncached); x = hw.load(c, 0)' },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === 'ZERO',
  },
  {
    id: 'cache.noSync',
    violates: ['E2E-011'],
    without: 'e2e-no-sync',
    program: program('cache.noSync', {
      setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g); c = hw.cpuMap(g)
        r = resv.create()`,
      tasks: {
        A: `hw.begin(m, r, true); hw.load(c, 1); hw.store(c, 0, 2); hw.end(m); hw.dma(d, read, m)
          x = hw.finish(d); hw.dma(d, write, m, 1, 7, 1); hw.finish(d); hw.begin(m, r)
          y = hw.load(c, 1); hw.end(m)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'y') === 'd v7 f0 l0',
  },
];
