import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import { machine, SHOWN_THEN } from './pipeline.ts';
import { happened, type MatrixRow } from './row.ts';

const ECANCELED = -125;
const ENOMEM = -12;

/** A job that hangs, and one behind it. */
const HUNG = {
  setup: 'g = gfx.create(timeout: 30)',
  tasks: {
    A: `gfx.plain(g, HANG); f = gfx.submit(g); gfx.plain(g, NOP); h = gfx.submit(g)
      v = fence.wait(f); w = fence.wait(h); t = fence.getStatus(h)`,
  },
};

/** Frames are drawn by the engine, half of one for a while, and shown when it is done. */
function shownWhen(wait: string, between = ''): string {
  return `${machine(['a', 'b'])}; s = gfx.buffer(g); pipe.draw(g, a, 1); gfx.sleep(90000)
    pipe.turnOn(d, a); gfx.await(g, s, 1); e = pipe.draw(g, b, 2); ${between}
    f = pipe.commit(d, b, 2, ${wait}); gfx.sleep(4500000); gfx.store(s, 0, 1); gfx.sleep(500)
    w = fence.wait(f); ${SHOWN_THEN}`;
}

/** The same work with its fence handed over in other ways. */
export const SYNC_VARIANTS: Readonly<Record<string, string>> = {
  explicit: shownWhen('fence: e'),
  file: shownWhen('fd: n', 'k = syncFile.create(e); n = syncFile.install(k)'),
  binary: shownWhen(
    'fence: q',
    'o = syncobj.create(); syncobj.replace(o, e); q = syncobj.fenceGet(o)',
  ),
  timeline: shownWhen(
    'fence: q',
    'o = syncobj.create(); syncobj.addPoint(o, e, 7); q = syncobj.fenceGet(o)',
  ),
};

/** What a client sees of one such pipeline. */
export const SHOWN = { x: '1.1 2.2' };

export function pipelineProgram(name: string, calls: string): MatrixRow['program'] {
  return program(name, { tasks: { A: calls } });
}

/** Defects of software. */
export const SOFTWARE_ROWS: readonly MatrixRow[] = [
  {
    id: 'sw.commitOrder',
    violates: ['E2E-002'],
    without: 'e2e-commit-order',
    program: program('sw.commitOrder', {
      tasks: {
        A: `${machine(['a', 'b', 'c'])}; i = fence.create(); j = fence.create()
          pipe.paint(d, a, 1); pipe.paint(d, b, 2); pipe.paint(d, c, 3); pipe.turnOn(d, a)
          f = pipe.commit(d, b, 2, fence: i); gfx.sleep(900); h = pipe.commit(d, c, 3, fence: j)
          gfx.sleep(900); fence.signal(j); gfx.sleep(3000000); fence.signal(i); gfx.sleep(900)
          w = fence.wait(f); gfx.sleep(900); v = fence.wait(h); ${SHOWN_THEN}`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === '1.1 2.2 3.3',
  },
  {
    id: 'sw.forgetOnReset',
    violates: ['E2E-008', 'E2E-009'],
    without: 'e2e-forget-on-reset',
    program: program('sw.forgetOnReset', HUNG),
    runsMax: 0,
    reached: (run) => resultNamed(run, 't') === ECANCELED,
  },
  {
    id: 'sw.plainLock',
    violates: ['E2E-012'],
    without: 'e2e-plain-locks',
    program: program('sw.plainLock', {
      setup: 'a = exec.object(); b = exec.object()',
      tasks: {
        A: 'x = exec.init(); r = exec.lockAll(x, [a, b]); exec.fini(x)',
        B: 'y = exec.init(); q = exec.lockAll(y, [b, a]); exec.fini(y)',
      },
    }),
    runsMax: 60,
    reached: (run) => happened(run, 'again'),
  },
  {
    id: 'sw.leakAttach',
    violates: ['E2E-013'],
    without: 'e2e-leak-attach',
    program: program('sw.leakAttach', {
      world: { failuresMax: 1 },
      setup: 'heap.addAll(); b = heap.buffer(4096); w = drm.device(vkms); k = drm.open(w)',
      tasks: { A: 'h = prime.import(k, b)' },
    }),
    runsMax: 40,
    reached: (run) => resultNamed(run, 'h') === ENOMEM,
  },
  {
    id: 'sw.blameAll',
    violates: ['E2E-014'],
    without: 'e2e-blame-all',
    program: program('sw.blameAll', HUNG),
    runsMax: 0,
    reached: (run) => resultNamed(run, 't') === ECANCELED,
  },
  {
    id: 'sw.moveNoFence',
    violates: ['E2E-016'],
    without: 'e2e-move-no-fence',
    program: program('sw.moveNoFence', {
      tasks: {
        A: `d = ttm.device(2, 4); a = ttm.create(d, [vram]); j = ttm.submit(a, write, 7)
          ttm.finish(d, j); v = ttm.validate(a, [tt]); r = ttm.submit(a, read); y = ttm.finish(d, r)
          ttm.finishCopy(d); y = ttm.finish(d, r); l = ttm.result(r)`,
      },
    }),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'l') === 7,
    expected: { l: 7 },
  },
  {
    id: 'sw.readForWrite',
    violates: ['E2E-001', 'E2E-017'],
    without: 'e2e-read-for-write',
    program: pipelineProgram('sw.readForWrite', shownWhen('implicit: true')),
    runsMax: 0,
    reached: (run) => resultNamed(run, 'x') === SHOWN.x,
    expected: SHOWN,
  },
];
