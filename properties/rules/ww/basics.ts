import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { takers, withOne, withBoth } from './programs.ts';

const EDEADLK = -35;

/** B, younger and with b, asks for a, which A holds. */
const YOUNGER_ASKS = {
  tasks: {
    A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
    B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y); h = ww.holder(a)
      ww.leave(a); ww.unlock(b); ww.fini(y)`,
  },
};

/** Properties of classes, contexts and stamps. */
export const BASIC_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-001'],
    plan: `The class decides who gives way: wait-die lets the younger one fail at once, wound-wait
      lets it wait. Reservation objects are wait-die.
      - the same conflict under both kinds`,
    programs: withBoth('younger-asks', YOUNGER_ASKS),
    holds: both(
      results({
        'younger-asks-wait-die': { r: EDEADLK, h: 'A with x' },
        'younger-asks-wound-wait': { r: 0, h: 'B with y' },
      }),
      ({ stack }) =>
        stack.reservationClass.algorithm === 'wait-die' ? null : 'reservations are not wait-die',
    ),
    witness: { failed: reached((run) => resultNamed(run, 'r') === EDEADLK) },
    faults: ['ww-001-always-wait-die'],
  }),
  property({
    rules: ['WW-002'],
    plan: `Stamps of a class begin with 1, are unique, and follow the order of init.
      - one after the other, in two classes; two tasks at once
      - a new context holds nothing and is not wounded`,
    programs: [
      program('in-turn', {
        setup: 'k = ww.class(wait-die); l = ww.class(wound-wait)',
        tasks: {
          A: `x = ww.init(k); s1 = ww.look(x); ww.fini(x); y = ww.init(k); s2 = ww.look(y)
            z = ww.init(l); s3 = ww.look(z); ww.fini(z); ww.fini(y)`,
        },
      }),
      program('at-once', {
        setup: 'k = ww.class(wait-die)',
        tasks: {
          A: 'x = ww.init(k); sx = ww.stamp(x); ww.fini(x)',
          B: 'y = ww.init(k); sy = ww.stamp(y); ww.fini(y)',
        },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'in-turn') {
        const news = { s1: 'stamp 1, 0 acquired', s2: 'stamp 2, 0 acquired' };
        return results({ 'in-turn': { ...news, s3: 'stamp 1, 0 acquired' } })(run);
      }
      const stamps = [resultNamed(run, 'sx'), resultNamed(run, 'sy')];
      return stamps.includes(1) && stamps.includes(2) ? null : `stamps are ${stamps.join(', ')}`;
    },
    witness: { second: reached((run) => resultNamed(run, 'sx') === 2, 2) },
    faults: ['ww-002-read-then-write'],
  }),
  property({
    rules: ['WW-003'],
    plan: `The older context wins, also when the counter has wrapped between the two.
      - the younger one asks the older, and the older one the younger`,
    programs: [
      program('younger-asks', {
        ...YOUNGER_ASKS,
        setup: 'k = ww.class(wait-die, 2147483646); a = ww.mutex(k); b = ww.mutex(k)',
      }),
      program('older-asks', {
        setup: 'k = ww.class(wait-die, 2147483646); a = ww.mutex(k); b = ww.mutex(k)',
        tasks: {
          A: `x = ww.init(k); ww.lock(a, x); task.sleep(10); r = ww.lock(b, x); h = ww.holder(b)
            ww.leave(b); ww.unlock(a); ww.fini(x)`,
          B: 'task.sleep(5); y = ww.init(k); ww.lock(b, y); task.sleep(20); ww.unlock(b); ww.fini(y)',
        },
      }),
    ],
    holds: results({
      'younger-asks': { r: EDEADLK, h: 'A with x' },
      'older-asks': { r: 0, h: 'A with x' },
    }),
    witness: { wrapped: reached((run) => resultNamed(run, 'r') === EDEADLK) },
    faults: ['ww-003-compares-plainly'],
  }),
  property({
    rules: ['WW-004'],
    plan: `A context keeps its stamp, whatever happens to it.
      - -EDEADLK, unlock, slow lock, and once more`,
    programs: [
      withOne('wait-die', 'backs-off', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); s1 = ww.stamp(y); ww.lock(b, y); r = ww.lock(a, y)
            s2 = ww.stamp(y); ww.unlock(b); ww.lockSlow(a, y); s3 = ww.stamp(y); ww.lock(b, y)
            ww.unlock(a); ww.unlock(b); s4 = ww.stamp(y); ww.fini(y)`,
        },
      }),
    ],
    holds: results({ 'backs-off': { s1: 2, r: EDEADLK, s2: 2, s3: 2, s4: 2 } }),
    witness: { backedOff: reached((run) => resultNamed(run, 'r') === EDEADLK) },
    faults: ['ww-004-stamped-anew'],
  }),
  property({
    rules: ['WW-005'],
    plan: `One task owns a mutex, however it came to it.
      - lock with and without a context, trylock; three tasks`,
    programs: withBoth('three', {
      tasks: {
        A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)',
        B: 'ww.lock(a); ww.unlock(a)',
        C: 't = ww.trylock(a); ww.leave(a)',
      },
    }),
    forbids: ['refinement'],
    holds: (run) => {
      const wanted = resultNamed(run, 't') === true ? 3 : 2;
      const order = takers(run, 'a');
      return order.split(' ').length === wanted ? null : `the mutex was taken by ${order}`;
    },
    witness: { contended: reached((run) => resultNamed(run, 't') === false, 10) },
    faults: ['ww-005-looks-then-takes'],
  }),
];
