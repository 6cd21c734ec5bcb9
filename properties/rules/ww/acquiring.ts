import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import type { Schedules } from '../../run/explore.ts';
import { reports, withOne, withBoth } from './programs.ts';

const EDEADLK = -35;
const EINTR = -4;
const EALREADY = -114;

/** Waiting happens without any preemption here; a second one changes little. */
const BRIEF: readonly Schedules[] = [
  { kind: 'bounded', preemptions: 1, runsMax: 1500 },
  { kind: 'random', runs: 200, seed: 1 },
];

/** Properties of lock calls with and without a context, of both kinds. */
export const ACQUIRING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-006'],
    plan: `A free mutex is taken: its context is set and counted.
      - with a signal pending, with a wound, with somebody in the queue`,
    programs: [
      ...withBoth('free', {
        tasks: {
          A: `x = ww.init(k); r = ww.lock(a, x); h = ww.holder(a); l = ww.look(x)
            q = ww.lock(b, x); m = ww.look(x); ww.unlock(b); ww.unlock(a); ww.fini(x)`,
        },
      }),
      withOne('wound-wait', 'wounded', {
        tasks: {
          A: `x = ww.init(k); ww.lock(b, x); task.sleep(10); ww.lock(c, x); ww.unlock(c)
            ww.unlock(b); ww.fini(x)`,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); task.sleep(10); task.interrupt(B)
            w = ww.look(y); r = ww.lockInterruptible(a, y); h = ww.holder(a); l = ww.look(y)
            ww.unlock(a); ww.unlock(c); ww.fini(y)`,
        },
      }),
    ],
    holds: (run) => {
      const free = {
        r: 0,
        h: 'A with x',
        l: 'stamp 1, 1 acquired',
        q: 0,
        m: 'stamp 1, 2 acquired',
      };
      const wounded = { w: 'stamp 2, 1 acquired, wounded', l: 'stamp 2, 2 acquired, wounded' };
      return results({
        'free-wait-die': free,
        'free-wound-wait': free,
        wounded: { ...wounded, r: 0, h: 'B with y' },
      })(run);
    },
    witness: { taken: reached((run) => resultNamed(run, 'r') === 0, 3) },
    faults: ['ww-006-uncounted'],
  }),
  property({
    rules: ['WW-007'],
    plan: `Without a context a mutex is a plain one: it waits for any holder, and leaves no context.
      - a holder with a context, older and younger waiters`,
    programs: withBoth('plain', {
      tasks: {
        A: 'x = ww.init(k); ww.lock(b, x); ww.lock(a, x); task.sleep(10); ww.unlock(a); task.sleep(20); ww.unlock(b); ww.fini(x)',
        B: 'task.sleep(5); r = ww.lock(a); h = ww.holder(a); ww.unlock(a); f = ww.holder(a)',
      },
    }),
    holds: (run) => {
      const wanted = { r: 0, h: 'B', f: 'free' };
      return results({ 'plain-wait-die': wanted, 'plain-wound-wait': wanted })(run);
    },
    witness: { waited: reached((run) => resultNamed(run, 'r') === 0) },
    faults: ['ww-007-keeps-the-context'],
  }),
  property({
    rules: ['WW-008'],
    plan: `A context that holds the mutex is told so at once, and nothing changes.
      - with and without others in the queue; with a wound`,
    programs: withBoth('twice', {
      tasks: {
        A: `e = ww.init(k); ww.lock(b, e); task.sleep(10); ww.lock(a, e); ww.unlock(a)
          ww.unlock(b); ww.fini(e)`,
        B: `task.sleep(5); x = ww.init(k); ww.lock(a, x); r1 = ww.lock(a, x); task.sleep(10)
          r2 = ww.lockInterruptible(a, x); h = ww.holder(a); w = ww.waiters(a); l = ww.stamp(x)
          ww.unlock(a); ww.fini(x)`,
      },
    }),
    holds: (run) => {
      const wanted = { r1: EALREADY, r2: EALREADY, h: 'B with x', w: 'A/e', l: 2 };
      return results({ 'twice-wait-die': wanted, 'twice-wound-wait': wanted })(run);
    },
    forbids: ['deadlock', 'lockdep', 'refinement'],
    witness: { told: reached((run) => resultNamed(run, 'r2') === EALREADY) },
    faults: ['ww-008-waits-for-itself'],
  }),
  property({
    rules: ['WW-009'],
    plan: `Without a context, who locks twice waits for itself, and lockdep says so.
      - ended by a signal; control: the second lock is a trylock`,
    programs: [
      ...withBoth('twice', {
        tasks: {
          A: 'ww.lock(a); r = ww.lockInterruptible(a); ww.unlock(a)',
          B: 'task.sleep(10); w = ww.waiters(a); task.interrupt(A)',
        },
      }),
      withOne('wait-die', 'tried-ok', {
        tasks: { A: 'ww.lock(a); r = ww.trylock(a); ww.unlock(a)' },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 500 }],
    allows: ['lockdep', 'refinement'],
    holds: (run) => {
      const wanted = { r: EINTR, w: 'A' };
      const isMisuse = run.program.name.startsWith('twice');
      const wrong = results({
        'twice-wait-die': wanted,
        'twice-wound-wait': wanted,
        'tried-ok': { r: false },
      })(run);
      if (wrong !== null) return wrong;
      return reports(run) === (isMisuse ? 1 : 0) ? null : `${reports(run)} reports`;
    },
    witness: { waited: reached((run) => resultNamed(run, 'r') === EINTR) },
    faults: ['ww-009-already', 'ww-048-unproven'],
  }),
  property({
    rules: ['WW-010'],
    plan: `A context that holds nothing waits, whoever holds the mutex or waits for it.
      - an older holder, an older waiter, an older one that comes later`,
    programs: [
      ...withBoth('older-holder', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: 'task.sleep(5); y = ww.init(k); r = ww.lock(a, y); ww.leave(a); ww.fini(y)',
        },
      }),
      ...withBoth('older-waiters', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(b, x); task.sleep(15); ww.lock(a, x); ww.unlock(a); ww.unlock(b); ww.fini(x)',
          H: 'ww.lock(a); task.sleep(30); ww.unlock(a)',
          B: 'task.sleep(5); y = ww.init(k); r = ww.lock(a, y); ww.leave(a); ww.fini(y)',
          C: 'task.sleep(20); z = ww.init(k); q = ww.lock(a, z); ww.leave(a); ww.fini(z)',
        },
      }),
    ],
    schedules: BRIEF,
    holds: (run) => {
      const [r, q] = [resultNamed(run, 'r'), resultNamed(run, 'q') ?? 0];
      return r === 0 && q === 0 ? null : `${String(r)} and ${String(q)}, holding nothing`;
    },
    witness: { waited: reached((run) => resultNamed(run, 'q') === 0, 2) },
    faults: ['ww-010-kills-the-innocent'],
  }),
  property({
    rules: ['WW-011'],
    plan: `After -EDEADLK or -EINTR the caller has not got the mutex, waits no more, and holds what
      it held before.`,
    programs: [
      withOne('wait-die', 'deadlock', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); w2 = ww.waiters(a); ww.unlock(a); f = ww.wantsHandOff(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y); h = ww.holder(a)
            w = ww.waiters(a); l = ww.look(y); ww.unlock(b); ww.fini(y)`,
        },
      }),
      ...withBoth('interrupt', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); task.interrupt(B); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: `y = ww.init(k); ww.lock(b, y); task.sleep(5); r = ww.lockInterruptible(a, y)
            h = ww.holder(a); w = ww.waiters(a); l = ww.look(y); ww.unlock(b); ww.fini(y)`,
        },
        setup: '',
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 2000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      const [r, l] = [resultNamed(run, 'r'), String(resultNamed(run, 'l'))];
      const isMeant = r === EDEADLK || r === EINTR;
      if (!isMeant || resultNamed(run, 'h') !== 'A with x' || resultNamed(run, 'w') !== '') {
        return `${String(r)}, ${String(resultNamed(run, 'h'))}, waiters ${String(resultNamed(run, 'w'))}`;
      }
      return l.includes('1 acquired') ? null : `the context has ${l}`;
    },
    forbids: ['refinement', 'deadlock'],
    witness: {
      deadlock: reached((run) => resultNamed(run, 'r') === EDEADLK),
      interrupt: reached((run) => resultNamed(run, 'r') === EINTR),
    },
    faults: ['ww-011-stays-in-the-queue'],
  }),
  property({
    rules: ['WW-012'],
    plan: `The mutex comes before both errors, a signal before backing off, and the -EDEADLK of
      queueing before both.
      - free, with a signal; an older holder and a signal; an older waiter and a signal
      - woken up by the unlock, with a signal`,
    programs: [
      withOne('wait-die', 'free', {
        tasks: {
          A: `x = ww.init(k); task.interrupt(A); r = ww.lockInterruptible(a, x); ww.leave(a)
            ww.fini(x)`,
        },
      }),
      withOne('wait-die', 'older-holder', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); task.interrupt(B)
            r = ww.lockInterruptible(a, y); ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'older-waiter', {
        tasks: {
          H: 'ww.lock(a); task.sleep(30); ww.unlock(a)',
          A: 'x = ww.init(k); task.sleep(5); ww.lock(a, x); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(10); y = ww.init(k); ww.lock(b, y); task.interrupt(B)
            r = ww.lockInterruptible(a, y); ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'unlocked', {
        tasks: {
          A: 'ww.lock(a); task.sleep(10); ww.unlock(a); task.interrupt(B)',
          B: 'task.sleep(5); r = ww.lockInterruptible(a); ww.leave(a)',
        },
      }),
    ],
    holds: results({
      free: { r: 0 },
      'older-holder': { r: EINTR },
      'older-waiter': { r: EDEADLK },
      // When it looks at its signals, the mutex has been given up before.
      unlocked: { r: 0 },
    }),
    witness: { signal: reached((run) => resultNamed(run, 'r') === EINTR) },
    faults: ['ww-012-dies-first', 'ww-012-signal-before-try'],
  }),
  property({
    rules: ['WW-013'],
    plan: `Only an interruptible call that would sleep is interrupted.
      - with a free and with a held mutex; the plain call with a held one`,
    programs: [
      ...withBoth('free', {
        tasks: {
          A: 'x = ww.init(k); task.interrupt(A); r = ww.lockInterruptible(a, x); ww.leave(a); ww.fini(x)',
        },
      }),
      ...withBoth('held', {
        tasks: {
          A: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
          B: 'task.sleep(5); task.interrupt(B); x = ww.init(k); r = ww.lockInterruptible(a, x); h = ww.holder(a); ww.leave(a); ww.fini(x)',
        },
      }),
      ...withBoth('plain', {
        tasks: {
          A: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
          B: 'task.sleep(5); task.interrupt(B); x = ww.init(k); r = ww.lock(a, x); ww.leave(a); ww.fini(x)',
        },
      }),
    ],
    holds: (run) => {
      const isHeld = run.program.name.startsWith('held');
      const r = resultNamed(run, 'r');
      return r === (isHeld ? EINTR : 0) ? null : `${run.program.name}: ${String(r)}`;
    },
    witness: { interrupted: reached((run) => resultNamed(run, 'r') === EINTR) },
    faults: ['ww-013-signal-at-entry', 'ww-013-always-interruptible'],
  }),
  property({
    rules: ['WW-014'],
    plan: `An interrupted context goes on as before: it may take anything next.`,
    programs: withBoth('goes-on', {
      tasks: {
        A: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
        B: `task.sleep(5); x = ww.init(k); ww.lock(b, x); task.interrupt(B)
          r = ww.lockInterruptible(a, x); q = ww.lock(c, x); l = ww.look(x); ww.unlock(b)
          ww.unlock(c); ww.fini(x)`,
      },
    }),
    holds: (run) => {
      const wanted = { r: EINTR, q: 0, l: 'stamp 1, 2 acquired' };
      return results({ 'goes-on-wait-die': wanted, 'goes-on-wound-wait': wanted })(run);
    },
    forbids: ['lock-misuse'],
    witness: { interrupted: reached((run) => resultNamed(run, 'r') === EINTR) },
    faults: ['ww-014-contended'],
  }),
  property({
    rules: ['WW-053'],
    plan: `A wake-up only makes a waiter look again: without a reason it sleeps on in its place.
      - the first one and the last one are woken for nothing`,
    programs: withBoth('for-nothing', {
      tasks: {
        H: 'ww.lock(a); task.sleep(30); w2 = ww.waiters(a); ww.unlock(a)',
        A: 'x = ww.init(k); task.sleep(5); r = ww.lock(a, x); ww.leave(a); ww.fini(x)',
        B: 'task.sleep(10); y = ww.init(k); q = ww.lock(a, y); ww.leave(a); ww.fini(y)',
        C: 'task.sleep(20); task.wake(A); task.wake(B)',
      },
    }),
    schedules: BRIEF,
    holds: (run) => {
      const wanted = { w2: 'A/x B/y', r: 0, q: 0 };
      return results({ 'for-nothing-wait-die': wanted, 'for-nothing-wound-wait': wanted })(run);
    },
    witness: { slept: reached((run) => resultNamed(run, 'w2') === 'A/x B/y') },
    faults: ['ww-053-woken-and-gone'],
  }),
];
