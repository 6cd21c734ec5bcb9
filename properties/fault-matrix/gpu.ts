import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import { happened, type MatrixRow } from './row.ts';

const DISTURBED = { hardwareFaultsMax: 1 };

/** A job behind another one, and both are waited for. */
const TWO = `gfx.plain(g, NOP); f = gfx.submit(g); gfx.plain(g, NOP); h = gfx.submit(g)
  w = fence.wait(h); v = fence.wait(f); s = fence.getStatus(f); t = fence.getStatus(h)
  n = clock.now()`;

/** Mistakes of a graphics engine and of what is around it. */
export const GPU_ROWS: readonly MatrixRow[] = [
  {
    id: 'gpu.hang',
    violates: ['E2E-008'],
    without: 'e2e-gpu-hang',
    program: program('gpu.hang', {
      world: DISTURBED,
      setup: 'g = gfx.create(timeout: 30, fallback: -1, isDoorbellSure: true, isQuiet: true)',
      tasks: { A: TWO },
    }),
    runsMax: 12,
    reached: (run) => happened(run, 'hang') && happened(run, 'reset'),
  },
  {
    id: 'gpu.lostIrq',
    violates: ['E2E-008'],
    without: 'e2e-gpu-lost-irq',
    program: program('gpu.lostIrq', {
      world: DISTURBED,
      setup: 'g = gfx.create(isDoorbellSure: true, isQuiet: true)',
      tasks: { A: 'gfx.plain(g, NOP); f = gfx.submit(g); w = fence.wait(f); n = clock.now()' },
    }),
    runsMax: 14,
    reached: (run) => resultNamed(run, 'n') === 1500,
  },
  {
    id: 'gpu.lateIrq',
    violates: ['E2E-009'],
    without: 'e2e-gpu-late-irq',
    program: program('gpu.lateIrq', {
      world: DISTURBED,
      setup: 'g = gfx.create(timeout: 30, fallback: -1, isDoorbellSure: true, isQuiet: true)',
      tasks: { A: 'gfx.plain(g, NOP); f = gfx.submit(g); w = fence.wait(f); n = clock.now()' },
    }),
    runsMax: 12,
    reached: (run) => resultNamed(run, 'n') === 1030 && !happened(run, 'hang'),
  },
  {
    id: 'gpu.spuriousIrq',
    violates: ['E2E-004'],
    without: 'e2e-gpu-spurious-irq',
    program: program('gpu.spuriousIrq', {
      setup: 'g = gfx.create(); b = gfx.buffer(g)',
      tasks: {
        A: `gfx.await(g, b, 1); f = gfx.submit(g); gfx.sleep(3000); gfx.spurious(g)
          gfx.sleep(9000); s = fence.getStatus(f); gfx.store(b, 0, 1); w = fence.wait(f)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 's') === 0,
  },
  {
    id: 'gpu.droppedDoorbell',
    violates: ['E2E-008'],
    without: 'e2e-gpu-dropped-doorbell',
    program: program('gpu.droppedDoorbell', {
      world: DISTURBED,
      setup: 'g = gfx.create(timeout: 30, fallback: -1, isQuiet: true)',
      tasks: { A: 'gfx.plain(g, NOP); f = gfx.submit(g); w = fence.wait(f); n = clock.now()' },
    }),
    runsMax: 14,
    reached: (run) => resultNamed(run, 'n') === 1030 && !happened(run, 'reset'),
  },
  {
    id: 'gpu.noFlush',
    violates: ['E2E-004'],
    without: 'e2e-gpu-no-flush',
    program: program('gpu.noFlush', {
      setup: 'g = gfx.create(); b = gfx.buffer(g)',
      tasks: {
        A: `gfx.context(g, 0); gfx.write(g, b, 2, 7); f = gfx.submit(g); w = fence.wait(f)
          x = gfx.look(b, 1)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === 'gpu v0 f7 l1',
  },
  {
    id: 'irq.lossyMask',
    violates: ['E2E-008'],
    without: 'e2e-lossy-mask',
    program: program('irq.lossyMask', {
      setup: 'g = gfx.create(timeout: 30, fallback: -1, isLossy: true)',
      tasks: {
        A: `gfx.listen(g, false); gfx.plain(g, NOP); f = gfx.submit(g); gfx.sleep(9000)
          s = fence.glance(f); gfx.listen(g, true); w = fence.wait(f); n = clock.now()`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'n') === 1000,
  },
];
