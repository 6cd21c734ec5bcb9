import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { crashesInLastCall, mustCrash } from './crashes.ts';

const FIVE = `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
  i = fence.create(); j = fence.create()`;
/** A list has four slots at first. */
const ALL_BUT_ONE = `resv.lock(r); resv.reserve(r, 1); resv.add(r, f, WRITE)
  resv.add(r, g, WRITE); resv.add(r, h, WRITE)`;

/** The list has at least this many slots. */
function hasRoom(run: Run): string | null {
  const wanted = { one: 4, six: 8, double: 8, beyond: 21, empty: 4 };
  const name = run.program.name as keyof typeof wanted; // The programs of RESV-017.
  const max = Number(resultNamed(run, 'max'));
  return max >= wanted[name] ? null : `${name}: there are ${max} slots, not ${wanted[name]}`;
}

/** Without memory nothing has changed. */
function isUnchanged(run: Run): string | null {
  const result = resultNamed(run, 'result');
  const isSame = resultNamed(run, 'before') === resultNamed(run, 'after');
  if (result === 0) return isSame ? 'the call promises slots that do not exist' : null;
  if (!isSame) return 'the list was exchanged';
  if (run.program.name === 'fresh') return results({ fresh: { result: -12 } })(run);
  return results({ filled: { result: -12, slots: 'f/WRITE g/READ', refs: 2 } })(run);
}

/** Properties of reserving slots. */
export const RESERVING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-015'],
    plan: `Reserving nothing is complained about, refused, and changes nothing.
      - without a list, and with one`,
    programs: [
      program('nothing', {
        setup: FIVE,
        tasks: {
          A: `resv.lock(r); e = resv.reserve(r, 0); none = resv.list(r); resv.reserve(r, 2)
            before = resv.list(r); d = resv.reserve(r, 0); after = resv.list(r)
            max = resv.max(r); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: both(
      results({ nothing: { e: -22, none: 'none', d: -22, max: 4 } }),
      (run) => (warnings(run) === 2 ? null : `${warnings(run)} warnings instead of 2`),
      (run) =>
        resultNamed(run, 'before') === resultNamed(run, 'after') ? null : 'the list was exchanged',
    ),
    witness: { refused: reached((run) => resultNamed(run, 'd') === -22) },
    faults: ['resv-015-accepts', 'resv-015-silent'],
  }),
  property({
    rules: ['RESV-016'],
    plan: `A reservation that fits returns 0 and leaves the list as it is.
      - exactly fitting, with fences inside, one of them done`,
    programs: [
      program('fits', {
        setup: FIVE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); before = resv.list(r); resv.add(r, f, WRITE)
            resv.add(r, g, READ); fence.signal(f); e = resv.reserve(r, 2); after = resv.list(r)
            slots = resv.slots(r); max = resv.max(r); resv.unlock(r)`,
        },
      }),
    ],
    holds: both(results({ fits: { e: 0, slots: 'f/WRITE g/READ', max: 4 } }), (run) =>
      resultNamed(run, 'before') === resultNamed(run, 'after') ? null : 'the list was exchanged',
    ),
    witness: { fits: reached((run) => resultNamed(run, 'e') === 0) },
    faults: ['resv-016-always-grows'],
  }),
  property({
    rules: ['RESV-017'],
    plan: `A new list has room for what is asked, for twice the old one, and for at least four.
      - one and six in a fresh object, one more in a full list, many, a list without room
      - as many adds as were reserved`,
    programs: [
      program('one', {
        setup: FIVE,
        tasks: { A: 'resv.lock(r); resv.reserve(r, 1); max = resv.max(r); resv.unlock(r)' },
      }),
      program('six', {
        setup: `${FIVE}; k = fence.create()`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 6); max = resv.max(r)
            ${['f', 'g', 'h', 'i', 'j', 'k'].map((name) => `resv.add(r, ${name}, READ)`).join(';')}
            resv.unlock(r)`,
        },
      }),
      program('double', {
        setup: FIVE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4)
            ${['f', 'g', 'h', 'i'].map((name) => `resv.add(r, ${name}, READ)`).join(';')}
            resv.reserve(r, 1); max = resv.max(r); resv.add(r, j, READ); resv.unlock(r)`,
        },
      }),
      program('beyond', {
        setup: FIVE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.reserve(r, 20)
            max = resv.max(r); resv.unlock(r)`,
        },
      }),
      program('empty', {
        setup: `${FIVE}; resv.lock(r); resv.reserve(r, 1); resv.unlock(r)`,
        tasks: { A: 'resv.lock(r); resv.reserve(r, 1); max = resv.max(r); resv.unlock(r)' },
      }),
    ],
    forbids: ['bug'],
    holds: hasRoom,
    witness: {
      fresh: reached((run) => run.program.name === 'six' && Number(resultNamed(run, 'max')) >= 6),
      grown: reached((run) => run.program.name === 'double' || run.program.name === 'beyond', 2),
    },
    faults: ['resv-017-just-enough', 'BUG-RESV-03'],
  }),
  property({
    rules: ['RESV-019'],
    plan: `Without memory for a larger list the object stays as it is.
      - a fresh object; fences inside, one of them done`,
    programs: [
      program('fresh', {
        world: { failuresMax: 1 },
        setup: 'r = resv.create()',
        tasks: {
          A: `resv.lock(r); before = resv.list(r); result = resv.reserve(r, 5)
            after = resv.list(r); resv.unlock(r)`,
        },
      }),
      program('filled', {
        world: { failuresMax: 1 },
        setup: `${FIVE}; resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE)
          resv.add(r, g, READ); resv.unlock(r); fence.signal(g)`,
        tasks: {
          A: `resv.lock(r); before = resv.list(r); result = resv.reserve(r, 5)
            after = resv.list(r); slots = resv.slots(r); refs = inspect.references(g)
            resv.unlock(r)`,
        },
      }),
    ],
    holds: isUnchanged,
    witness: { failed: reached((run) => resultNamed(run, 'result') === -12, 2) },
    faults: ['resv-019-drops-the-list', 'resv-019-hides-the-failure'],
  }),
  property({
    rules: ['RESV-020'],
    plan: `Reservations do not add up: twice one slot promises one slot.
      - one slot left, reserve(1) twice, two adds: the second is a BUG; reserve(2) as control`,
    programs: [
      program('twice', {
        setup: FIVE,
        tasks: {
          A: `${ALL_BUT_ONE}; resv.reserve(r, 1); resv.reserve(r, 1); resv.add(r, i, WRITE)
            resv.add(r, j, WRITE)`,
        },
      }),
      program('at-once', {
        setup: FIVE,
        tasks: {
          A: `${ALL_BUT_ONE}; resv.reserve(r, 2); resv.add(r, i, WRITE); resv.add(r, j, WRITE)
            resv.unlock(r)`,
        },
      }),
    ],
    allows: ['bug'],
    holds: (run) => (run.program.name === 'at-once' ? null : 'the second add found a slot'),
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'twice'),
    witness: { crashed: reached(crashesInLastCall) },
    faults: ['resv-020-adds-up'],
  }),
  property({
    rules: ['RESV-021'],
    plan: `A reservation ends with the lock session (on a kernel that proves locks).
      - what is promised before and after; an add in the next session is a BUG
      - the same session as control`,
    programs: [
      program('taken-back', {
        setup: FIVE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, f, WRITE); resv.reserve(r, 1)
            held = resv.max(r); resv.unlock(r); free = resv.max(r)`,
        },
      }),
      program('too-late', {
        setup: FIVE,
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 1); resv.unlock(r); resv.lock(r); resv.add(r, f, READ)',
        },
      }),
      program('in-time', {
        setup: FIVE,
        tasks: { A: 'resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)' },
      }),
    ],
    allows: ['bug'],
    holds: (run) => {
      if (run.program.name === 'taken-back') {
        return results({ 'taken-back': { held: 4, free: 1 } })(run);
      }
      return run.program.name === 'in-time' ? null : 'a slot outlived its lock session';
    },
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'too-late'),
    witness: { crashed: reached(crashesInLastCall) },
    faults: ['resv-021-outlives-the-lock'],
  }),
];
