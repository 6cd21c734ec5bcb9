import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { callOf, precedes, sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const FAILING = 'f = fence.create(); g = fence.create(); fence.setError(f, -5)';
const BOTH_FAIL = `${FAILING}; fence.setError(g, -6)`;
const FIRST_FAILED = `${FAILING}; fence.signal(f); cb = callback.create()`;

/** In all-mode the error is that of the child that signaled first, as far as calls tell. */
function firstErrorWins(run: Run): string | null {
  const status = resultNamed(run, 's');
  if (status !== -5 && status !== -6) return `the status is ${String(status)}`;
  const [first, second] = [callOf(run, 'A', 'fence.signal'), callOf(run, 'B', 'fence.signal')];
  if (first === undefined || second === undefined) return null;
  if (precedes(first, second) && status !== -5) return 'the later error has won over -5';
  if (precedes(second, first) && status !== -6) return 'the later error has won over -6';
  return null;
}

/** In any-mode the error counts if it was recorded before the array was done. */
function errorIsInTime(run: Run): string | null {
  const status = resultNamed(run, 's');
  if (status !== 1 && status !== -5) return `the status is ${String(status)}`;
  const good = callOf(run, 'A', 'fence.signal');
  const bad = callOf(run, 'B', 'fence.signal');
  const done = sighted(run, 'a', 'signal').find(({ result }) => result === 0);
  if (good === undefined || bad === undefined || done === undefined) return 'it is not done';
  if (precedes(bad, good) && status !== -5) return 'the error of the completing child is lost';
  if (bad.begin > done.step && status !== 1) return 'an error came after the array was done';
  // The work clears the marker, and not the child that brings the counter down.
  const work = sighted(run, 'a.array', 'work')[0]?.step ?? 0;
  const isInTime = sighted(run, 'a.array', 'countDown').some(
    ({ subject, step }) => subject === run.environment.fence('f') && step < work,
  );
  return isInTime && status !== -5 ? 'an error that came before the work is lost' : null;
}

/** Properties of the errors of children. */
export const ERROR_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-015'],
    plan: `An array that is completed by a poll without being armed shows no error.
      - a failed child: only polled, armed by a callback, by a wait; a status query arms nothing`,
    programs: [
      program('polled', {
        setup: FIRST_FAILED,
        tasks: {
          A: `a = array.create([f, g]); s0 = fence.getStatus(a); armed = inspect.isEnabled(a)
            fence.signal(g); s1 = fence.getStatus(a)`,
        },
      }),
      program('callback', {
        setup: FIRST_FAILED,
        tasks: {
          A: `a = array.create([f, g]); fence.addCallback(a, cb); fence.signal(g)
            s1 = fence.getStatus(a)`,
        },
      }),
      program('wait', {
        setup: `${FIRST_FAILED}; fence.signal(g)`,
        tasks: { A: 'a = array.create([f, g]); fence.wait(a); s1 = fence.getStatus(a)' },
      }),
    ],
    holds: results({
      polled: { s0: 0, armed: false, s1: 1 },
      callback: { s1: -5 },
      wait: { s1: -5 },
    }),
    witness: {
      polled: reached((run) => resultNamed(run, 's1') === 1),
      armed: reached((run) => resultNamed(run, 's1') === -5, 2),
    },
    faults: ['array-015-poll-inherits'],
  }),
  property({
    rules: ['ARRAY-016'],
    plan: `On the armed path the first error that is recorded stays.
      - two failing children one after the other, and at once`,
    programs: [
      program('in-turn', {
        setup: `${BOTH_FAIL}; a = array.create([f, g]); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(g); fence.signal(f); s = fence.getStatus(a)' },
      }),
      program('at-once', {
        setup: `${BOTH_FAIL}; a = array.create([f, g]); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(f)', B: 'fence.signal(g)' },
        teardown: 's = fence.getStatus(a)',
      }),
    ],
    holds: (run) =>
      run.program.name === 'at-once' ? firstErrorWins(run) : results({ 'in-turn': { s: -6 } })(run),
    witness: {
      first: reached((run) => resultNamed(run, 's') === -5),
      second: reached((run) => resultNamed(run, 's') === -6, 2),
    },
    faults: ['array-016-last-error-wins', 'BUG-ARRAY-01'],
  }),
  property({
    rules: ['ARRAY-017'],
    plan: `In all-mode an armed array with a failed child never shows success.
      - a failing and a good child at once; the failing one during the enabling walk`,
    programs: [
      program('armed', {
        setup: `${FAILING}; a = array.create([f, g]); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(f)', B: 'fence.signal(g)' },
        teardown: 's = fence.getStatus(a)',
      }),
      program('walk', {
        setup: `${FAILING}; a = array.create([g, f]); fence.signal(g)`,
        tasks: { A: 'fence.enableSwSignaling(a)', B: 'fence.signal(f)' },
        teardown: 's = fence.getStatus(a)',
      }),
    ],
    holds: results({ armed: { s: -5 }, walk: { s: -5 } }),
    witness: {
      failsFirst: reached((run) => {
        const [counted] = sighted(run, 'a.array', 'countDown');
        return counted?.task === 'A';
      }),
      failsLast: reached((run) => {
        const [counted] = sighted(run, 'a.array', 'countDown');
        return counted?.task === 'B';
      }),
    },
    faults: ['array-017-counts-first', 'BUG-ARRAY-01'],
  }),
  property({
    rules: ['ARRAY-018'],
    plan: `In any-mode an error counts if it is recorded before completion clears the marker.
      - a good child, then a failing one after completion; both at once`,
    programs: [
      program('late', {
        setup: `${FAILING}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: {
          A: 'fence.signal(g); s0 = fence.getStatus(a); fence.signal(f); s = fence.getStatus(a)',
        },
      }),
      program('early', {
        setup: `${FAILING}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(f); s = fence.getStatus(a); fence.signal(g)' },
      }),
      program('at-once', {
        setup: `${FAILING}; a = array.create([f, g], any: true); fence.enableSwSignaling(a)`,
        tasks: { A: 'fence.signal(g)', B: 'fence.signal(f)' },
        teardown: 's = fence.getStatus(a)',
      }),
    ],
    holds: (run) =>
      run.program.name === 'at-once'
        ? errorIsInTime(run)
        : results({ late: { s0: 1, s: 1 }, early: { s: -5 } })(run),
    witness: {
      stampedLate: reached((run) => {
        const zero = sighted(run, 'a.array', 'countDown').find(({ result }) => result === 1);
        return zero?.task === 'A' && resultNamed(run, 's') === -5;
      }),
      dropped: reached((run) => run.program.name === 'at-once' && resultNamed(run, 's') === 1),
    },
    faults: ['array-018-marker-stays', 'array-018-cleared-by-the-child', 'BUG-ARRAY-01'],
  }),
];
