import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { RING, SAFE, SEQUENTIAL } from './jobs.ts';

/** A ring whose jobs have a tenth of a second. */
const ring = (recovery: string, credits = 2): string =>
  `s = sched.create(${credits}, 100, ${recovery}); e = sched.entity([s])`;

/** A head that hangs, and jobs that begin behind it every 60 jiffies. */
const TRICKLE = `a = sched.submit(e, waits); task.sleep(60); b = sched.submit(o, instant); task.sleep(60)
  c = sched.submit(o, instant); task.sleep(60); d = sched.submit(o, instant); task.sleep(150)
  t = sched.timeoutTimes(s); p = sched.progress(a)`;

const isFreed = (run: Run, job: string): boolean =>
  String(resultNamed(run, 'f')).split(' ').includes(job);

/** Properties of deadlines, and of time that is up. */
export const TIMEOUT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-021'],
    plan: `The earliest deadline of a finished fence counts, and the hardware hears of it: at once if it has the job,
      else when it gets it.
      - before and after run; later and earlier ones; a job that never has a fence of the hardware`,
    programs: [
      program('sequence', {
        setup: `${RING}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, waits, after: [f]); fence.setDeadline(a.finished, 9000)
            fence.setDeadline(a.finished, 5000); fence.setDeadline(a.finished, 7000)
            none = ring.deadlines(s); fence.signal(f); task.sleep(1); first = ring.deadlines(s)
            fence.setDeadline(a.finished, 8000); same = ring.deadlines(s)
            fence.setDeadline(a.finished, 3000); all = ring.deadlines(s)
            fence.setDeadline(a.scheduled, 1); b = sched.submit(e, instant)
            fence.setDeadline(b.finished, 1); ring.complete(a); task.sleep(1)
            fence.setDeadline(a.finished, 2); end = ring.deadlines(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['refinement', 'leak', 'use-after-free'],
    holds: (run) => {
      const once = 'a.hw@5000';
      const twice = 'a.hw@5000 a.hw@3000';
      return results({ sequence: { none: '', first: once, same: once, all: twice, end: twice } })(
        run,
      );
    },
    witness: {
      earlier: reached((run) => resultNamed(run, 'end') === 'a.hw@5000 a.hw@3000'),
    },
    faults: ['sched-021-latest-wins', 'sched-021-not-at-run'],
  }),
  property({
    rules: ['SCHED-021'],
    plan: `A deadline that comes while the job is being run is not lost between the two.
      - a deadline beside the worker; the same where stores may be seen late`,
    programs: [
      program('race', {
        setup: `${RING}; a = sched.submit(e, waits)`,
        tasks: { A: 'fence.setDeadline(a.finished, 5000)' },
        teardown: 'd = ring.deadlines(s)',
      }),
      program('late-stores', {
        world: { memory: 'tso' },
        setup: `${RING}; a = sched.submit(e, waits)`,
        tasks: { A: 'fence.setDeadline(a.finished, 5000)' },
        teardown: 'd = ring.deadlines(s)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 300 }],
    forbids: ['refinement', 'leak', 'use-after-free'],
    holds: (run) => {
      const told = new Set(String(resultNamed(run, 'd')).split(' '));
      return told.size === 1 && told.has('a.hw@5000') ? null : 'the hardware hears of no deadline';
    },
    witness: {
      both: reached((run) => resultNamed(run, 'd') === 'a.hw@5000 a.hw@5000'),
      late: reached((run) => resultNamed(run, 'd') === 'a.hw@5000'),
    },
    faults: ['sched-021-looks-before-it-stores', 'sched-021-stores-late'],
  }),
  property({
    rules: ['SCHED-022'],
    plan: `The time is that of the head of the list: it begins when the job does, or when it becomes the head.
      As odd as 6.12 it begins anew with each job that begins.
      - a hang with nothing behind it; one with jobs that come behind it, both ways
      - a head that ends in time, with a successor that hangs; one whose end finds the list empty`,
    programs: [
      ...[false, true].map((schedulerQuirks) =>
        program(schedulerQuirks ? 'odd' : 'sane', {
          world: { schedulerQuirks },
          setup: `${ring('reset')}; o = sched.entity([s])`,
          tasks: { A: TRICKLE },
        }),
      ),
      program('successor', {
        setup: ring('reset'),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(60); ring.complete(a)
            task.sleep(300); t = sched.timeoutTimes(s); p = sched.progress(b)`,
        },
      }),
      program('idle', {
        setup: ring('reset'),
        tasks: {
          A: `a = sched.submit(e, waits); task.sleep(60); ring.complete(a); task.sleep(60)
            b = sched.submit(e, waits); task.sleep(60); none = sched.timeoutTimes(s); task.sleep(60)
            t = sched.timeoutTimes(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['deadlock', 'livelock'],
    holds: results({
      sane: { t: 'a@1100', p: '-ECANCELED' },
      odd: { t: 'a@1280', p: '-ECANCELED' },
      successor: { t: 'b@1160', p: '-ECANCELED' },
      idle: { none: '', t: 'b@1220' },
    }),
    witness: {
      postponed: reached((run) => resultNamed(run, 't') === 'a@1280'),
      successor: reached((run) => resultNamed(run, 't') === 'b@1160'),
    },
    faults: [
      'BUG-SCHED-08',
      'sched-022-begins-anew',
      'sched-022-never-anew',
      'sched-022-first-only',
    ],
  }),
  property({
    rules: ['SCHED-023'],
    plan: `When its time is up the head is taken off the list before the driver looks at it, so that nobody frees it
      meanwhile; it may be done already.
      - the interrupt and the timer at once, with a handler that looks at the hardware first`,
    programs: [
      program('race', {
        setup: `${ring('looks', 1)}; a = sched.submit(e, waits); task.sleep(100)`,
        tasks: { A: 'ring.complete(a)' },
        teardown: 't = sched.timeouts(s); f = sched.frees(s); p = sched.progress(a)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 250 }],
    forbids: [...SAFE, 'refinement', 'deadlock'],
    holds: (run) => {
      const p = resultNamed(run, 'p');
      return p === 'done' || p === '-ECANCELED' ? null : `the job ends as ${String(p)}`;
    },
    witness: {
      spurious: reached((run) => resultNamed(run, 't') === 'a' && resultNamed(run, 'p') === 'done'),
      hung: reached((run) => resultNamed(run, 'p') === '-ECANCELED'),
    },
    faults: ['sched-023-stays-listed'],
  }),
  property({
    rules: ['SCHED-024'],
    plan: `A job whose time-out the handler takes for spurious goes back to the head of the list, and is freed in its
      turn. As odd as 6.12 it is lost: its fence still signals, and it is never freed.
      - a handler that does nothing; the job is done later, or was already; jobs behind it, both ways`,
    programs: [false, true].flatMap((schedulerQuirks) => [
      program(schedulerQuirks ? 'odd' : 'sane', {
        world: { schedulerQuirks },
        setup: ring('nothing'),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150); q = sched.pending(s)
            ring.complete(a); ring.complete(b); task.sleep(1); f = sched.frees(s); pa = sched.progress(a)
            c = sched.submit(e, instant, 2); task.sleep(1); pc = sched.progress(c)`,
        },
      }),
    ]),
    schedules: SEQUENTIAL,
    allows: ['leak'],
    forbids: ['deadlock', 'job order'],
    holds: (run) => {
      const leaks = run.findings.some(({ judge }) => judge === 'leak');
      if (leaks !== (run.program.name === 'odd'))
        return leaks ? 'a job is lost' : 'nothing is lost';
      const rest = { pa: 'done', pc: 'done' };
      return results({
        sane: { ...rest, q: 'a b', f: 'a b' },
        odd: { ...rest, q: 'b', f: 'b' },
      })(run);
    },
    witness: {
      freed: reached((run) => isFreed(run, 'a')),
      lost: reached((run) => run.program.name === 'odd' && !isFreed(run, 'a')),
    },
    faults: ['KERN-SCHED-01', 'sched-024-behind-the-others', 'sched-024-never-loses'],
  }),
  property({
    rules: ['SCHED-034'],
    plan: `A handler that says that the device is gone leaves the timer alone, which the next job that begins arms;
      the driver ends all jobs itself.
      - a device that is gone, with all jobs ended, and with none; a job that begins afterwards
      - one that is not gone, and hangs on`,
    programs: [
      program('ended', {
        setup: ring('gone'),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150)
            pa = sched.progress(a); pb = sched.progress(b); f = sched.frees(s)`,
        },
      }),
      program('not-gone', {
        setup: ring('nothing'),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(350)
            t = sched.timeoutTimes(s); ring.complete(a); ring.complete(b); p = sched.progress(a)`,
        },
      }),
      program('abandoned', {
        setup: ring('abandoned', 3),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(350)
            once = sched.timeoutTimes(s); c = sched.submit(e, waits); task.sleep(150)
            twice = sched.timeoutTimes(s); ring.complete(a); ring.complete(b); ring.complete(c)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['deadlock', 'leak', 'livelock'],
    holds: results({
      ended: { pa: '-ENODEV', pb: '-ENODEV', f: 'a b' },
      'not-gone': { t: 'a@1100 a@1200 a@1300', p: 'done' },
      abandoned: { once: 'a@1100', twice: 'a@1100 a@1450' },
    }),
    witness: { again: reached((run) => resultNamed(run, 'twice') === 'a@1100 a@1450') },
    faults: ['sched-034-arms-again', 'sched-034-never-arms', 'sched-034-once-is-enough'],
  }),
  property({
    rules: ['SCHED-035'],
    plan: `A job that was taken off the list because its time is up, and is not put back, is seen by no stop and no
      start; when its hardware is done its fence signals, and its credits come back.
      - as odd as 6.12: stop and start beside a lost job; then its end, and one that needs its credits`,
    programs: [
      program('lost', {
        world: { schedulerQuirks: true },
        setup: ring('nothing'),
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150); sched.stop(s)
            sched.start(s); task.sleep(1); pa = sched.progress(a); pb = sched.progress(b)
            c = sched.submit(e, instant, 2); task.sleep(1); before = sched.progress(c); ring.complete(a)
            qa = sched.progress(a); task.sleep(1); after = sched.progress(c); f = sched.frees(s)`,
        },
      }),
      program('between', {
        // The job is done after its time was up, and before the stop.
        setup: 's = sched.create(2, 100, finished); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); task.sleep(150)
            qa = sched.progress(a); pb = sched.progress(b); f = sched.frees(s); q = sched.pending(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    allows: ['leak'],
    forbids: ['deadlock', 'refinement'],
    holds: results({
      lost: {
        pa: 'scheduled',
        pb: '-ECANCELED',
        before: 'pending',
        qa: 'done',
        after: 'done',
        f: 'b c',
      },
      between: { qa: 'done', pb: '-ECANCELED', f: 'a b', q: '' },
    }),
    witness: {
      lost: reached((run) => resultNamed(run, 'pa') === 'scheduled'),
      between: reached((run) => resultNamed(run, 'f') === 'a b'),
    },
    faults: ['sched-035-credits-lost', 'sched-035-cancels-finished'],
  }),
];
