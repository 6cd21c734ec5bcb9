import { type Property, property, reached } from '../../check/property.ts';
import { both, resultNamed, results, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { RING, SEQUENTIAL } from './jobs.ts';

/** A ring with room for one job that is busy, and two entities with nothing to do. */
const BUSY = `s = sched.create(1); e = sched.entity([s]); o = sched.entity([s]); x = sched.entity([s], 3)
  z = sched.submit(x, waits)`;

const done = (count: number): string => `ring.complete(z); task.sleep(${count})`;

/** Properties of whose turn it is. */
export const SELECTION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['SCHED-012'],
    plan: `Among entities of one priority the one with the oldest job at its head comes next, equal ones as they
      came; one that waits is passed over, and when the chosen one turns out to have to wait, another is chosen. Round
      robin takes them in turn.
      - jobs pushed at three times to three entities while the ring is busy; the same time for all
      - one entity whose second job is older than the first one of another
      - an entity that waits, with the oldest job; two entities in turn
      - a push while the worker goes to sleep; one just before the queue is seen to be empty`,
    programs: [
      program('oldest', {
        setup: BUSY,
        tasks: {
          A: `task.sleep(1); a = sched.submit(o, instant); task.sleep(1); b = sched.submit(e, instant)
            task.sleep(1); c = sched.submit(o, instant); task.sleep(1); d = sched.submit(e, instant)
            ${done(1)}; n = sched.runs(s)`,
        },
      }),
      program('one-after-the-other', {
        setup: BUSY,
        tasks: {
          A: `task.sleep(1); a = sched.submit(e, instant); task.sleep(1); b = sched.submit(e, instant)
            task.sleep(1); c = sched.submit(o, instant); ${done(1)}; n = sched.runs(s)`,
        },
      }),
      program('equal', {
        setup: BUSY,
        tasks: {
          A: `task.sleep(1); a = sched.submit(o, instant); b = sched.submit(e, instant); c = sched.submit(o, instant)
            d = sched.submit(e, instant); ${done(1)}; n = sched.runs(s)`,
        },
      }),
      program('waits', {
        setup: `${BUSY}; f = fence.create()`,
        tasks: {
          A: `task.sleep(1); a = sched.submit(o, instant, after: [f]); b = sched.submit(o, instant)
            task.sleep(1); c = sched.submit(e, instant); d = sched.submit(e, instant); ${done(1)}
            n = sched.runs(s); fence.signal(f); task.sleep(1); m = sched.runs(s)`,
        },
      }),
      program('chosen', {
        setup:
          's = sched.create(1); e = sched.entity([s]); o = sched.entity([s]); f = fence.create()',
        tasks: {
          A: `a = sched.submit(o, instant, after: [f]); b = sched.submit(e, instant); task.sleep(1)
            n = sched.runs(s); fence.signal(f); task.sleep(1); m = sched.runs(s)`,
        },
      }),
      program('in-turn', {
        setup: `s = sched.create(1, policy: roundRobin); e = sched.entity([s]); o = sched.entity([s])
          y = sched.entity([s]); z = sched.submit(e, waits)`,
        tasks: {
          A: `task.sleep(1); a = sched.submit(y, instant); b = sched.submit(y, instant); c = sched.submit(o, instant)
            d = sched.submit(o, instant); k = sched.submit(e, instant); ${done(1)}; n = sched.runs(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['job order', 'refinement', 'deadlock', 'leak'],
    holds: results({
      oldest: { n: 'z a b c d' },
      'one-after-the-other': { n: 'z a b c' },
      equal: { n: 'z a b c d' },
      waits: { n: 'z c d', m: 'z c d a b' },
      chosen: { n: 'b', m: 'b a' },
      'in-turn': { n: 'z a c k b d' },
    }),
    witness: {
      oldest: reached((run) => resultNamed(run, 'n') === 'z a b c d', 2),
      turn: reached((run) => resultNamed(run, 'n') === 'z a c k b d'),
    },
    faults: [
      'sched-012-newest-first',
      'sched-012-old-stamp-stays',
      'sched-012-goes-behind',
      'sched-012-starts-over',
      'BUG-SCHED-09',
    ],
  }),
  property({
    rules: ['SCHED-012'],
    plan: `A job that was pushed runs, however the push and the worker meet.
      - a push beside the worker, which takes the job before, or is about to sleep`,
    programs: [
      program('pushes', {
        setup: `${RING}; a = sched.submit(e, instant); b = sched.job(e, instant); sched.arm(b)`,
        tasks: { A: 'sched.push(b)' },
        teardown: 'p = sched.progress(b); n = sched.runs(s)',
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 250 }],
    forbids: ['deadlock', 'use-after-free', 'refinement'],
    holds: results({ pushes: { p: 'done', n: 'a b' } }),
    witness: { ran: reached((run) => resultNamed(run, 'p') === 'done') },
    faults: ['BUG-SCHED-10'],
  }),
  property({
    rules: ['SCHED-013'],
    plan: `A lower run queue is looked at only if nobody above it is ready.
      - jobs of all four priorities, lowest first, while the ring is busy; some above that wait`,
    programs: [
      program('strict', {
        setup: `s = sched.create(1); l = sched.entity([s], 3); n = sched.entity([s], 2)
          h = sched.entity([s], 1); k = sched.entity([s], 0); f = fence.create(); z = sched.submit(n, waits)`,
        tasks: {
          A: `task.sleep(1); a = sched.submit(l, instant); b = sched.submit(n, instant); c = sched.submit(h, instant)
            d = sched.submit(k, instant, after: [f]); i = sched.submit(l, instant); m = sched.submit(h, instant)
            ${done(1)}; one = sched.runs(s); fence.signal(f); task.sleep(1); two = sched.runs(s)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    holds: results({ strict: { one: 'z c m b a i', two: 'z c m b a i d' } }),
    witness: { strict: reached((run) => resultNamed(run, 'one') === 'z c m b a i') },
    faults: ['sched-013-lowest-first', 'sched-013-one-queue'],
  }),
  property({
    rules: ['SCHED-014'],
    plan: `When the job whose turn it is does not fit, nothing runs until it does: no other entity, and no lower
      priority.
      - a large job behind a running one, with small ones of another entity and a lower priority`,
    programs: [
      program('large', {
        setup: `s = sched.create(3); e = sched.entity([s]); o = sched.entity([s]); l = sched.entity([s], 3)
          r = sched.create(3, policy: roundRobin); i = sched.entity([r]); k = sched.entity([r])`,
        tasks: {
          A: `z = sched.submit(e, waits); task.sleep(1); a = sched.submit(e, waits, 3); task.sleep(1)
            b = sched.submit(o, instant); c = sched.submit(l, instant); task.sleep(1); one = sched.runs(s)
            ring.complete(z); task.sleep(1); two = sched.runs(s); ring.complete(a); task.sleep(1)
            three = sched.runs(s)`,
        },
      }),
      program('in-turn', {
        setup:
          'r = sched.create(3, policy: roundRobin); i = sched.entity([r]); k = sched.entity([r])',
        tasks: {
          A: `z = sched.submit(i, waits); task.sleep(1); a = sched.submit(k, waits, 3)
            b = sched.submit(i, instant); task.sleep(1); one = sched.runs(r); ring.complete(z); task.sleep(1)
            two = sched.runs(r); ring.complete(a); task.sleep(1); three = sched.runs(r)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    holds: results({
      large: { one: 'z', two: 'z a', three: 'z a b c' },
      'in-turn': { one: 'z', two: 'z a', three: 'z a b' },
    }),
    witness: { waits: reached((run) => resultNamed(run, 'one') === 'z', 2) },
    faults: ['sched-014-small-ones-pass', 'sched-014-lower-ones-pass'],
  }),
  property({
    rules: ['SCHED-015'],
    plan: `Credits are charged before run and given back when the hardware is done, once each, also through
      stop and start; never more than the limit are in use. A larger job is cut, with a warning.
      - jobs of different sizes one after the other; one above the limit; a hang with a recovery
      - jobs of two entities that end while others begin`,
    programs: [
      program('sizes', {
        setup: 's = sched.create(3); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits, 2); b = sched.submit(e, waits); c = sched.submit(e, waits, 3)
            task.sleep(1); one = sched.runs(s); ring.complete(a); task.sleep(1); two = sched.runs(s)
            ring.complete(b); task.sleep(1); three = sched.runs(s); ring.complete(c)`,
        },
      }),
      program('too-large', {
        setup: 's = sched.create(2); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits, 5); b = sched.submit(e, instant); task.sleep(1); one = sched.runs(s)
            ring.complete(a); task.sleep(1); two = sched.runs(s)`,
        },
      }),
      program('recovery', {
        setup: 's = sched.create(2, 100, reset); e = sched.entity([s])',
        tasks: {
          A: `a = sched.submit(e, waits); b = sched.submit(e, waits); c = sched.submit(e, waits, 2)
            task.sleep(150); one = sched.runs(s); ring.complete(c); d = sched.submit(e, waits, 2)
            task.sleep(1); two = sched.runs(s); ring.complete(d)`,
        },
      }),
    ],
    schedules: SEQUENTIAL,
    forbids: ['refinement', 'deadlock'],
    allows: ['warn'],
    holds: both(
      results({
        sizes: { one: 'a b', two: 'a b', three: 'a b c' },
        'too-large': { one: 'a', two: 'a b' },
        recovery: { one: 'a b c', two: 'a b c d' },
      }),
      (run) =>
        warnings(run) === (run.program.name === 'too-large' ? 1 : 0) ? null : 'warnings differ',
    ),
    witness: {
      cut: reached((run) => warnings(run) === 1),
      recovered: reached((run) => resultNamed(run, 'two') === 'a b c d'),
    },
    faults: [
      'sched-015-charges-late',
      'sched-015-gives-back-one',
      'sched-015-stop-keeps',
      'sched-015-start-forgets',
      'sched-015-never-cuts',
    ],
  }),
];
