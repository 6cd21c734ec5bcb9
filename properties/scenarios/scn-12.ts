import { resultNamed } from '../check/results.ts';
import { program } from '../programs/parse.ts';
import type { Program } from '../programs/program.ts';
import type { Run } from '../run/run.ts';
import { drawn, type Expectation, type Scenario, scenario } from './scenario.ts';

/** A fence that nobody signals ends by itself after ten seconds; a client that is gone ends earlier. */
const BEFORE_TIMER = 5000;

/** The client alone has the device file, and shares a buffer; it is killed at any of its steps. */
function killed(name: string): Program {
  return program(name, {
    setup: `v = drm.device(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)
      sys.fork(client); sys.close(d)`,
    tasks: {
      'client/C': 'f = vgem.attach(d, g, true); i = prime.export(d, g); gem.close(d, g)',
      A: 'sys.kill(client); p = sys.poll(b, out, -1); t = clock.now()',
    },
  });
}

/**
 * A running job, one behind it that waits for somebody else, and the end of who pushed them; a
 * survivor waits for both.
 */
const JOBS = `s = sched.create(); e = sched.entity([s]); f = fence.create()
  a = sched.submit(e, waits); c = sched.submit(e, instant, after: [f])`;
const ENTITY_ENDS = 'ring.awaitRun(a); sched.kill(e)';
const SURVIVES = `wa = fence.wait(a.finished); wc = fence.wait(c.finished)
  sa = fence.getStatus(a.finished); sc = fence.getStatus(c.finished)`;

function queued(name: string): Program {
  return program(name, {
    setup: JOBS,
    tasks: {
      K: ENTITY_ENDS,
      S: SURVIVES,
      H: 'fence.signal(f); task.sleep(1); k = sched.progress(c); ring.complete(a)',
    },
  });
}

/** All of it: a device file, jobs, and an object in device memory that is written by a job. */
function everything(name: string): Program {
  return program(name, {
    setup: `v = drm.device(vgem); d = drm.open(v); g = dumb.create(d); b = prime.export(d, g)
      y = drm.open(v); z = so.create(y); ev = sys.eventfd(); so.eventfd(y, z, 3, ev)
      sys.fork(client); sys.close(d); sys.close(y); ${JOBS}
      m = ttm.device(1, 1); o = ttm.create(m, [vram])
      x = ttm.submit(o, write, 7)`,
    tasks: {
      'client/C': 'q = vgem.attach(d, g, true); j = prime.export(d, g); so.destroy(y, z)',
      A: 'sys.kill(client); p = sys.poll(b, out, -1); t = clock.now()',
      K: `${ENTITY_ENDS}; ttm.put(o)`,
      S: SURVIVES,
      H: 'fence.signal(f); ring.complete(a); x1 = ttm.finish(m, x)',
    },
    teardown: 'n = sys.readCount(ev)',
  });
}

/** The client's object goes while its job still writes, and somebody else wants the place. */
function deferred(name: string): Program {
  return program(name, {
    setup: `m = ttm.device(1, 4, automatic: true); o = ttm.create(m, [vram])
      n = ttm.create(m, [system]); ttm.store(n, 9); ttm.submit(o, write, 7)`,
    tasks: { C: 'ttm.put(o)', N: 'ttm.validate(n, [vram])' },
    teardown: 'task.sleep(5); l = ttm.load(n)',
  });
}

function released(run: Run): string | null {
  const [p, t] = [resultNamed(run, 'p'), Number(resultNamed(run, 't'))];
  if (p !== 'out') return `the survivor polls ${String(p)}`;
  return t < BEFORE_TIMER ? null : `the survivor waited until ${t}`;
}

/** Nobody says that a job has failed while the one before it is with the hardware. */
function inOrder(run: Run): string | null {
  const isFailed = resultNamed(run, 'k') === '-ESRCH';
  return isFailed ? 'the second job has failed, and the first one runs' : null;
}

/** What runs ends well, and what is queued ends well or with -ESRCH. */
function ended(run: Run): string | null {
  const [wa, wc, sa, sc] = ['wa', 'wc', 'sa', 'sc'].map((name) => resultNamed(run, name));
  if (wa !== 0 || wc !== 0) return `the survivor's waits return ${String(wa)} and ${String(wc)}`;
  const isFair = (status: unknown): boolean => status === 1 || status === ESRCH;
  return isFair(sa) && isFair(sc) ? null : `the fences say ${String(sa)} and ${String(sc)}`;
}

const ESRCH = -3;
const EAGAIN = -11;

const RELEASED: Expectation = { rules: ['VGEM-008'], holds: released, isTimed: true };
const ENDED: Expectation = { rules: ['SCHED-029'], holds: ended };

/** A client is killed at every one of its steps. */
export const SCN_12: Scenario = scenario({
  name: 'scn-12',
  title: 'process killed in mid-flight',
  text: `A client with an open fence on a shared buffer, with a running job and one behind it that waits
    for somebody else, is killed at any of its steps. Its files end, its queue is killed, its memory
    goes when its jobs are done. Who survives waits, and all waits succeed in bounded time, on fences
    that carry -ESRCH or no error. Nothing is left.`,
  plays: [
    {
      program: killed,
      schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 20 }, drawn(6)],
      deeper: [{ kind: 'stateful', statesMax: 30_000 }, drawn(100)],
      expectations: [RELEASED],
      forbids: { deadlock: ['VGEM-008'] },
      witness: {
        early: { when: (run) => resultNamed(run, 'f') === undefined, atLeast: 1 },
        open: { when: (run) => resultNamed(run, 'f') !== undefined, atLeast: 1 },
      },
    },
    {
      name: 'queued',
      program: queued,
      schedules: [drawn(4)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }, drawn(120)],
      expectations: [ENDED, { rules: ['SCHED-029'], holds: inOrder }],
      forbids: { deadlock: ['SCHED-029'] },
      witness: {
        failed: { when: (run) => resultNamed(run, 'sc') === ESRCH, atLeast: 1 },
      },
    },
    {
      name: 'deferred',
      program: deferred,
      schedules: [drawn(4)],
      deeper: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }, drawn(100)],
      // The hardware is done before its fence says so, and who looks at the fence reads it plainly.
      allows: ['races'],
      forbids: { 'use-after-free': ['EVICT-008', 'E2E-007'] },
      expectations: [
        {
          rules: ['EVICT-008', 'E2E-007'],
          holds: (run) =>
            resultNamed(run, 'l') === 9 ? null : 'an old job writes to a new object',
        },
      ],
    },
    {
      size: 'normal',
      program: everything,
      schedules: [drawn(2)],
      deeper: [drawn(120)],
      expectations: [
        RELEASED,
        ENDED,
        {
          rules: ['SYNCOBJ-032'],
          holds: (run) => (resultNamed(run, 'n') === EAGAIN ? null : 'nobody came, and it fires'),
        },
      ],
      forbids: { 'use-after-free': ['EVICT-008', 'E2E-007'] },
      allows: ['races'],
    },
  ],
  variants: [
    {
      name: 'not-signaled',
      mistake: 'a device file that ends leaves its fences open until their time is up',
      fault: 'vgem-008-not-signaled',
      breaks: ['VGEM-008'],
      awaits: ['E2E-008'],
    },
    {
      name: 'keeps-jobs',
      mistake: 'jobs of a killed queue are not failed',
      fault: 'sched-029-keeps-jobs',
      like: 'queued',
      breaks: ['E2E-013'],
    },
    {
      name: 'out-of-order',
      mistake: 'a queued job is failed while the one before it still runs',
      fault: 'sched-029-not-after-the-one-before',
      like: 'queued',
      breaks: ['SCHED-029'],
    },
    {
      name: 'frees-at-once',
      mistake: 'memory is free with the last reference, whoever writes there',
      fault: 'evict-008-frees-at-once',
      like: 'deferred',
      breaks: ['E2E-007'],
    },
  ],
});
