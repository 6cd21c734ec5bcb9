import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { ALONE, card, EINTR, ENOMEM } from './scenes.ts';

/** A second client that has the first one's buffer, and a fence that a program signals. */
const SHARED = `${card('timeout: -1, fallback: -1')}; b = dumb.create(d, 16, 16); e = drm.open(c.device)
  p = prime.export(d, b); h = prime.import(e, p); g = dumb.create(e, 16, 16)
  t = sys.timeline(); f = sys.createFence(t, 1)`;

/** Properties of submissions to a card: what they wait for, what they leave, what they give back. */
export const JOB_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-006'],
    plan: `A job that reads a buffer waits for the one that writes it, and one that writes for those that read:
      the lines that the engine copies are those that were drawn before, whoever the clients are.
      - a drawing that waits for a fence, and a copy of it by another client
      - a job that reads and waits for a fence: writers of the buffer see it, readers do not`,
    programs: [
      program('copied', {
        setup: SHARED,
        tasks: {
          A: `r = card.submit(d, draw, writes: [b], lines: 2, version: 7, inFence: f)
            s = card.submit(e, copy, reads: [h], writes: [g], lines: 2); task.sleep(1); sys.inc(t, 1)
            w = card.wait(e, g); x = card.look(c, g, 1)`,
        },
      }),
      program('read', {
        setup: SHARED,
        tasks: {
          A: `r = card.submit(d, nop, reads: [b], inFence: f); a = resv.test(b.resv, READ)
            s = resv.test(b.resv, WRITE); sys.inc(t, 1)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak'],
    holds: results({
      copied: { r: 0, s: 0, w: 0, x: 'gpu v1 f7 l1' },
      read: { r: 0, a: false, s: true },
    }),
    witness: {
      copied: reached((run) => resultNamed(run, 'x') === 'gpu v1 f7 l1'),
      waits: reached((run) => resultNamed(run, 'a') === false),
    },
    faults: ['sched-006-card-waits-for-nothing', 'sched-006-card-reads-unseen'],
  }),
  property({
    rules: ['SCHED-007'],
    plan: `A synchronisation object hands a job's fence to the next one; one without a fence, or a number that
      is none, refuses the submission, and nothing has happened.
      - a drawing of one client that waits for a fence, and a drawing of another one behind it`,
    programs: [
      program('syncobj', {
        setup: `${SHARED}; o = so.create(d); q = so.toFd(d, o)
          i = so.fromFd(e, q)`,
        tasks: {
          A: `m = card.submit(e, nop, inSync: i); n = card.submit(e, nop, inSync: 9)
            k = card.submit(d, nop, outSync: 9)
            r = card.submit(d, draw, writes: [b], lines: 1, version: 7, inFence: f, outSync: o)
            s = card.submit(e, draw, writes: [g], lines: 1, version: 3, inSync: i, outFence: true)
            task.sleep(1); a = fence.getStatus(s.fence); sys.inc(t, 1); w = card.wait(e, g)
            z = fence.getStatus(s.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['deadlock', 'leak'],
    holds: results({ syncobj: { m: -22, n: -2, k: -2, r: 0, s: 0, a: 0, w: 0, z: 1 } }),
    witness: { waits: reached((run) => resultNamed(run, 'a') === 0) },
    faults: ['sched-007-card-forgets-the-point'],
  }),
  property({
    rules: ['SYNCFILE-026'],
    plan: `A submission promises a number, and puts the file behind it last of all: nothing can fail then. One
      that fails leaves no number, no file, no job.
      - each allocation fails`,
    programs: [
      program('without-memory', {
        world: { failuresMax: 1 },
        setup: `${card('timeout: -1, fallback: -1')}; b = dumb.create(d, 16, 16)`,
        tasks: { A: 'r = card.submit(d, draw, writes: [b], outFence: true); n = sys.timeline()' },
      }),
    ],
    schedules: ALONE,
    forbids: ['leak', 'use-after-free', 'double-free', 'refcount'],
    holds: (run) => {
      const result = resultNamed(run, 'r');
      if (result !== 0 && result !== ENOMEM) return `a submission returns ${String(result)}`;
      const isLost =
        result === ENOMEM && resultNamed(run, 'n') === 0 && run.environment.value('n') !== 1;
      return isLost ? 'a number is lost' : null;
    },
    witness: { failed: reached((run) => resultNamed(run, 'r') === ENOMEM) },
    faults: ['syncfile-026-card-keeps-the-number', 'syncfile-026-card-keeps-the-file'],
  }),
  property({
    rules: ['EXEC-007'],
    plan: `A submission that a signal interrupts while it waits for a buffer leaves its argument as it was: made
      again, it does the same.
      - somebody else holds the buffer`,
    programs: [
      program('interrupted', {
        world: { interruptionsMax: 1 },
        setup: `${card('timeout: -1, fallback: -1')}; b = dumb.create(d, 16, 16); t = sys.timeline(); f = sys.createFence(t, 1)
          sys.inc(t, 1)`,
        tasks: {
          A: `r = card.submit(d, nop, writes: [b], inFence: f, outFence: true)`,
          B: 'resv.lock(b.resv); task.sleep(1); resv.unlock(b.resv)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 40 }],
    forbids: ['leak', 'deadlock'],
    holds: (run) => {
      const result = resultNamed(run, 'r');
      return result === 0 || result === EINTR ? null : `it returns ${String(result)}`;
    },
    witness: { interrupted: reached((run) => resultNamed(run, 'r') === EINTR) },
    faults: ['BUG-DRV-08'],
  }),
  property({
    rules: ['FENCE-024'],
    plan: `The memory of a fence's names and of its lock lives as long as the fence: also when the client that
      submitted the job is gone.
      - a fence in another process's hands after the file was closed: its names, its status, a wait`,
    programs: [
      program('closed', {
        setup: card('timeout: -1, fallback: -1'),
        tasks: {
          A: `r = card.submit(d, nop, outFence: true); k = sys.close(d); n = fence.describe(r.fence)
            w = fence.wait(r.fence); s = fence.getStatus(r.fence)`,
        },
      }),
    ],
    schedules: ALONE,
    forbids: ['use-after-free', 'leak'],
    holds: both(results({ closed: { r: 0, k: 0, s: 1 } })),
    witness: { told: reached((run) => resultNamed(run, 's') === 1) },
    faults: ['BUG-DRV-05'],
  }),
];
