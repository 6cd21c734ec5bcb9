import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { mustCrash } from './crashes.ts';

const EALREADY = -114;
const EDEADLK = -35;
const EINTR = -4;

const ONE_EACH = `r = resv.create(); f = fence.create(); g = fence.create(); resv.lock(r)
  resv.reserve(r, 2); resv.add(r, f, WRITE); resv.add(r, g, BOOKKEEP); resv.unlock(r)`;

/** Every question, once. */
function askAll(suffix: string): string {
  return `t${suffix} = resv.test(r, READ); w${suffix} = resv.wait(r, READ, 0)
    l${suffix} = resv.listFences(r, READ); s${suffix} = resv.getSingleton(r, READ)
    resv.setDeadline(r, READ, 5000); k${suffix} = resv.walk(r, READ)`;
}

const answers = (suffix: string): Record<string, boolean | number | string> => ({
  [`t${suffix}`]: false,
  [`w${suffix}`]: 0,
  [`l${suffix}`]: 'f',
  [`s${suffix}`]: 'f',
  [`k${suffix}`]: 'f',
});

/** Slots: f is done, g pending; then room for one more, and h is added. */
const REUSE = {
  setup: `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
    resv.lock(r); resv.reserve(r, 2); resv.add(r, f, WRITE); resv.add(r, g, WRITE)
    resv.unlock(r); fence.signal(f)`,
  tasks: {
    A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, h, READ); slots = resv.slots(r)
      resv.unlock(r)`,
  },
};

/** Properties of the lock, and of who needs it. */
export const LOCK_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-003'],
    plan: `The calls that lock a reservation are those of its mutex, with their codes.
      - free, taken by the same context, by an older one; slowly afterwards; without a context
      - interrupted while somebody holds it, also on the slow way`,
    programs: [
      program('twice', {
        setup: 'r = resv.create()',
        tasks: {
          A: `x = ww.init(); a = resv.lock(r, x); b = resv.lock(r, x)
            c = resv.lockInterruptible(r, x); resv.unlock(r); d = resv.isLocked(r); ww.fini(x)`,
        },
      }),
      program('younger', {
        setup: 'r = resv.create(); s = resv.create()',
        tasks: {
          A: 'x = ww.init(); resv.lock(r, x); task.sleep(20); resv.unlock(r); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(); resv.lock(s, y); a = resv.lockInterruptible(r, y)
            resv.unlock(s); resv.lockSlow(r, y); c = resv.lockingContext(r); resv.unlock(r)
            ww.fini(y)`,
        },
      }),
      program('interrupted', {
        setup: 'r = resv.create(); s = resv.create()',
        tasks: {
          A: 'x = ww.init(); resv.lock(r, x); task.sleep(20); resv.unlock(r); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(); resv.lock(s, y); a = resv.lockInterruptible(r, y)
            resv.unlock(s); task.interrupt(B); b = resv.lockSlowInterruptible(r, y); ww.fini(y)
            c = resv.lockInterruptible(r)`,
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 5, seed: 1 }],
    allows: ['lock-misuse'],
    holds: results({
      twice: { a: 0, b: EALREADY, c: EALREADY, d: false },
      younger: { a: EDEADLK, c: 'y' },
      interrupted: { a: EDEADLK, b: EINTR, c: EINTR },
    }),
    witness: {
      failed: reached((run) => resultNamed(run, 'a') === EDEADLK, 2),
      interrupted: reached((run) => resultNamed(run, 'b') === EINTR),
    },
    faults: ['resv-003-forgets-the-context', 'resv-003-slow-is-deaf'],
  }),
  property({
    rules: ['RESV-004'],
    plan: `A trylock takes no context, and says whether it got the lock.
      - free, with a context begun; held by another task`,
    programs: [
      program('trylock', {
        setup: 'r = resv.create()',
        tasks: {
          A: `x = ww.init(); a = resv.trylock(r); c = resv.lockingContext(r); task.sleep(10)
            resv.unlock(r); ww.fini(x)`,
          B: 'task.sleep(5); b = resv.trylock(r)',
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 5, seed: 1 }],
    holds: results({ trylock: { a: true, c: 'none', b: false } }),
    witness: { refused: reached((run) => resultNamed(run, 'b') === false) },
    faults: ['resv-004-takes-the-context'],
  }),
  property({
    rules: ['RESV-005'],
    plan: `Whoever asks learns whether an object is locked, and with which context.
      - unlocked, with a context, without one, by a trylock; asked by another task
      - unlocked again after a context has had it`,
    programs: [
      program('states', {
        setup: 'r = resv.create()',
        tasks: {
          A: `x = ww.init(); resv.lock(r, x); task.sleep(10); resv.unlock(r); task.sleep(10)
            resv.lock(r); task.sleep(10); resv.unlock(r); resv.trylock(r); task.sleep(10)
            resv.unlock(r); ww.fini(x)`,
          B: `task.sleep(5); l1 = resv.isLocked(r); c1 = resv.lockingContext(r); task.sleep(10)
            l2 = resv.isLocked(r); c2 = resv.lockingContext(r); task.sleep(10)
            l3 = resv.isLocked(r); c3 = resv.lockingContext(r); task.sleep(10)
            l4 = resv.isLocked(r); c4 = resv.lockingContext(r); task.sleep(10)
            l5 = resv.isLocked(r); c5 = resv.lockingContext(r)`,
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 5, seed: 1 }],
    holds: results({
      states: {
        l1: true,
        c1: 'x',
        l2: false,
        c2: 'none',
        l3: true,
        c3: 'none',
        l4: true,
        c4: 'none',
        l5: false,
        c5: 'none',
      },
    }),
    witness: { context: reached((run) => resultNamed(run, 'c1') === 'x') },
    faults: ['resv-005-asks-for-its-own', 'resv-005-remembers'],
  }),
  property({
    rules: ['RESV-007'],
    plan: `Whoever only asks needs no lock, and may hold it.
      - each question without the lock and with it`,
    programs: [
      program('asked', {
        setup: ONE_EACH,
        tasks: { A: `${askAll('0')}; resv.lock(r); ${askAll('1')}; resv.unlock(r)` },
      }),
    ],
    forbids: ['lock-misuse', 'lockdep', 'deadlock'],
    holds: results({ asked: { ...answers('0'), ...answers('1') } }),
    witness: { held: reached((run) => resultNamed(run, 'k1') === 'f') },
    faults: ['resv-007-asks-for-the-lock', 'resv-007-takes-the-lock'],
  }),
  property({
    rules: ['RESV-008'],
    plan: `A kernel that debugs its mutexes takes back at unlock what was promised and not used; so
      each later reservation makes a new list, without what is done. Another kernel does neither.
      - promised, unlocked, added; a slot that is done, in both kernels`,
    programs: [
      program('debug-reuse', REUSE),
      program('stock-reuse', { world: { lockProving: false }, ...REUSE }),
      program('debug-late', {
        setup: 'r = resv.create(); f = fence.create()',
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 1); resv.unlock(r); resv.lock(r); resv.add(r, f, READ)',
        },
      }),
      program('stock-late', {
        world: { lockProving: false },
        setup: 'r = resv.create(); f = fence.create()',
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); resv.unlock(r); resv.lock(r); resv.add(r, f, READ)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['bug'],
    holds: both(
      results({
        'debug-reuse': { slots: 'g/WRITE h/READ' },
        'stock-reuse': { slots: 'h/READ g/WRITE' },
        'debug-late': {},
        'stock-late': { slots: 'f/READ' },
      }),
      (run) => (run.program.name === 'debug-late' ? 'a promise outlived its lock session' : null),
    ),
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'debug-late'),
    witness: { reused: reached((run) => resultNamed(run, 'slots') === 'h/READ g/WRITE') },
    faults: ['resv-021-outlives-the-lock', 'resv-008-always-takes-back'],
  }),
];
