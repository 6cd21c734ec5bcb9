import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed, results } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { RING, SAFE, SEQUENTIAL } from './jobs.ts';

const EIO = -5;

/** Two entities on one ring, and one on another. */
const RINGS = `${RING}; o = sched.entity([s]); r = sched.create(2); x = sched.entity([r])`;

/** Properties of jobs that wait for others. */
export const WAITING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-008'],
    plan: `Jobs of an entity reach the hardware as they were pushed; one that has to wait holds up all that
      come after it, and nobody else.
      - one blocked behind a fence, two more behind it, and two of another entity
      - a dependency that the driver names only when the others are met`,
    programs: [
      program('blocked', {
        setup: `${RINGS}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant); b = sched.submit(e, instant, after: [f]); c = sched.submit(e, instant)
            k = sched.submit(o, instant); l = sched.submit(o, instant); task.sleep(1); before = sched.runs(s)
            q = sched.look(e); fence.signal(f); task.sleep(1); after = sched.runs(s)
            p = sched.frees(s)`,
        },
      }),
      program('prepared', {
        setup: `${RINGS}; f = fence.create(); g = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, prepares: g, after: [f]); b = sched.submit(e, instant)
            task.sleep(1); one = sched.runs(s); fence.signal(f); task.sleep(1); two = sched.runs(s)
            fence.signal(g); task.sleep(1); three = sched.runs(s); n = inspect.references(g)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['job order', 'refinement', ...SAFE],
    holds: results({
      blocked: { before: 'a k l', q: 'b c', after: 'a k l b c', p: 'a k l b c' },
      prepared: { one: '', two: '', three: 'a b', n: 1 },
    }),
    witness: { blocked: reached((run) => resultNamed(run, 'before') === 'a k l') },
    faults: ['sched-008-newest-first', 'sched-008-does-not-wait', 'sched-008-one-is-enough'],
  }),
  property({
    rules: ['SCHED-009'],
    plan: `What depends on earlier jobs of its own entity does not wait for them: they come first anyway.
      - on both faces of a job that is with the hardware, also marked as not to be pipelined`,
    programs: [
      program('own', {
        setup: RINGS,
        tasks: {
          A: `a = sched.submit(e, waits); task.sleep(1); sched.dontPipeline(a.finished)
            b = sched.submit(e, waits, after: [a.finished]); task.sleep(1); one = sched.runs(s)
            c = sched.submit(e, instant, after: [b.scheduled]); ring.complete(a); task.sleep(1)
            two = sched.runs(s); ring.complete(b); task.sleep(1); n = sched.frees(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: SAFE,
    holds: results({ own: { one: 'a b', two: 'a b c', n: 'a b c' } }),
    witness: { skipped: reached((run) => resultNamed(run, 'one') === 'a b') },
    faults: ['sched-009-waits-for-itself', 'sched-009-knows-one-face', 'sched-009-keeps-reference'],
  }),
  property({
    rules: ['SCHED-010'],
    plan: `On the same ring it is enough that the job before was given to the hardware, unless it carries an error
      already or is marked; on another ring its end is waited for, though the driver is the same.
      - the same ring, another one, marked, and with an error
      - the job before is killed and never runs: who waits for it goes on`,
    programs: [
      program('pipelined', {
        setup: RINGS,
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(o, instant, after: [a.finished])
            c = sched.submit(x, instant, after: [a.finished]); task.sleep(1); rs = sched.runs(s)
            rx = sched.runs(r); ring.complete(a); task.sleep(1); late = sched.runs(r)`,
        },
      }),
      program('marked', {
        setup: RINGS,
        tasks: {
          A: `a = sched.submit(e, waits); sched.dontPipeline(a.finished)
            b = sched.submit(o, instant, after: [a.finished]); task.sleep(1); one = sched.runs(s)
            ring.complete(a); task.sleep(1); two = sched.runs(s)`,
        },
      }),
      program('failed', {
        setup: RINGS,
        tasks: {
          A: `a = sched.submit(e, waits); task.sleep(1); fence.setError(a.finished, -5)
            b = sched.submit(o, instant, after: [a.finished]); task.sleep(1); one = sched.runs(s)
            ring.complete(a); task.sleep(1); two = sched.runs(s)`,
        },
      }),
      program('killed', {
        setup: `${RINGS}; f = fence.create()`,
        tasks: {
          A: `a = sched.submit(e, instant, after: [f]); b = sched.submit(o, instant, after: [a.finished])
            task.sleep(1); sched.kill(e); fence.signal(f); task.sleep(1); pa = sched.progress(a)
            pb = sched.progress(b); w = fence.waitTimeout(b.finished, 50)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: [...SAFE, 'deadlock'],
    holds: results({
      pipelined: { rs: 'a b', rx: '', late: 'c' },
      marked: { one: 'a', two: 'a b' },
      failed: { one: 'a', two: 'a b' },
      killed: { pa: '-ESRCH', pb: 'done', w: 50 },
    }),
    witness: {
      pipelined: reached((run) => resultNamed(run, 'rs') === 'a b'),
      killed: reached((run) => resultNamed(run, 'pa') === '-ESRCH'),
    },
    faults: [
      'sched-010-waits-for-the-end',
      'sched-010-ignores-mark',
      'sched-010-ignores-error',
      'BUG-SCHED-06',
      'BUG-DRV-07',
    ],
  }),
  property({
    rules: ['SCHED-011'],
    plan: `A dependency that failed is done: the job runs, and its own fence has no error.
      - a plain fence and another ring's job that fail, before and while somebody waits`,
    programs: [
      program('failed', {
        setup: `${RINGS}; f = fence.create(); g = fence.create()`,
        tasks: {
          A: `fence.setError(f, -5); fence.signal(f); a = sched.submit(e, instant, after: [f])
            b = sched.submit(e, instant, after: [g]); task.sleep(1); fence.setError(g, -5)
            fence.signal(g); k = sched.submit(x, waits); l = sched.submit(e, instant, after: [k.finished])
            task.sleep(1); ring.complete(k, -5); task.sleep(1); sa = fence.getStatus(a.finished)
            sb = fence.getStatus(b.finished); sk = fence.getStatus(k.finished)
            sl = fence.getStatus(l.finished); n = sched.runs(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['deadlock'],
    holds: results({ failed: { sa: 1, sb: 1, sk: EIO, sl: 1, n: 'a b l' } }),
    witness: { ran: reached((run) => resultNamed(run, 'n') === 'a b l') },
    faults: ['sched-011-passes-errors-on', 'sched-011-drops-the-job'],
  }),
];
