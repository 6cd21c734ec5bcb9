import { type Property, property, reached } from '../../check/property.ts';
import { type Expected, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { EVERY_RESULT } from '../every-result.ts';

const ONE_PENDING = `r = resv.create(); f = fence.create(); resv.lock(r); resv.reserve(r, 1)
  resv.add(r, f, WRITE); resv.unlock(r)`;
const TWO_PENDING = `r = resv.create(); f = fence.create(); g = fence.create(); resv.lock(r)
  resv.reserve(r, 2); resv.add(r, f, WRITE); resv.add(r, g, WRITE); resv.unlock(r)`;

const EXACT: Expected = { long: 7, none: 1, unlimited: Number.MAX_SAFE_INTEGER };
const ASK = 'long = resv.wait(r, READ, 7); none = resv.wait(r, READ, 0)';

/** Properties of waiting for a reservation object. */
export const WAITING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-053'],
    plan: `A wait returns a positive number, 0 when its time ran out, -ERESTARTSYS when it was
      interrupted and may be.
      - nothing pending, a signal in time, none in time, an interruption taken and not taken`,
    programs: [
      program('signaled', {
        setup: TWO_PENDING,
        tasks: { A: 'w = resv.wait(r, WRITE, 100)', B: 'fence.signal(f); fence.signal(g)' },
      }),
      program('time-out', { setup: ONE_PENDING, tasks: { A: 'w = resv.wait(r, WRITE, 5)' } }),
      program('interrupted', {
        setup: ONE_PENDING,
        tasks: { A: 'w = resv.wait(r, WRITE, 100, true)', B: 'task.interrupt(A)' },
      }),
      program('not-interruptible', {
        setup: ONE_PENDING,
        tasks: { A: 'w = resv.wait(r, WRITE, 100)', B: 'task.interrupt(A)' },
      }),
    ],
    schedules: EVERY_RESULT,
    holds: (run) => {
      const left = Number(resultNamed(run, 'w'));
      if (run.program.name === 'signaled') return left > 0 ? null : `the wait returns ${left}`;
      return results({
        'time-out': { w: 0 },
        interrupted: { w: -512 },
        'not-interruptible': { w: 0 },
      })(run);
    },
    witness: {
      done: reached((run) => Number(resultNamed(run, 'w')) > 0),
      timedOut: reached((run) => resultNamed(run, 'w') === 0),
      interrupted: reached((run) => resultNamed(run, 'w') === -512),
    },
    faults: ['resv-053-interruption-is-timeout'],
  }),
  property({
    rules: ['RESV-054'],
    plan: `With nothing pending a wait returns its timeout, or 1 for 0.
      - no list, an empty list, fences that are done, fences of weaker usage`,
    programs: [
      program('no-list', { setup: 'r = resv.create()', tasks: { A: ASK } }),
      program('empty', {
        setup: 'r = resv.create(); resv.lock(r); resv.reserve(r, 1); resv.unlock(r)',
        tasks: { A: ASK },
      }),
      program('done', { setup: `${ONE_PENDING}; fence.signal(f)`, tasks: { A: ASK } }),
      program('weaker', {
        setup: ONE_PENDING.replace('WRITE', 'BOOKKEEP'),
        tasks: { A: ASK },
      }),
      program('unlimited', {
        setup: `${ONE_PENDING}; fence.signal(f)`,
        tasks: { A: `${ASK}; unlimited = resv.wait(r, READ)` },
      }),
    ],
    holds: results({
      'no-list': { long: 7, none: 1 },
      empty: { long: 7, none: 1 },
      done: { long: 7, none: 1 },
      weaker: { long: 7, none: 1 },
      unlimited: EXACT,
    }),
    witness: { exact: reached((run) => resultNamed(run, 'long') === 7, 5) },
    faults: ['resv-054-success-is-1'],
  }),
  property({
    rules: ['RESV-055'],
    plan: `A timeout of 0 polls: no sleep, 0 at the first pending fence, which is armed.
      - two pending, one done before a pending one, all done; the clock stands still
      - one that signals between the walk's look at it and the poll`,
    programs: [
      program('pending', {
        setup: TWO_PENDING,
        tasks: {
          A: `t0 = clock.now(); w = resv.wait(r, READ, 0); t1 = clock.now()
            f1 = inspect.isEnabled(f); g1 = inspect.isEnabled(g)`,
        },
      }),
      program('second', {
        setup: `${TWO_PENDING}; fence.signal(f)`,
        tasks: {
          A: `t0 = clock.now(); w = resv.wait(r, READ, 0); t1 = clock.now()
            g1 = inspect.isEnabled(g); fence.signal(g); v = resv.wait(r, READ, 0)`,
        },
      }),
      program('meanwhile', {
        setup: TWO_PENDING,
        tasks: {
          A: 't0 = clock.now(); w = resv.wait(r, READ, 0); t1 = clock.now()',
          B: 'fence.signal(f)',
        },
      }),
    ],
    holds: (run) => {
      const [before, after] = [resultNamed(run, 't0'), resultNamed(run, 't1')];
      if (before !== after) return `the clock went from ${String(before)} to ${String(after)}`;
      return results({
        pending: { w: 0, f1: true, g1: false },
        second: { w: 0, g1: true, v: 1 },
        meanwhile: { w: 0 },
      })(run);
    },
    witness: {
      pending: reached((run) => resultNamed(run, 'w') === 0, 2),
      done: reached((run) => resultNamed(run, 'v') === 1),
    },
    faults: ['BUG-RESV-02', 'resv-055-spends-a-jiffy', 'resv-055-only-tests'],
  }),
  property({
    rules: ['RESV-056'],
    plan: `A poll by an interruptible wait with a signal pending is interrupted, not timed out.
      - control: nothing pending; not interruptible`,
    programs: [
      program('interrupted', {
        setup: ONE_PENDING,
        tasks: {
          A: `task.interrupt(A); w = resv.wait(r, WRITE, 0, true); v = resv.wait(r, WRITE, 0)
            fence.signal(f); u = resv.wait(r, WRITE, 0, true)`,
        },
      }),
    ],
    holds: results({ interrupted: { w: -512, v: 0, u: 1 } }),
    witness: { interrupted: reached((run) => resultNamed(run, 'w') === -512) },
    faults: ['resv-053-interruption-is-timeout', 'resv-055-only-tests'],
  }),
];
