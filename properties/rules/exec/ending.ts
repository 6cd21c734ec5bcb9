import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import {
  EDEADLK,
  EINTR,
  elder,
  ENOMEM,
  ORDERED,
  reports,
  RESERVATIONS,
  withObjects,
  younger,
} from './programs.ts';

const INTERRUPTIBLE = '[interruptible]';

/** B waits for an object that somebody else has, without being in the way of anybody older. */
const waits = (flags: string): string =>
  `task.sleep(5); y = exec.init(${flags}); exec.pass(y); l = exec.lock(y, b)
    e = exec.lock(y, a); w = exec.look(y); exec.fini(y)`;

/** B waits for what was in its way. */
const waitsAhead = (flags: string): string =>
  `${younger(flags)}; q = exec.pass(y); n = exec.lock(y, b); w = exec.look(y); r = exec.pass(y)
    exec.fini(y); task.sleep(20); k = exec.references(a)`;

const SIGNAL = 'task.sleep(10); task.interrupt(B)';
/** Plain locks are in nobody's way: whoever comes waits. */
const HOLDER = 'resv.lock(ra); task.sleep(20); resv.unlock(ra)';

/** A root, two objects of their own reservations, one of the root's, and addresses of them. */
const RANGE = `root = exec.object(); a = exec.object(); c = exec.object(); s = exec.object(root)
  v = vm.create(root); vm.bind(v, 0, 1, a); vm.bind(v, 1, 1); vm.bind(v, 2, 1, c)
  vm.bind(v, 3, 2, s); vm.bind(v, 8, 1); f = fence.create(1, 1); ra = exec.resv(a)
  rc = exec.resv(c); rr = exec.resv(root)`;

/** Locks a range, adds a fence to all of it, and looks where it is. */
function overRange(start: number, length: number): string {
  return `y = exec.init([ignoreDuplicates]); e = vm.lockRange(y, v, ${start}, ${length})
    w = exec.look(y); exec.add(y, f, READ); exec.fini(y); sa = resv.slots(ra)
    sc = resv.slots(rc); sr = resv.slots(rr); h = exec.holder(a)`;
}

const FILLED = { e: 0, w: 'root a c', sa: 'f/READ', sc: 'f/READ', sr: 'f/READ' };
const EMPTY = { e: 0, w: 'root', sa: '', sc: '', sr: 'f/READ' };
const RANGES = { across: FILLED, contended: FILLED, 'nothing-behind-it': EMPTY, unbound: EMPTY };

/** Properties of how transactions end: well, by a signal, or misused. */
export const ENDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['EXEC-007'],
    plan: `A signal ends the normal and the slow lock of an interruptible transaction with -EINTR,
      and then nothing is in the way any more; others wait on.
      - both locks, with and without the flag`,
    programs: [
      withObjects('normal', {
        setup: RESERVATIONS,
        tasks: { H: HOLDER, B: waits(INTERRUPTIBLE), S: SIGNAL },
      }),
      withObjects('normal-patient', {
        setup: RESERVATIONS,
        tasks: { H: HOLDER, B: waits('[]'), S: SIGNAL },
      }),
      withObjects('slow', {
        tasks: { E: elder('a'), B: waitsAhead(INTERRUPTIBLE), S: SIGNAL },
      }),
      withObjects('slow-patient', { tasks: { E: elder('a'), B: waitsAhead('[]'), S: SIGNAL } }),
    ],
    schedules: ORDERED,
    forbids: ['refinement', 'leak', 'refcount', 'livelock'],
    holds: results({
      normal: { l: 0, e: EINTR, w: 'b' },
      'normal-patient': { l: 0, e: 0, w: 'b a' },
      slow: { e: EDEADLK, q: true, n: EINTR, w: '', r: false, k: 2 },
      'slow-patient': { e: EDEADLK, q: true, n: 0, w: 'b; ahead a', r: false, k: 2 },
    }),
    witness: { slow: reached((run) => resultNamed(run, 'n') === EINTR) },
    faults: [
      'exec-007-deaf',
      'exec-007-slow-is-deaf',
      'exec-007-keeps-the-mark',
      'exec-007-keeps-the-reference',
    ],
  }),
  property({
    rules: ['EXEC-010'],
    plan: `Behind the loop nothing more is locked: whoever tries is reported, once.`,
    programs: [
      withObjects('late', {
        tasks: {
          B: `y = exec.init(); exec.pass(y); l = exec.lock(y, a); q = exec.pass(y)
            n = exec.lock(y, b); exec.fini(y)`,
        },
      }),
    ],
    schedules: ORDERED,
    // The lifecycles of the ticket and of the transaction forbid it, besides.
    allows: ['lock-misuse', 'refinement'],
    holds: (run) => (reports(run) === 1 ? null : `${reports(run)} reports`),
    witness: { reported: reached((run) => reports(run) === 1) },
    faults: ['exec-010-stays-open'],
  }),
  property({
    rules: ['EXEC-010'],
    plan: `Behind the loop fences are added. The end unlocks all, and ends the ticket.
      - an end behind the loop, before it, within it; another transaction comes behind it`,
    programs: [
      withObjects('in-time', {
        setup: 'f = fence.create(1, 1); ra = exec.resv(a)',
        tasks: {
          B: `y = exec.init(); exec.pass(y); l = exec.prepare(y, a); m = exec.prepare(y, b)
            q = exec.pass(y); exec.add(y, f, WRITE); exec.fini(y); s = resv.slots(ra)
            ha = exec.holder(a); hb = exec.holder(b); k = exec.references(a)`,
        },
      }),
      withObjects('unopened', {
        tasks: { B: 'y = exec.init(); exec.fini(y); h = exec.holder(a)' },
      }),
      withObjects('left', {
        tasks: {
          B: `y = exec.init(); exec.pass(y); l = exec.lock(y, a); exec.fini(y); h = exec.holder(a)
            z = exec.init(); exec.pass(z); m = exec.lock(z, a); q = exec.pass(z); exec.fini(z)`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['lockdep', 'lock-misuse', 'leak', 'refinement', 'refcount'],
    holds: results({
      'in-time': { l: 0, m: 0, q: false, s: 'f/WRITE', ha: 'free', hb: 'free', k: 2 },
      unopened: { h: 'free' },
      left: { l: 0, h: 'free', m: 0, q: false },
    }),
    witness: { added: reached((run) => resultNamed(run, 's') === 'f/WRITE') },
    faults: ['exec-010-stays-locked', 'exec-010-keeps-references', 'exec-010-keeps-the-ticket'],
  }),
  property({
    rules: ['EXEC-010', 'EXEC-006'],
    plan: `All objects of a range of addresses are locked at the end of the loop, and have places;
      mappings without an object are nothing to lock.
      - ranges with and without such mappings, empty ones; with too little memory`,
    programs: [
      program('across', { setup: RANGE, tasks: { B: overRange(0, 4) } }),
      program('nothing-behind-it', { setup: RANGE, tasks: { B: overRange(8, 1) } }),
      program('unbound', { setup: RANGE, tasks: { B: overRange(5, 3) } }),
      program('starved', {
        world: { failuresMax: 1 },
        setup: RANGE,
        tasks: {
          B: `y = exec.init([ignoreDuplicates]); e = vm.lockRange(y, v, 0, 4); exec.fini(y)
            h = exec.holder(a)`,
        },
      }),
      program('contended', {
        setup: RANGE,
        tasks: {
          E: `x = exec.init(); exec.pass(x); exec.lock(x, c); task.sleep(20); exec.fini(x)`,
          B: `task.sleep(5); ${overRange(0, 4)}`,
        },
      }),
    ],
    schedules: ORDERED,
    forbids: ['bug', 'leak', 'lockdep', 'lock-misuse'],
    holds: (run) => {
      if (resultNamed(run, 'h') !== 'free') return 'a is still locked';
      const error = resultNamed(run, 'e');
      if (run.program.name !== 'starved') return results(RANGES)(run);
      return error === 0 || error === ENOMEM ? null : `the range gives ${String(error)}`;
    },
    witness: {
      starved: reached((run) => resultNamed(run, 'e') === ENOMEM),
      skipped: reached((run) => resultNamed(run, 'w') === 'root a c'),
    },
    faults: ['BUG-EXEC-01', 'exec-010-range-ends-early'],
  }),
];
