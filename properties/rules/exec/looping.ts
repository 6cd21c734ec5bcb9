import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import {
  EDEADLK,
  elder,
  lockTrail,
  ORDERED,
  passesAgain,
  RESERVATIONS,
  stamps,
  withObjects,
  younger,
} from './programs.ts';

const FREE = 'hb = exec.holder(b); hc = exec.holder(c)';
const again = reached((run) => passesAgain(run) > 0);

/** Whose locks, in order, belong to which program. */
function trails(expected: Readonly<Record<string, string>>) {
  return (run: Parameters<typeof lockTrail>[0]): string | null => {
    const { name } = run.program;
    const trail = lockTrail(run, 'B');
    return trail === expected[name] ? null : `${name}: ${trail}, not ${expected[name]}`;
  };
}

/** Properties of the loop, and of what is in the way. */
export const LOOPING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EXEC-001'],
    plan: `A pass begins with nothing locked, and with the ticket of the first pass.
      - the first pass; a restart with two objects in hand, which go the last one first; one that
        ends without a restart`,
    programs: [
      withObjects('restart', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `task.sleep(5); y = exec.init(); p = exec.pass(y); w0 = exec.look(y)
            l = exec.lock(y, b); m = exec.lock(y, c); e = exec.lock(y, a); q = exec.pass(y)
            w = exec.look(y); ${FREE}; n = exec.lock(y, c); f = exec.lock(y, a); o = exec.lock(y, b)
            r = exec.pass(y); v = exec.look(y); exec.fini(y)`,
        },
      }),
      withObjects('straight', {
        setup: RESERVATIONS,
        tasks: {
          B: `y = exec.init(); p = exec.pass(y); l = exec.lock(y, b); m = exec.lock(y, c)
            q = exec.pass(y); w = exec.look(y); exec.fini(y); ${FREE}`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['refinement'],
    holds: both(
      results({
        restart: {
          ...{ p: true, w0: '', l: 0, m: 0, e: EDEADLK, q: true, w: '; after a', hb: 'free' },
          ...{ hc: 'free', n: 0, f: 0, o: 0, r: false, v: 'c a b' },
        },
        straight: { p: true, l: 0, m: 0, q: false, w: 'b c', hb: 'free', hc: 'free' },
      }),
      trails({ restart: '+b +c -c -b +a +c +b -b -a -c', straight: '+b +c -c -b' }),
      (run) => {
        const wanted = run.program.name === 'restart' ? 'E 1; B 2 2' : 'B 1';
        const found = stamps(run);
        return found === wanted ? null : `stamps are ${found}, not ${wanted}`;
      },
    ),
    witness: { again },
    faults: ['exec-001-first-one-first', 'exec-001-new-ticket', 'exec-001-keeps-the-first'],
  }),
  property({
    rules: ['EXEC-002'],
    plan: `What was in the way is waited for before anything else is locked, and stays locked ahead
      until it is named; a reference keeps it until then.
      - another object is named first; the same one is; its owner lets go of it meanwhile`,
    programs: [
      withObjects('other-first', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `${younger()}; q = exec.pass(y); n = exec.lock(y, c); w = exec.look(y)
            h = exec.holder(a); f = exec.lock(y, a); r = exec.pass(y)
            v = exec.look(y); exec.fini(y)`,
        },
      }),
      withObjects('same-first', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `${younger()}; q = exec.pass(y); f = exec.lock(y, a); w = exec.look(y)
            n = exec.lock(y, b); r = exec.pass(y); v = exec.look(y); exec.fini(y)`,
        },
      }),
      withObjects('gone', {
        setup: 'z = exec.object(d)',
        tasks: {
          E: `x = exec.init(); exec.pass(x); exec.lock(x, z); exec.forget(z); task.sleep(20)
            exec.fini(x)`,
          B: `task.sleep(5); y = exec.init(); exec.pass(y); l = exec.lock(y, b); e = exec.lock(y, z)
            q = exec.pass(y); n = exec.lock(y, c); w = exec.look(y); r = exec.pass(y)
            v = exec.look(y); exec.fini(y)`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['refinement', 'use-after-free', 'refcount', 'leak', 'deadlock'],
    holds: both(
      results({
        'other-first': {
          ...{ l: 0, e: EDEADLK, q: true, n: 0, w: 'c; ahead a', h: 'B', f: 0 },
          ...{ r: false, v: 'c a' },
        },
        'same-first': { l: 0, e: EDEADLK, q: true, f: 0, w: 'a', n: 0, r: false, v: 'a b' },
        gone: { l: 0, e: EDEADLK, q: true, n: 0, w: 'c; ahead z', r: false, v: 'c' },
      }),
      (run) =>
        run.program.name === 'gone'
          ? null
          : trails({
              'other-first': '+b -b +a +c -a -c',
              'same-first': '+b -b +a +b -b -a',
            })(run),
    ),
    witness: { again, gone: reached((run) => run.program.name === 'gone' && passesAgain(run) > 0) },
    faults: ['exec-002-others-first', 'exec-002-no-reference', 'exec-002-does-not-wait'],
  }),
  property({
    rules: ['EXEC-003'],
    plan: `What is locked ahead and is never named is no member: it is given back at the end of the
      loop, at another contention, or with the transaction.
      - a list without it in the second pass; a second object in the way; the user leaves`,
    programs: [
      withObjects('list-changed', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `task.sleep(5); y = exec.init(); r = exec.lockAll(y, [b, a], [b, c])
            w = exec.look(y); h = exec.holder(a); exec.fini(y)`,
        },
      }),
      withObjects('second-contention', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          D: `u = exec.init(); exec.pass(u); exec.lock(u, d); task.sleep(40); exec.fini(u)`,
          B: `${younger()}; q = exec.pass(y); n = exec.lock(y, b); f = exec.lock(y, d)
            w = exec.look(y); s = exec.pass(y); v = exec.look(y); h = exec.holder(a)
            o = exec.lock(y, d); r = exec.pass(y); exec.fini(y)`,
        },
      }),
      withObjects('leaves', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `${younger()}; q = exec.pass(y); n = exec.lock(y, b); exec.fini(y)
            h = exec.holder(a); task.sleep(5); k = exec.references(a)`,
        },
      }),
      withObjects('leaves-at-once', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `${younger()}; exec.fini(y); task.sleep(30); h = exec.holder(a)
            k = exec.references(a)`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['refinement', 'leak', 'refcount', 'use-after-free'],
    holds: both(
      results({
        // The one that made it, and the twin, have references.
        'list-changed': { r: 0, w: 'b c', h: 'free' },
        'second-contention': {
          ...{ l: 0, e: EDEADLK, q: true, n: 0, f: EDEADLK, w: 'b; after d; ahead a', s: true },
          ...{ v: '; after d', h: 'free', o: 0, r: false },
        },
        leaves: { e: EDEADLK, q: true, n: 0, h: 'free', k: 2 },
        'leaves-at-once': { e: EDEADLK, h: 'free', k: 2 },
      }),
      (run) =>
        run.program.name === 'leaves-at-once'
          ? null
          : trails({
              'list-changed': '+b -b +a +b +c -a -c -b',
              'second-contention': '+b -b +a +b -b -a +d -d',
              leaves: '+b -b +a +b -b -a',
            })(run),
    ),
    witness: { dropped: reached((run) => run.sightings.some(({ name }) => name === 'drop'), 3) },
    faults: ['BUG-EXEC-02', 'exec-003-keeps-it', 'exec-003-keeps-its-reference'],
  }),
  property({
    rules: ['EXEC-008'],
    plan: `A pass that names nothing waits for what was in the way, all the same.
      - an empty list behind a contention; one without`,
    programs: [
      withObjects('empty', {
        setup: RESERVATIONS,
        tasks: {
          E: elder('a'),
          B: `${younger()}; q = exec.pass(y); n = exec.prepareArray(y, []); w = exec.look(y)
            r = exec.pass(y); v = exec.look(y); exec.fini(y)`,
        },
      }),
      withObjects('empty-from-the-start', {
        setup: RESERVATIONS,
        tasks: {
          B: `y = exec.init(); p = exec.pass(y); n = exec.prepareArray(y, []); r = exec.pass(y)
            exec.fini(y)`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['livelock', 'refinement'],
    holds: both(
      results({
        empty: { e: EDEADLK, q: true, n: 0, w: '; ahead a', r: false, v: '' },
        'empty-from-the-start': { p: true, n: 0, r: false },
      }),
      trails({ empty: '+b -b +a -a', 'empty-from-the-start': '' }),
    ),
    witness: { waited: reached((run) => resultNamed(run, 'w') === '; ahead a') },
    faults: ['exec-008-spins'],
  }),
];
