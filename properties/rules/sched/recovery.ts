import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { SAFE, SEQUENTIAL } from './jobs.ts';

const ETIME = -62;
const ECANCELED = -125;

/** Two jobs that hang, of two entities with one client, and one behind them. */
const HANG = `a = sched.submit(e, waits); b = sched.submit(o, waits); c = sched.submit(o, waits)
  task.sleep(150)`;

const ring = (recovery: string): string =>
  `s = sched.create(2, 100, ${recovery}); e = sched.entity([s], client: k); o = sched.entity([s])`;

const ERRORS = `ea = fence.getStatus(a.finished); eb = fence.getStatus(b.finished)
  ha = ring.status(a); hb = ring.status(b)`;

/** Properties of rings that hang, and go on. */
export const RECOVERY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-025'],
    plan: `A stop parks the worker, puts the bad job back in front, and detaches what is not finished from the hardware;
      what is finished is freed, but the bad job, which the handler of time-outs frees.
      - a stop with unfinished jobs, and finished ones among them; what is pushed meanwhile does not run
      - a stop beside the worker; a bad job that is done just before`,
    programs: [
      program('mixed', {
        setup: 's = sched.create(3); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); c = sched.submit(e, waits); task.sleep(1)
            ring.complete(b); sched.stop(s); p = sched.pending(s); f = sched.frees(s)
            d = sched.submit(e, instant); task.sleep(1); r = sched.runs(s); n = sched.parent(a)
            ring.complete(a); none = sched.progress(a); sched.start(s); task.sleep(1)
            q = sched.runs(s); pa = sched.progress(a); g = sched.frees(s)`,
        },
      }),
      program('bad-is-done', {
        setup: `s = sched.create(2, 100, finished); e = sched.entity([s])`,
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150); f = sched.frees(s)
            p = sched.pending(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'refinement', 'deadlock', 'bug'],
    holds: results({
      mixed: {
        p: 'a c',
        f: 'b',
        r: 'a b c',
        n: 'none',
        none: 'scheduled',
        q: 'a b c d',
        pa: '-ECANCELED',
        g: 'b a c d',
      },
      'bad-is-done': { f: 'a b', p: '' },
    }),
    witness: { stopped: reached((run) => resultNamed(run, 'p') === 'a c') },
    faults: [
      'sched-025-goes-on',
      'sched-025-stays-attached',
      'sched-025-keeps-finished',
      'sched-025-frees-bad-twice',
    ],
  }),
  property({
    rules: ['SCHED-025'],
    plan: `A stop waits for what the worker and the hardware's interrupt are at.
      - a stop and a start beside the worker and an interrupt`,
    programs: [
      program('beside', {
        setup: 's = sched.create(2); e = sched.entity([s]); a = sched.submit(e); ring.awaitRun(a)',
        tasks: { A: 'sched.stop(s); p = sched.pending(s); sched.start(s); fence.wait(a.finished)' },
      }),
    ],
    schedules: [{ kind: 'random', runs: 60, seed: 3 }],
    forbids: [...SAFE, 'refinement', 'deadlock', 'bug', 'job order'],
    witness: { pending: reached((run) => resultNamed(run, 'p') === 'a') },
    faults: ['sched-025-does-not-wait'],
  }),
  property({
    rules: ['SCHED-026'],
    plan: `A start charges what is pending again, ends with -ECANCELED what the driver has not given to the hardware
      again, and attaches the rest; so each job that was pending at a stop has its end. What is queued runs then.
      - nothing is submitted again; everything is, and completes`,
    programs: [
      program('cancelled', {
        setup: ring('reset'),
        tasks: {
          A: `${HANG}; pa = sched.progress(a); pb = sched.progress(b); r = sched.runs(s); ring.complete(c)
            pc = sched.progress(c); d = sched.submit(o, instant, 2); task.sleep(1); pd = sched.progress(d)`,
        },
      }),
      program('again', {
        setup:
          's = sched.create(2, 100, resubmit, hangLimit: 1); e = sched.entity([s]); o = sched.entity([s])',
        tasks: {
          A: `${HANG}; r = sched.runs(s); q = sched.pending(s); ring.complete(a); ring.complete(b)
            pa = sched.progress(a); pb = sched.progress(b); ring.complete(c); pc = sched.progress(c)
            task.sleep(1); f = sched.frees(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'deadlock', 'refinement'],
    holds: results({
      cancelled: { pa: '-ECANCELED', pb: '-ECANCELED', r: 'a b c', pc: 'done', pd: 'done' },
      again: { r: 'a b a b', q: 'a b', pa: 'done', pb: 'done', pc: 'done', f: 'a b c' },
    }),
    witness: {
      cancelled: reached((run) => resultNamed(run, 'pb') === '-ECANCELED'),
      again: reached((run) => resultNamed(run, 'f') === 'a b c'),
    },
    faults: ['sched-026-first-only', 'sched-026-sleeps-on', 'sched-026-forgets-callback'],
  }),
  property({
    rules: ['SCHED-027'],
    plan: `What is still attached when the hardware's fences are ended gets their errors; after a stop everything gets
      -ECANCELED, whatever the hardware says, also a job that was marked before.
      - the hardware's fences ended without a stop, and after one with a mark`,
    programs: [
      program('attached', {
        setup: ring('force'),
        tasks: { A: `${HANG}; ${ERRORS}; ring.complete(c)` },
      }),
      program('detached', {
        setup: ring('marked'),
        tasks: { A: `${HANG}; ${ERRORS}; ring.complete(c)` },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'refinement'],
    holds: results({
      attached: { ea: ETIME, eb: ECANCELED, ha: ETIME, hb: ECANCELED },
      detached: { ea: ECANCELED, eb: ECANCELED, ha: ETIME, hb: ECANCELED },
    }),
    witness: { marked: reached((run) => resultNamed(run, 'ea') === ECANCELED) },
    faults: ['sched-018-first-error-stays', 'sched-027-asks-the-hardware'],
  }),
  property({
    rules: ['SCHED-028'],
    plan: `A hang counts against its job, unless that is of the kernel's priority, and marks the client of its entity, if
      that is still on a run queue. Later jobs of a guilty client carry -ECANCELED before run is called.
      - a job behind the one that hangs, and one of another entity of the client; one of the kernel's
      - an entity that is gone when its job hangs; submitting again, with too many hangs and without`,
    programs: [
      program('guilty', {
        setup: `${ring('reset')}; x = sched.entity([s], client: k); y = sched.entity([s], 0, client: k)`,
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits, 2); task.sleep(150)
            pa = sched.progress(a); pb = sched.progress(b); hb = sched.parent(b)
            c = sched.submit(x, waits); task.sleep(1); pc = sched.progress(c); hc = sched.parent(c)
            d = sched.submit(o, instant); task.sleep(1); pd = sched.progress(d); r = sched.runs(s)`,
        },
      }),
      program('kernel', {
        setup: 's = sched.create(2, 100, reset); e = sched.entity([s], 0, client: k)',
        tasks: {
          A: `a = sched.submit(e, waits); task.sleep(150); pa = sched.progress(a)
            b = sched.submit(e, instant); task.sleep(1); pb = sched.progress(b)`,
        },
      }),
      program('gone', {
        setup: `${ring('reset')}; x = sched.entity([s], client: k)`,
        tasks: {
          A: `a = sched.submit(e, waits); task.sleep(1); sched.destroy(e); task.sleep(150)
            pa = sched.progress(a); b = sched.submit(x, instant); task.sleep(1); pb = sched.progress(b)`,
        },
      }),
      program('again', {
        setup: 's = sched.create(3, 100, resubmit, hangLimit: 1); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150); one = sched.runs(s)
            pa = sched.progress(a); task.sleep(100); qa = sched.progress(a); qb = sched.progress(b)
            two = sched.runs(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['leak', 'deadlock', 'refinement'],
    holds: results({
      guilty: {
        pa: '-ECANCELED',
        pb: '-ECANCELED',
        hb: 'none',
        pc: '-ECANCELED',
        hc: 'none',
        pd: 'done',
        r: 'a b c d',
      },
      kernel: { pa: '-ECANCELED', pb: 'done' },
      gone: { pa: '-ECANCELED', pb: 'done' },
      again: {
        one: 'a b a b',
        pa: 'scheduled',
        qa: '-ECANCELED',
        qb: '-ECANCELED',
        two: 'a b a b a b',
      },
    }),
    witness: {
      guilty: reached((run) => resultNamed(run, 'pc') === '-ECANCELED'),
      again: reached((run) => resultNamed(run, 'qb') === '-ECANCELED'),
    },
    faults: [
      'sched-028-kernel-jobs-too',
      'sched-028-marks-nobody',
      'sched-028-told-late',
      'sched-028-first-hang',
    ],
  }),
];
