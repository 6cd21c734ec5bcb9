import { type Property, property, reached } from '../../check/property.ts';
import { both, differing, results, resultNamed } from '../../check/results.ts';
import type { Run } from '../../run/run.ts';
import {
  EALREADY,
  EDEADLK,
  elder,
  ENOMEM,
  ORDERED,
  STARVED,
  withObjects,
  younger,
} from './programs.ts';

const IGNORES = '[ignoreDuplicates]';
const FENCES = `f1 = fence.create(1, 1); f2 = fence.create(1, 2); f3 = fence.create(1, 3)
  f4 = fence.create(1, 4); f5 = fence.create(1, 5)
  ra = exec.resv(a)`;

/** Names one object twice, and another one with its reservation. */
const TWICE = `exec.pass(y); l = exec.lock(y, a); m = exec.lock(y, a); n = exec.lock(y, t)
  o = exec.lock(y, b); k = exec.references(t); q = exec.pass(y); w = exec.look(y); exec.fini(y)
  h = exec.holder(a)`;

/** Three of four places of a reservation are in use, and two fences are to be added. */
function twoFences(first: number, second: number): string {
  return `y = exec.init(${IGNORES}); exec.pass(y); exec.prepare(y, a); exec.add(y, f1, READ)
    exec.add(y, f2, READ); exec.add(y, f3, READ); p = exec.prepare(y, a, ${first})
    q = exec.prepare(y, t, ${second}); exec.pass(y); exec.add(y, f4, READ); exec.add(y, f5, READ)
    s = resv.slots(ra); exec.fini(y)`;
}

const overflows = (run: Run): boolean => run.violations.some(({ kind }) => kind === 'bug');

/** After a failure nothing of the object is left; without one it is a member. */
function allOrNothing(call: string): (run: Run) => string | null {
  return (run) => {
    const error = resultNamed(run, call);
    // The one that made it, and the twin, have references besides.
    const wanted = error === 0 ? ['a', 'B', 3] : ['', 'free', 2];
    const found = ['w', 'h', 'k'].map((name) => resultNamed(run, name));
    const isRight =
      (error === 0 || error === ENOMEM) && found.every((one, at) => one === wanted[at]);
    return isRight ? null : `${run.program.name}: ${String(error)}, and then ${found.join(', ')}`;
  };
}

const refused = reached((run) => ['p', 'q'].some((name) => resultNamed(run, name) === ENOMEM));

/** Names first what shares the reservation of the object that was in the way, and never that one. */
function twinOnly(flags: string): string {
  return `${younger(flags)}; q = exec.pass(y); n = exec.lock(y, t); w = exec.look(y)
    r = exec.pass(y); h = exec.holder(t); exec.fini(y); g = exec.holder(a); task.sleep(5)
    k = exec.references(a)`;
}

/** The same, and names the object behind it. */
function twinThenItself(flags: string): string {
  return `${younger(flags)}; q = exec.pass(y); n = exec.lock(y, t); f = exec.lock(y, a)
    r = exec.pass(y); v = exec.look(y); h = exec.holder(a); exec.fini(y)`;
}

/** Properties of what belongs to a transaction: duplicates, places for fences, failures. */
export const MEMBER_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EXEC-004'],
    plan: `A reservation is locked once: to name it again is -EALREADY, or 0 if duplicates are
      ignored, and then it is not tracked again.
      - the same object, another one of the same reservation; with and without the flag`,
    programs: [
      withObjects('refused', { tasks: { B: `y = exec.init(); ${TWICE}` } }),
      withObjects('ignored', { tasks: { B: `y = exec.init(${IGNORES}); ${TWICE}` } }),
    ],
    schedules: ORDERED,
    forbids: ['refinement', 'leak', 'lock-misuse'],
    holds: results({
      refused: { l: 0, m: EALREADY, n: EALREADY, o: 0, k: 1, q: false, w: 'a b', h: 'free' },
      ignored: { l: 0, m: 0, n: 0, o: 0, k: 1, q: false, w: 'a b', h: 'free' },
    }),
    witness: { ignored: reached((run) => resultNamed(run, 'n') === 0) },
    faults: ['exec-004-tracks-twins', 'exec-004-never-ignores', 'exec-004-always-ignores'],
  }),
  property({
    rules: ['EXEC-005'],
    plan: `Who names a reservation twice has places for the most that was asked for at once.
      - two fences behind 1 and 2, and behind 2 and 1, with one place left`,
    programs: [
      withObjects('one-and-two', { setup: FENCES, tasks: { B: twoFences(1, 2) } }),
      withObjects('two-and-one', { setup: FENCES, tasks: { B: twoFences(2, 1) } }),
    ],
    schedules: ORDERED,
    forbids: ['bug', 'refinement'],
    holds: (run) => differing(run, { p: 0, q: 0, s: 'f1/READ f2/READ f3/READ f4/READ f5/READ' }),
    witness: { five: reached((run) => resultNamed(run, 's') !== undefined, 2) },
    faults: ['exec-005-only-the-first'],
  }),
  property({
    rules: ['EXEC-005'],
    plan: `Places for fences do not add up: two for one make one.
      - two fences behind 1 and 1, with one place left: the second one meets the assertion`,
    programs: [withObjects('one-and-one', { setup: FENCES, tasks: { B: twoFences(1, 1) } })],
    schedules: ORDERED,
    allows: ['bug', 'leak'],
    // A run that crashes is not asked: the crash is what is wanted here.
    holds: (run) => (overflows(run) ? null : 'one place held two fences'),
    witness: { overflow: reached(overflows) },
    faults: ['exec-005-adds-up'],
  }),
  property({
    rules: ['EXEC-006'],
    plan: `Without memory for places the object that was locked is given back, also if an earlier call
      had locked it; so it is without memory for the list.
      - the first preparation; a second one, of more places, with duplicates ignored; a lock`,
    programs: [
      withObjects('first', {
        world: { failuresMax: 1 },
        tasks: {
          B: `y = exec.init(); exec.pass(y); p = exec.prepare(y, a); w = exec.look(y)
            h = exec.holder(a); k = exec.references(a); exec.fini(y)`,
        },
      }),
      withObjects('second', {
        world: { failuresMax: 1 },
        tasks: {
          B: `y = exec.init(${IGNORES}); exec.pass(y); l = exec.lock(y, a); q = exec.prepare(y, a, 5)
            w = exec.look(y); h = exec.holder(a); k = exec.references(a); exec.fini(y)`,
        },
      }),
      withObjects('list', {
        world: { failuresMax: 2 },
        tasks: {
          B: `y = exec.init(); exec.pass(y); p = exec.lock(y, a); w = exec.look(y)
            h = exec.holder(a); k = exec.references(a); exec.fini(y)`,
        },
      }),
    ],
    schedules: STARVED,
    forbids: ['refinement', 'leak', 'lock-misuse', 'lockdep'],
    holds: (run) => {
      const isSecond = run.program.name === 'second';
      if (isSecond && resultNamed(run, 'l') !== 0) return 'a lock has failed';
      return allOrNothing(isSecond ? 'q' : 'p')(run);
    },
    witness: { refused },
    faults: ['exec-006-stays-locked', 'exec-006-keeps-the-reference', 'exec-006-list-is-full'],
  }),
  property({
    rules: ['EXEC-012'],
    plan: `What is locked ahead counts for its reservation: another object of it takes it up. Linux
      6.12 looks for the object itself, calls the other one a duplicate, and gives the lock back.
      - both, with and without the flag; the object itself is named behind, and never`,
    programs: [
      ...(['', IGNORES] as const).flatMap((flags) =>
        [false, true].flatMap((execClaimsByName) => {
          const name = `${execClaimsByName ? 'by-name' : 'sane'}${flags === '' ? '' : '-ignoring'}`;
          const world = { execClaimsByName };
          return [
            withObjects(`${name}-only`, { world, tasks: { E: elder('a'), B: twinOnly(flags) } }),
            withObjects(`${name}-both`, {
              world,
              tasks: { E: elder('a'), B: twinThenItself(flags) },
            }),
          ];
        }),
      ),
    ],
    schedules: ORDERED,
    forbids: ['leak', 'lock-misuse'],
    holds: both(
      (run) => (resultNamed(run, 'e') === EDEADLK ? null : 'nothing was in the way'),
      results({
        'sane-only': { q: true, n: 0, w: 't', r: false, h: 'B', g: 'free', k: 2 },
        'sane-ignoring-only': { q: true, n: 0, w: 't', r: false, h: 'B', g: 'free', k: 2 },
        'sane-both': { n: 0, f: EALREADY, r: false, v: 't', h: 'B' },
        'sane-ignoring-both': { n: 0, f: 0, r: false, v: 't', h: 'B' },
        'by-name-only': { n: EALREADY, w: '; ahead a', r: false, h: 'free', g: 'free', k: 2 },
        'by-name-ignoring-only': { n: 0, w: '; ahead a', r: false, h: 'free', g: 'free', k: 2 },
        'by-name-both': { n: EALREADY, f: 0, r: false, v: 'a', h: 'B' },
        'by-name-ignoring-both': { n: 0, f: 0, r: false, v: 'a', h: 'B' },
      }),
    ),
    witness: {
      goesOnWithout: reached(
        (run) => resultNamed(run, 'n') === 0 && resultNamed(run, 'h') === 'free',
      ),
    },
    faults: ['exec-012-only-by-name', 'exec-012-never-by-name', 'exec-012-forgets-who-waited'],
  }),
];
