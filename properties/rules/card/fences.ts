import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { ALONE } from './scenes.ts';

/** Properties of the fences that drivers of engines issue. */
export const FENCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['FENCE-022'],
    plan: `A driver that is asked whether a fence is signaled only looks: it may be asked with the fence's lock
      held, and also from interrupts.
      - a job that is done, of which the driver has not heard; asked with the lock and without`,
    programs: [
      program('asked', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1, latency: 900000); gfx.plain(g, NOP)
            f = gfx.submit(g); gfx.sleep(50000); a = gfx.seq(g); s = fence.isSignaledLocked(f)`,
        },
      }),
      program('unlocked', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1, latency: 900000); gfx.plain(g, NOP)
            f = gfx.submit(g); gfx.sleep(50000); a = gfx.seq(g); s = fence.isSignaled(f)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'lockdep', 'lock-misuse', 'bug'],
    holds: results({ asked: { a: 1, s: true }, unlocked: { a: 1, s: true } }),
    witness: { unheard: reached((run) => resultNamed(run, 'a') === 1) },
    faults: ['BUG-DRV-03'],
  }),
  property({
    rules: ['FENCE-025'],
    plan: `The last reference on a fence may go anywhere, also where a driver signals fences, under its lock: what
      ends the fence takes no lock of the driver.
      - nobody but the driver has a reference, and a poll on a buffer waits for the fence`,
    programs: [
      program('alone', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1); gfx.plain(g, NOP); f = gfx.submit(g)
            cb = callback.create(put, f); r = fence.addCallback(f, cb); gfx.sleep(50000)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'lockdep', 'lock-misuse', 'leak', 'bug'],
    holds: results({ alone: { r: 0 } }),
    witness: { armed: reached((run) => resultNamed(run, 'r') === 0) },
    faults: ['BUG-DRV-02'],
  }),
  property({
    rules: ['FENCE-012'],
    plan: `Who waits for a fence has a reference until the wait is over: the driver drops its own as soon as the
      job is done.
      - work of the kernel itself, which is waited for`,
    programs: [
      program('waits', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1); gfx.plain(g, NOP); r = gfx.run(g)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['use-after-free', 'refcount', 'deadlock'],
    holds: results({ waits: { r: 0 } }),
    witness: { waited: reached((run) => resultNamed(run, 'r') === 0) },
    faults: ['BUG-DRV-06'],
  }),
  property({
    rules: ['HEAP-009'],
    plan: `Once a descriptor is there, who made it does not touch what is behind it: whoever guesses the number
      may close it at once.
      - another task closes the number at every moment of an allocation`,
    programs: [
      program('guessed', {
        setup: 'heap.addAll(); h = heap.open(system)',
        tasks: { A: 'r = heap.alloc(h)', B: 'k = sys.close(1)' },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 200 }],
    forbids: ['use-after-free', 'double-free', 'refcount', 'leak'],
    holds: (run) => (resultNamed(run, 'r') === 0 ? null : 'the allocation fails'),
    witness: { closed: reached((run) => resultNamed(run, 'k') === 0) },
    faults: ['BUG-DRV-09'],
  }),
  property({
    rules: ['HW-DMA-006'],
    plan: `A copy ends once: it is done, or somebody takes it back. Who takes it back while it ends finds it over;
      its fence signals once, and the references of the copy are dropped once.
      - a cancellation before a copy ends, when its interrupt comes, and behind it; of one in the queue`,
    programs: [
      ...[1000, 1340, 1400].map((ns) =>
        program(`cancelled after ${ns} ns`, {
          tasks: {
            A: `e = dma.create(timeout: -1); a = dma.buffer(e, version: 3, lines: 1); b = dma.buffer(e)
              f = dma.copy(e, a, b, 1); gfx.sleep(${ns}); r = dma.cancel(e, f); w = fence.wait(f)
              s = fence.getStatus(f)`,
          },
        }),
      ),
      program('queued', {
        tasks: {
          A: `e = dma.create(timeout: -1); a = dma.buffer(e, version: 3, lines: 1); b = dma.buffer(e)
            f = dma.copy(e, a, b, 1); g = dma.copy(e, a, b, 1); r = dma.cancel(e, g); w = fence.wait(g)
            x = fence.wait(f); s = fence.getStatus(g); t = fence.getStatus(f)`,
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 140 }],
    forbids: [
      'refcount',
      'double-free',
      'use-after-free',
      'leak',
      'deadlock',
      'bug',
      'lock-misuse',
    ],
    holds: (run) => {
      const [result, status] = [resultNamed(run, 'r'), resultNamed(run, 's')];
      if (run.program.name === 'queued' && resultNamed(run, 't') !== 1)
        return 'the other copy fails';
      const isTakenBack = result === 0 && status === -125;
      const isDone = result === -2 && status === 1;
      return isTakenBack || isDone ? null : `cancelled ${String(result)}, status ${String(status)}`;
    },
    witness: {
      cancelled: reached((run) => resultNamed(run, 'r') === 0),
      late: reached((run) => resultNamed(run, 'r') === -2),
    },
    faults: ['BUG-DRV-10'],
  }),
];
