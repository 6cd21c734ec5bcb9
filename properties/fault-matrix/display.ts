import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import { machine, SHOWN_THEN } from './pipeline.ts';
import { happened, type MatrixRow } from './row.ts';

/** Mistakes of a screen, of its bus, and of who programs it. */
export const DISPLAY_ROWS: readonly MatrixRow[] = [
  {
    id: 'disp.lostVblankIrq',
    violates: ['E2E-003'],
    without: 'e2e-lost-vblank',
    program: program('disp.lostVblankIrq', {
      world: { hardwareFaultsMax: 1 },
      setup: `d = disp.create(isQuiet: true); a = disp.buffer(d, 1); b = disp.buffer(d, 2); disp.plane(d, a)
        disp.set(d, ENABLE, 1)`,
      tasks: {
        // A wait with an end: a frame in which nothing happens would be the end of the run.
        A: 'f = disp.flip(d, b); w = fence.waitAny([f], 70); c = disp.get(d, FRAME_COUNT)',
      },
    }),
    runsMax: 20,
    reached: (run) => resultNamed(run, 'c') === 2,
  },
  {
    id: 'disp.spuriousVblankIrq',
    violates: ['E2E-001', 'E2E-005'],
    without: 'e2e-spurious-vblank',
    program: program('disp.spuriousVblankIrq', {
      tasks: {
        A: `${machine(['a', 'b'])}; pipe.paint(d, a, 1); pipe.paint(d, b, 2); pipe.turnOn(d, a)
          f = pipe.commit(d, b, 2); gfx.sleep(3000); disp.spurious(d); w = fence.wait(f)
          pipe.paint(d, a, 3); ${SHOWN_THEN}`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === '1.1 2.2' && happened(run, 'assert'),
  },
  {
    id: 'disp.straddle',
    violates: ['E2E-001'],
    without: 'e2e-straddle',
    program: program('disp.straddle', {
      tasks: {
        A: `${machine(['a', 'b'], ', planes: 2, hasGo: false')}; pipe.paint(d, a, 1)
          pipe.paint(d, b, 2); pipe.turnOn(d, a, 2); gfx.sleep(1665850)
          f = pipe.commit(d, b, 2, planes: 2); gfx.sleep(9000); w = fence.wait(f); ${SHOWN_THEN}`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === '1.1 2.2',
  },
  {
    id: 'disp.underrun',
    violates: [],
    without: null,
    program: program('disp.underrun', {
      world: { hardwareFaultsMax: 1 },
      setup: `d = disp.create(isQuiet: true); a = disp.buffer(d, 1); disp.plane(d, a)`,
      tasks: {
        A: `disp.set(d, ENABLE, 1); disp.sleep(d, 1); disp.set(d, ENABLE, 0); disp.sleep(d, 4)
          x = disp.shown(d); q = disp.get(d, IRQ_STATUS)`,
      },
    }),
    runsMax: 20,
    // The line before is shown once more, marked, and the status says so.
    reached: (run) =>
      resultNamed(run, 'x') === '1.1!2' && (Number(resultNamed(run, 'q')) & 2) !== 0,
  },
];
