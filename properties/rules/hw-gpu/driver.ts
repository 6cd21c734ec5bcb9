import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import type { Schedules } from '../../run/explore.ts';

const ETIME = -62;
const ECANCELED = -125;

/** One task: what can be chosen is the order of things that happen at one time. */
const ALONE: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 20 }];
/** Nature makes one mistake, at each place where it can. */
const MISTAKES: readonly Schedules[] = [{ kind: 'bounded', preemptions: 0, runsMax: 70 }];
/** The same, and some others who get between at a moment that nobody would choose. */
const BETWEEN: readonly Schedules[] = [{ kind: 'bounded', preemptions: 1, runsMax: 70 }];

/** Interrupts are all that tells the driver. */
const DEAF = 'g = gfx.create(timeout: -1, fallback: -1); b = gfx.buffer(g)';

function happened(run: Run, name: string): boolean {
  return run.sightings.some((sighting) => sighting.name === name);
}

/** Two jobs, the second one longer by so many lines, and nothing but interrupts to tell of them. */
function twoJobs(lines: number) {
  return program(`second ${lines} lines later`, {
    tasks: {
      A: `g = gfx.create(timeout: -1, fallback: -1, latency: 2200); b = gfx.buffer(g)
        gfx.plain(g, NOP); f = gfx.submit(g); gfx.context(g, 0); gfx.write(g, b, ${lines}, 1)
        h = gfx.submit(g); w = fence.wait(h); s = fence.getStatus(f); t = fence.getStatus(h)`,
    },
  });
}

/** One job, and one mistake of nature at most. */
function oneJob(name: string, options: string) {
  return program(name, {
    world: { hardwareFaultsMax: 1 },
    setup: `g = gfx.create(${options})`,
    tasks: {
      A: 'gfx.plain(g, NOP); f = gfx.submit(g); w = fence.wait(f); s = fence.getStatus(f); t = clock.now()',
    },
  });
}

/** Properties of who drives the engine: submission, interrupts, recovery. */
export const DRIVER_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-GPU-002'],
    plan: `Commands are written, made visible, and only then the doorbell rings. The engine reads a slot
      when it comes to it: what is not visible then is not what it executes.
      - a job of the driver; slots that stay in the cache; a slot that changes before its turn`,
    programs: [
      program('job', {
        tasks: {
          A: `${DEAF}; gfx.context(g, 0); gfx.write(g, b, 1, 7); f = gfx.submit(g); gfx.sleep(20000)
            s = fence.getStatus(f); st = gfx.get(g, STATUS); gfx.power(g, false)`,
        },
      }),
      program('invisible', {
        tasks: {
          A: `${DEAF}; gfx.set(g, IRQ_ENABLE, 0); gfx.plain(g, NOP); gfx.put(g, 0, false)
            gfx.set(g, DOORBELL, 1); gfx.sleep(5000); s = gfx.get(g, STATUS); a = gfx.get(g, RPTR)`,
        },
      }),
      program('changed', {
        tasks: {
          A: `${DEAF}; c = gfx.buffer(g); gfx.await(g, b, 1); gfx.plain(g, NOP); gfx.put(g, 0)
            gfx.set(g, DOORBELL, 2); gfx.sleep(5000); gfx.fence(g, 9, 0, c); gfx.put(g, 1)
            gfx.store(b, 0, 1); gfx.sleep(9000); n = gfx.look(c, 0)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ job: { s: 1, st: 0 }, invisible: { s: 2, a: 0 }, changed: { n: 9 } }),
    witness: { stale: reached((run) => resultNamed(run, 'a') === 0) },
    faults: ['hw-gpu-002-no-barrier'],
  }),
  property({
    rules: ['HW-GPU-007'],
    plan: `The handler acknowledges, waits until that has landed, and reads the number then. Whatever is
      written later brings another interrupt.
      - a second fence at many moments around the first handler, with nobody else to look`,
    programs: [0, 5, 10, 15].map((lines) => twoJobs(lines)),
    schedules: ALONE,
    holds: (run) =>
      resultNamed(run, 's') === 1 && resultNamed(run, 't') === 1 ? null : 'a fence is not signaled',
    forbids: ['deadlock'],
    witness: { both: reached((run) => resultNamed(run, 't') === 1, 4) },
    faults: ['hw-gpu-007-late-acknowledge'],
  }),
  property({
    rules: ['HW-GPU-008'],
    plan: `One interrupt may tell of several fences: all of them signal, in order. One that tells of none
      changes nothing.
      - three jobs before the interrupt is taken; an interrupt for nothing before the job is done`,
    programs: [
      program('three', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1, latency: 50000); gfx.plain(g, NOP)
            f = gfx.submit(g); gfx.plain(g, NOP); h = gfx.submit(g); gfx.plain(g, NOP)
            k = gfx.submit(g); w = fence.wait(k); s = fence.getStatus(f); t = fence.getStatus(h)
            u = fence.getStatus(k); v = gfx.deliveries(g)`,
        },
      }),
      program('spurious', {
        tasks: {
          A: `${DEAF}; gfx.await(g, b, 1); f = gfx.submit(g); gfx.spurious(g); gfx.sleep(9000)
            v = gfx.deliveries(g); s = fence.getStatus(f); gfx.store(b, 0, 1); w = fence.wait(f)
            t = fence.getStatus(f)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ three: { s: 1, t: 1, u: 1, v: 1 }, spurious: { v: 1, s: 0, t: 1 } }),
    forbids: ['deadlock'],
    witness: { one: reached((run) => resultNamed(run, 'u') === 1) },
    faults: ['hw-gpu-008-one-each', 'hw-gpu-008-believes'],
  }),
  property({
    rules: ['HW-GPU-009'],
    plan: `An interrupt may be lost: somebody looks at the number every 500 ms while fences are open.
      - one job, and one mistake of nature at each place where it can make one`,
    programs: [oneJob('lost', 'isDoorbellSure: true')],
    schedules: BETWEEN,
    holds: (run) => {
      if (happened(run, 'hang')) return null;
      const [status, time] = [resultNamed(run, 's'), Number(resultNamed(run, 't'))];
      if (status !== 1) return `a job that was done has status ${String(status)}`;
      return time <= 1501 ? null : `its fence signaled after ${time - 1000} ms`;
    },
    forbids: ['deadlock'],
    witness: { late: reached((run) => Number(resultNamed(run, 't')) >= 1500) },
    faults: ['hw-gpu-009-no-fallback'],
  }),
  property({
    rules: ['HW-GPU-010'],
    plan: `An interrupt may be late: who waits no longer looks at the number before he blames the job.
      - one job with 30 ms, one mistake of nature at each place, 50 ms of delay among them`,
    programs: [oneJob('late', 'timeout: 30, fallback: -1, isDoorbellSure: true')],
    schedules: BETWEEN,
    holds: (run) => {
      if (happened(run, 'hang')) return null;
      if (happened(run, 'reset')) return 'an engine that was done is reset';
      return resultNamed(run, 's') === 1 ? null : 'a job that was done has an error';
    },
    forbids: ['deadlock'],
    witness: { late: reached((run) => resultNamed(run, 't') === 1030) },
    faults: ['hw-gpu-010-blames-at-once'],
  }),
  property({
    rules: ['HW-GPU-011'],
    plan: `A doorbell may be lost: the next one covers for it, and when a job takes too long the driver
      compares the write pointer with its own and rings again before it resets.
      - one job and one mistake of nature at each place; two jobs, the first doorbell lost`,
    programs: [
      oneJob('lost', 'timeout: 30'),
      program('covered', {
        world: { hardwareFaultsMax: 1 },
        setup: 'g = gfx.create(timeout: 30)',
        tasks: {
          A: `gfx.plain(g, NOP); f = gfx.submit(g); gfx.sleep(9000); s = fence.getStatus(f)
            gfx.plain(g, NOP); h = gfx.submit(g); w = fence.wait(h); t = fence.getStatus(f)`,
        },
      }),
    ],
    schedules: MISTAKES,
    holds: (run) => {
      if (happened(run, 'hang')) return null;
      if (happened(run, 'reset')) return 'an engine that only has not heard is reset';
      const name = run.program.name === 'lost' ? 's' : 't';
      return resultNamed(run, name) === 1 ? null : 'a job has an error';
    },
    forbids: ['deadlock'],
    witness: {
      again: reached((run) => run.program.name === 'lost' && resultNamed(run, 't') === 1030),
      covered: reached((run) => run.program.name === 'covered' && resultNamed(run, 's') === 0),
    },
    faults: ['hw-gpu-011-no-second-ring'],
  }),
  property({
    rules: ['HW-GPU-012'],
    plan: `A job that hangs blocks the ring. After a time the engine is reset, all fences signal, the first
      one as guilty and the others as cancelled, and new jobs run.
      - a job that was done before, one that hangs, two behind it, one afterwards; the time it takes
      - one job that hangs at each of its steps`,
    programs: [
      program('ring', {
        tasks: {
          A: `g = gfx.create(timeout: 30); gfx.plain(g, NOP); d = gfx.submit(g); gfx.plain(g, HANG)
            f = gfx.submit(g); gfx.plain(g, NOP); h = gfx.submit(g); gfx.plain(g, NOP)
            k = gfx.submit(g); w = fence.wait(k); t = clock.now(); sd = fence.getStatus(d)
            sf = fence.getStatus(f); sh = fence.getStatus(h); sk = fence.getStatus(k)
            gfx.plain(g, NOP); n = gfx.submit(g); x = fence.wait(n); sn = fence.getStatus(n)`,
        },
      }),
      oneJob('anywhere', 'timeout: 30, isDoorbellSure: true'),
    ],
    schedules: MISTAKES,
    holds: (run) => {
      if (run.program.name === 'ring') {
        const late = Number(resultNamed(run, 't')) > 1035;
        if (late) return 'the fences signal too late';
        const ends = { sd: 1, sf: ETIME, sh: ECANCELED, sk: ECANCELED, sn: 1 };
        return results({ ring: ends })(run);
      }
      const status = happened(run, 'hang') ? ETIME : 1;
      // What hangs behind its number is done.
      const isDone = happened(run, 'fence.write');
      return resultNamed(run, 's') === (isDone ? 1 : status) ? null : 'the job ends as another one';
    },
    forbids: ['deadlock', 'livelock'],
    witness: {
      recovered: reached((run) => resultNamed(run, 'sn') === 1),
      hangs: reached((run) => run.program.name === 'anywhere' && happened(run, 'hang'), 4),
    },
    faults: ['hw-gpu-012-forgets-others', 'hw-gpu-012-no-recovery', 'hw-gpu-014-no-error'],
  }),
  property({
    rules: ['HW-GPU-014'],
    plan: `What a reset leaves of the buffers of guilty and cancelled jobs may be anything: only the error
      of the fence tells that.
      - a job with lines in memory and lines in the cache, and one behind it`,
    programs: [
      program('mixed', {
        tasks: {
          A: `g = gfx.create(timeout: 30); b = gfx.buffer(g); gfx.context(g, 0); gfx.write(g, b, 1, 7)
            gfx.plain(g, FLUSH); gfx.write(g, b, 2, 8); gfx.plain(g, HANG); f = gfx.submit(g)
            gfx.context(g, 0); gfx.write(g, b, 3, 9); h = gfx.submit(g); w = fence.wait(h)
            x = gfx.look(b, 0); y = gfx.look(b, 1); s = fence.getStatus(f); t = fence.getStatus(h)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ mixed: { x: 'gpu v0 f7 l0', y: 'ZERO', s: ETIME, t: ECANCELED } }),
    witness: { mixed: reached((run) => resultNamed(run, 'y') === 'ZERO') },
    faults: ['hw-gpu-014-no-error'],
  }),
  property({
    rules: ['HW-GPU-015'],
    plan: `An access that is refused stops the engine, which says where, and raises an interrupt: the
      driver recovers at once.
      - a page that the context does not have, behind one that it has; a page that the bus refuses`,
    programs: [
      program('missing', {
        tasks: {
          A: `g = gfx.create(); b = gfx.buffer(g); c = gfx.buffer(g); gfx.hide(c, 0); gfx.context(g, 0)
            gfx.write(g, b, 1, 7); gfx.write(g, c, 1, 7); gfx.write(g, b, 1, 8); f = gfx.submit(g)
            w = fence.wait(f); t = clock.now(); s = fence.getStatus(f); x = gfx.look(c, 0)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: (run) => {
      const time = Number(resultNamed(run, 't'));
      if (time > 1010) return `recovery takes ${time - 1000} ms`;
      return results({ missing: { s: ETIME, x: 'ZERO' } })(run);
    },
    witness: { stopped: reached((run) => happened(run, 'abort')) },
    faults: ['hw-gpu-015-waits'],
  }),
  property({
    rules: ['HW-GPU-016'],
    plan: `A command that waits goes on when the number is there, and blocks its ring until then; one
      whose number never comes is like a hang.
      - a number that is there, one that comes, one that never comes`,
    programs: [
      program('waits', {
        tasks: {
          A: `g = gfx.create(timeout: 30); b = gfx.buffer(g); gfx.store(b, 0, 3); gfx.await(g, b, 3)
            e = gfx.submit(g); v = fence.wait(e); gfx.await(g, b, 4); f = gfx.submit(g)
            gfx.plain(g, NOP); h = gfx.submit(g); gfx.sleep(20000); p = fence.getStatus(h)
            q = gfx.get(g, STATUS); gfx.store(b, 0, 5); w = fence.wait(h); t = clock.now()
            s = fence.getStatus(f); gfx.await(g, b, 9); k = gfx.submit(g); x = fence.wait(k)
            u = fence.getStatus(k)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ waits: { p: 0, q: 1, t: 1000, s: 1, u: ETIME } }),
    forbids: ['refinement'],
    witness: { stalled: reached((run) => happened(run, 'stall')) },
    faults: ['hw-gpu-016-does-not-wait', 'hw-gpu-016-never-again'],
  }),
  property({
    rules: ['HW-GPU-018'],
    plan: `Numbers have 32 bits and wrap. After a reset the last number that was given is in memory, so that
      old fences count as done.
      - jobs around the wrap; a reset`,
    programs: [
      program('wrap', {
        tasks: {
          A: `g = gfx.create(timeout: -1, fallback: -1, seq: 4294967293, latency: 50000)
            gfx.plain(g, NOP); e = gfx.submit(g); gfx.plain(g, NOP); f = gfx.submit(g)
            gfx.plain(g, NOP); h = gfx.submit(g); w = fence.wait(h); s = fence.getStatus(e)
            t = fence.getStatus(f); u = fence.getStatus(h); n = gfx.seq(g)`,
        },
      }),
      program('reset', {
        tasks: {
          A: `g = gfx.create(timeout: 30); gfx.plain(g, HANG); f = gfx.submit(g); gfx.plain(g, NOP)
            h = gfx.submit(g); w = fence.wait(h); task.sleep(5); n = gfx.seq(g)`,
        },
      }),
    ],
    schedules: ALONE,
    holds: results({ wrap: { s: 1, t: 1, u: 1, n: 0 }, reset: { n: 2 } }),
    forbids: ['deadlock', 'leak'],
    witness: { wrapped: reached((run) => resultNamed(run, 'n') === 0) },
    faults: ['hw-gpu-018-plain', 'hw-gpu-018-old-number'],
  }),
];
