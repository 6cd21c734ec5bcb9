import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import type { Run } from '../../run/run.ts';
import { ALONE, ECANCELED } from './scenes.ts';

const ENOENT = -2;

/** A copy of one line. */
const COPY = `e = dma.create(timeout: -1); a = dma.buffer(e, version: 3, lines: 1); b = dma.buffer(e)
  f = dma.copy(e, a, b, 1)`;

/** It is taken back after some time. */
function cancelled(ns: number): Program {
  return program(`cancelled after ${ns} ns`, {
    tasks: {
      A: `${COPY}; gfx.sleep(${ns}); r = dma.cancel(e, f); w = fence.wait(f); s = fence.getStatus(f)`,
    },
  });
}

/** Who takes it back is told the truth. */
function endsOnce(run: Run): string | null {
  const [result, status] = [resultNamed(run, 'r'), resultNamed(run, 's')];
  const isTakenBack = result === 0 && status === ECANCELED;
  const isDone = result === ENOENT && status === 1;
  return isTakenBack || isDone ? null : `cancelled ${String(result)}, status ${String(status)}`;
}

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
    plan: `A copy that somebody takes back while it ends is over once: its fence signals once, and its references
      are dropped once.
      - a cancellation when the interrupt comes, in every order of both`,
    programs: [cancelled(1340)],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 110 }],
    forbids: [
      'refcount',
      'double-free',
      'use-after-free',
      'leak',
      'deadlock',
      'bug',
      'lock-misuse',
    ],
    holds: endsOnce,
    witness: { late: reached((run) => resultNamed(run, 'r') === ENOENT) },
    faults: ['BUG-DRV-10'],
  }),
  property({
    rules: ['HW-DMA-006'],
    plan: `A copy that is taken back ends with an error, and others go on; one that is over stays as it is.
      - a cancellation in the middle of a copy, behind it, and of one that waits for its turn`,
    programs: [
      cancelled(300),
      cancelled(1400),
      program('second of two', {
        tasks: {
          A: `${COPY}; g = dma.copy(e, a, b, 1); r = dma.cancel(e, g); w = fence.wait(g)
            x = fence.wait(f); s = fence.getStatus(g); t = fence.getStatus(f)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['leak', 'deadlock', 'bug'],
    holds: (run) => {
      const other = resultNamed(run, 't');
      return other !== undefined && other !== 1 ? 'the other copy fails' : endsOnce(run);
    },
    witness: {
      cancelled: reached((run) => resultNamed(run, 'r') === 0),
      other: reached((run) => resultNamed(run, 't') === 1),
    },
    faults: ['hw-dma-006-cancel-tells-of-success'],
  }),
];
