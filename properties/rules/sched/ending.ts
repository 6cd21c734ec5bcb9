import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { RING, SAFE, SEQUENTIAL } from './jobs.ts';

/** A job with the hardware, one that waits for two fences, and one behind it. */
const QUEUED = `a = sched.submit(e, waits); b = sched.submit(e, instant, after: [f, g])
  c = sched.submit(e, instant); task.sleep(1)`;

const PROGRESS = 'sched.progress';

/** Properties of the end of entities. */
export const ENDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-029'],
    plan: `A kill takes the entity off its ring, waits until the worker has let go of it, and fails what is queued: each
      job after the one before it and all of its own dependencies, the original ones and not what they were weakened to;
      then scheduled signals, finished with -ESRCH, and the job is freed.
      - a job behind a running one, with two fences of which the first was waited for; signaled in each order
      - a dependency on a job of the same ring, by either face`,
    programs: [
      program('second-first', {
        setup: `${RING}; f = fence.create(); g = fence.create()`,
        tasks: {
          A: `${QUEUED}; sched.kill(e); task.sleep(1); one = ${PROGRESS}(b); ring.complete(a); task.sleep(1)
            two = ${PROGRESS}(b); fence.signal(g); task.sleep(1); three = ${PROGRESS}(b)
            none = ${PROGRESS}(c); fence.signal(f); task.sleep(1); four = ${PROGRESS}(b)
            last = ${PROGRESS}(c); r = sched.runs(s); q = sched.frees(s); pa = ${PROGRESS}(a)`,
        },
      }),
      program('running-last', {
        setup: `${RING}; f = fence.create(); g = fence.create()`,
        tasks: {
          A: `${QUEUED}; sched.kill(e); fence.signal(f); fence.signal(g); task.sleep(1)
            one = ${PROGRESS}(b); ring.complete(a); task.sleep(1); two = ${PROGRESS}(b)
            last = ${PROGRESS}(c)`,
        },
      }),
      program('weakened', {
        setup: `s = sched.create(3); e = sched.entity([s]); o = sched.entity([s]); f = fence.create()
          x = sched.submit(o, waits); y = sched.submit(o, waits); task.sleep(1)`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [x.finished, f])
            c = sched.submit(e, instant, after: [y.finished]); task.sleep(1); sched.kill(e)
            fence.signal(f); task.sleep(1); one = ${PROGRESS}(a); ring.complete(x); task.sleep(1)
            two = ${PROGRESS}(a); three = ${PROGRESS}(c); ring.complete(y); task.sleep(1)
            last = ${PROGRESS}(c)`,
        },
      }),
      program('scheduled', {
        setup: `s = sched.create(3); e = sched.entity([s]); o = sched.entity([s]); f = fence.create()
          x = sched.submit(o, waits); task.sleep(1)`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [x.scheduled, f])
            task.sleep(1); sched.kill(e); fence.signal(f); task.sleep(1); one = ${PROGRESS}(a)
            ring.complete(x); task.sleep(1); two = ${PROGRESS}(a)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'refinement', 'lockdep', 'deadlock', 'job order'],
    holds: results({
      'second-first': {
        one: 'pending',
        two: 'pending',
        three: 'pending',
        none: 'pending',
        four: '-ESRCH',
        last: '-ESRCH',
        r: 'a',
        q: 'a b c',
        pa: 'done',
      },
      'running-last': { one: 'pending', two: '-ESRCH', last: '-ESRCH' },
      weakened: { one: 'pending', two: '-ESRCH', three: 'pending', last: '-ESRCH' },
      scheduled: { one: 'pending', two: '-ESRCH' },
    }),
    witness: {
      first: reached((run) => resultNamed(run, 'three') === 'pending'),
      weakened: reached(
        (run) => run.program.name === 'weakened' && resultNamed(run, 'one') === 'pending',
      ),
    },
    faults: [
      'BUG-SCHED-07',
      'BUG-SCHED-12',
      'sched-029-scheduled-is-enough',
      'sched-029-not-after-the-one-before',
      'sched-029-without-scheduled',
      'sched-029-keeps-jobs',
    ],
  }),
  property({
    rules: ['SCHED-029'],
    plan: `A kill waits for the worker, which may be at the entity in this moment.
      - a kill beside the worker, with a job that it may have taken and one behind it`,
    programs: [
      program('beside', {
        setup: `${RING}; a = sched.submit(e, instant); b = sched.submit(e, instant)`,
        tasks: { A: 'sched.kill(e)' },
        teardown: `pa = ${PROGRESS}(a); pb = ${PROGRESS}(b)`,
      }),
      program('kill-beside', {
        setup: `${RING}; a = sched.submit(e, waits); b = sched.submit(e, instant); ring.awaitRun(a)`,
        tasks: { A: 'sched.kill(e); ring.complete(a)' },
        teardown: `pa = ${PROGRESS}(a); pb = ${PROGRESS}(b)`,
      }),
    ],
    schedules: [{ kind: 'random', runs: 60, seed: 5 }],
    forbids: [...SAFE, 'refinement', 'deadlock', 'job order'],
    holds: (run) => {
      const [a, b] = [resultNamed(run, 'pa'), resultNamed(run, 'pb')];
      if (a === '-ESRCH' && b === 'done') return 'the second job runs, and the first does not';
      return a === 'pending' || b === 'pending' ? 'a job has no end' : null;
    },
    witness: {
      killed: reached((run) => resultNamed(run, 'pb') === '-ESRCH', 5),
      ran: reached((run) => resultNamed(run, 'pb') === 'done', 5),
    },
    faults: ['sched-029-does-not-wait'],
  }),
  property({
    rules: ['SCHED-030'],
    plan: `A flush lets what is queued run, and can be killed; a task on its way out waits no longer than it is told. It
      kills only for a task that was killed and has pushed last. A destroy ends what is left, and can be repeated.
      - an idle entity; one with a job behind a fence that comes; a kill while a flush waits
      - a task that ends by itself, by SIGKILL, and with another one having pushed last
      - entities that were never used; flush and destroy, and destroy twice`,
    programs: [
      program('drains', {
        setup: `${RING}; f = fence.create()`,
        tasks: {
          A: `i = sched.flush(e); a = sched.submit(e, instant, after: [f]); w = sched.flush(e)
            p = ${PROGRESS}(a); b = sched.submit(e, instant); task.sleep(1); q = ${PROGRESS}(b)`,
          B: 'task.sleep(50); fence.signal(f)',
        },
      }),
      program('killed', {
        setup: `${RING}; f = fence.create(); a = sched.submit(e, instant, after: [f])`,
        tasks: {
          A: 'w = sched.flush(e); t = clock.now(); fence.signal(f); task.sleep(1)',
          B: 'task.sleep(50); task.kill(A)',
        },
        teardown: `p = ${PROGRESS}(a)`,
      }),
      program('exits', {
        setup: `${RING}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); left = sched.exit(e, 20); t = clock.now()
            fence.signal(f); task.sleep(1); p = ${PROGRESS}(a); n = sched.exit(e, 20)`,
        },
      }),
      program('exits-killed', {
        setup: `${RING}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); task.kill(A); sched.exit(e, 20); fence.signal(f)
            task.sleep(1); p = ${PROGRESS}(a)`,
        },
      }),
      program('others', {
        setup: `${RING}; f = fence.create(); sched.pushedBy(e, 99)`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); sched.pushedBy(e, 99); task.kill(A); sched.exit(e, 20)
            fence.signal(f); task.sleep(1); p = ${PROGRESS}(a)`,
        },
      }),
      program('unused', {
        setup: RING,
        tasks: {
          A: 'sched.destroy(e); x = sched.entity([s]); i = sched.flush(x); sched.destroy(x)',
        },
      }),
      program('twice', {
        setup: `${RING}; f = fence.create(); g = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); task.sleep(1); sched.kill(e); i = sched.flush(e)
            sched.kill(e); fence.signal(f); sched.destroy(e); task.sleep(1); p = ${PROGRESS}(a)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'deadlock', 'refinement'],
    holds: results({
      drains: { i: 1000, w: 1000, p: 'done', q: 'done' },
      killed: { t: 1050, p: 'done' },
      exits: { left: 0, t: 1020, p: 'done', n: 20 },
      'exits-killed': { p: '-ESRCH' },
      others: { p: 'done' },
      unused: { i: 1000 },
      twice: { i: 1000, p: '-ESRCH' },
    }),
    witness: {
      drained: reached((run) => resultNamed(run, 'w') === 1000),
      ended: reached((run) => resultNamed(run, 'p') === '-ESRCH', 2),
    },
    faults: [
      'BUG-SCHED-02',
      'BUG-SCHED-04',
      'sched-030-always-kills',
      'sched-030-kills-for-anybody',
      'sched-030-never-kills',
      'sched-030-has-no-limit',
      'sched-030-cannot-be-killed',
    ],
  }),
  property({
    rules: ['SCHED-031'],
    plan: `A job that is pushed to a stopped entity fails, after those before it. As odd as 6.12 it stays in the queue
      until the entity is destroyed, and for ever when it comes after that.
      - pushes after a kill, and after a destroy, both ways`,
    programs: [false, true].map((schedulerQuirks) =>
      program(schedulerQuirks ? 'odd' : 'sane', {
        world: { schedulerQuirks },
        setup: `${RING}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); task.sleep(1); sched.kill(e)
              b = sched.submit(e, instant); task.sleep(1); early = ${PROGRESS}(b); fence.signal(f)
              task.sleep(1); pa = ${PROGRESS}(a); pb = ${PROGRESS}(b); sched.destroy(e); task.sleep(1)
              qb = ${PROGRESS}(b); c = sched.submit(e, instant); task.sleep(1); pc = ${PROGRESS}(c)`,
        },
      }),
    ),
    schedules: SEQUENTIAL,
    allows: ['leak'],
    forbids: ['refinement', 'deadlock'],
    holds: (run) => {
      const leaks = run.findings.some(({ judge }) => judge === 'leak');
      if (leaks !== (run.program.name === 'odd')) return leaks ? 'a job is lost' : 'no job is lost';
      return results({
        sane: { early: 'pending', pa: '-ESRCH', pb: '-ESRCH', qb: '-ESRCH', pc: '-ESRCH' },
        odd: { early: 'pending', pa: '-ESRCH', pb: 'pending', qb: '-ESRCH', pc: 'pending' },
      })(run);
    },
    witness: {
      open: reached((run) => resultNamed(run, 'pc') === 'pending'),
      failed: reached((run) => resultNamed(run, 'pc') === '-ESRCH'),
    },
    faults: ['KERN-SCHED-02', 'sched-031-never-leaves', 'sched-031-not-after-the-others'],
  }),
  property({
    rules: ['SCHED-031'],
    plan: `A job that is pushed beside a kill runs before it, or fails.
      - a push and a kill; all of their schedules are those of a litmus program`,
    programs: [
      program('beside', {
        setup: `${RING}; a = sched.job(e, instant); sched.arm(a)`,
        tasks: { A: 'sched.push(a)', B: 'sched.kill(e)' },
        teardown: `p = ${PROGRESS}(a)`,
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 80 }],
    forbids: ['refinement', 'deadlock', 'leak'],
    holds: (run) => {
      const p = resultNamed(run, 'p');
      return p === 'done' || p === '-ESRCH' ? null : `the job is ${String(p)}`;
    },
    witness: { late: reached((run) => resultNamed(run, 'p') === '-ESRCH') },
    faults: ['KERN-SCHED-02'],
  }),
];
