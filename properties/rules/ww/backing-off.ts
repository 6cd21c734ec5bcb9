import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { reported, reports, withBoth, withOne } from './programs.ts';

const EDEADLK = -35;
const EINTR = -4;

/** A is older and holds a until 20; B has b, asks for a and fails at 5. */
const ELDER = 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)';
const FAILS = 'task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y)';

/** So many successful calls pass between two injected failures. */
const PASSES = [0, 3, 10] as const;

/** Takes b again and again, with a in hand; `h0`, `h1`, ... are the calls that are hit. */
function injected(): string {
  const calls = ['x = ww.init(k); t0 = ww.trylock(a, x); t1 = ww.trylock(b, x); ww.unlock(b)'];
  for (const [round, passes] of PASSES.entries()) {
    for (let pass = 0; pass < passes; pass += 1) {
      calls.push(`p${round}x${pass} = ww.lock(b, x); ww.leave(b)`);
    }
    calls.push(`h${round} = ww.lock(b, x); f${round} = ww.holder(b); ww.unlock(a)`);
    calls.push('ww.lockSlow(b, x); ww.unlock(b); ww.lock(a, x)');
  }
  calls.push('ww.unlock(a); ww.fini(x)');
  return calls.join('\n');
}

const PASSED = PASSES.flatMap((passes, round) =>
  Array.from({ length: passes }, (_, pass) => [`p${round}x${pass}`, 0] as const),
);
const HIT = PASSES.flatMap((_passes, round) => [
  [`h${round}`, EDEADLK] as const,
  [`f${round}`, 'free'] as const,
]);

/** Properties of what comes after -EDEADLK: backing off, and what is reported. */
export const BACKING_OFF_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-029'],
    plan: `After -EDEADLK everything is given back before the contended mutex is taken; otherwise
      that is reported.
      - without unlocking; control: with unlocking, by lock and by slow lock`,
    programs: [
      withOne('wait-die', 'keeps', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; task.sleep(30); ww.lock(a, y); ww.unlock(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'keeps-slow', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; task.sleep(30); ww.lockSlow(a, y); ww.unlock(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
      ...(['lock', 'lockSlow'] as const).map((call) =>
        withOne('wait-die', `${call}-ok`, {
          tasks: {
            A: ELDER,
            B: `${FAILS}; ww.unlock(b); ww.${call}(a, y); ww.lock(b, y); ww.unlock(a)
              ww.unlock(b); ww.fini(y)`,
          },
        }),
      ),
    ],
    allows: ['lock-misuse', 'refinement'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['ww-029-takes-anything'],
  }),
  property({
    rules: ['WW-030'],
    plan: `After -EDEADLK the contended mutex comes next; another one is reported, once, and so is a
      second -EDEADLK.`,
    programs: [
      withOne('wait-die', 'other', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); ww.lock(c, y); ww.lock(d, y); ww.unlock(d); ww.unlock(c)
            ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'again', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; q = ww.lock(a, y); ww.unlock(b); ww.lockSlow(a, y); ww.unlock(a)
            ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'contended-ok', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); ww.lock(a, y); ww.lock(c, y); ww.unlock(c); ww.unlock(a)
            ww.fini(y)`,
        },
      }),
    ],
    allows: ['lock-misuse', 'refinement'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['ww-029-takes-anything', 'ww-030-fails-again'],
  }),
  property({
    rules: ['WW-031'],
    plan: `A slow lock waits until the mutex is the context's; only its interruptible form can fail,
      with -EINTR.
      - plain, interruptible, interrupted`,
    programs: [
      withOne('wait-die', 'plain', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); s = ww.lockSlow(a, y); h = ww.holder(a); l = ww.look(y)
            ww.leave(a); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'interruptible', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); s = ww.lockSlowInterruptible(a, y); h = ww.holder(a)
            l = ww.look(y); ww.leave(a); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'interrupted', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); s = ww.lockSlowInterruptible(a, y); h = ww.holder(a)
            l = ww.look(y); ww.leave(a); ww.fini(y)`,
          C: 'task.sleep(10); task.interrupt(B)',
        },
      }),
    ],
    schedules: [{ kind: 'bounded', preemptions: 1, runsMax: 1000 }],
    holds: results({
      plain: { r: EDEADLK, s: null, h: 'B with y', l: 'stamp 2, 1 acquired' },
      interruptible: { r: EDEADLK, s: 0, h: 'B with y', l: 'stamp 2, 1 acquired' },
      interrupted: { r: EDEADLK, s: EINTR, h: 'A with x', l: 'stamp 2, 0 acquired' },
    }),
    witness: { interrupted: reached((run) => resultNamed(run, 's') === EINTR) },
    faults: ['BUG-WW-03', 'ww-031-does-not-wait'],
  }),
  property({
    rules: ['WW-032'],
    plan: `A slow lock without -EDEADLK before it is reported.
      - both forms, of a free mutex; control: after -EDEADLK`,
    programs: [
      ...(['lockSlow', 'lockSlowInterruptible'] as const).map((call) =>
        withOne('wait-die', call, {
          tasks: { A: `x = ww.init(k); ww.${call}(a, x); ww.unlock(a); ww.fini(x)` },
        }),
      ),
      withOne('wait-die', 'needed-ok', {
        tasks: {
          A: ELDER,
          B: `${FAILS}; ww.unlock(b); ww.lockSlow(a, y); ww.unlock(a); ww.fini(y)`,
        },
      }),
    ],
    allows: ['lock-misuse'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 2) },
    faults: ['ww-032-slow-for-nothing'],
  }),
  property({
    rules: ['WW-033'],
    plan: `With injection, successful calls of contexts with several mutexes fail at ever longer
      intervals; trylocks and first mutexes are never hit.
      - countdowns 0, 3 and 10; a stamp that lets 2 calls pass first; without injection`,
    programs: [
      program('intervals', {
        world: { wwInjection: true },
        setup: 'k = ww.class(wait-die, 15); a = ww.mutex(k); b = ww.mutex(k)',
        tasks: { A: injected() },
      }),
      program('later', {
        world: { wwInjection: true },
        setup: 'k = ww.class(wait-die, 17); a = ww.mutex(k); b = ww.mutex(k)',
        tasks: {
          A: `x = ww.init(k); ww.lock(a, x); p1 = ww.lock(b, x); ww.leave(b); p2 = ww.lock(b, x)
            ww.leave(b); h = ww.lockInterruptible(b, x); ww.leave(b); ww.unlock(a); ww.fini(x)`,
        },
      }),
      program('without', {
        setup: 'k = ww.class(wait-die, 15); a = ww.mutex(k); b = ww.mutex(k)',
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); p = ww.lock(b, x); ww.unlock(b); ww.unlock(a); ww.fini(x)',
        },
      }),
    ],
    holds: both(
      results({
        intervals: { t0: true, t1: true, ...Object.fromEntries([...PASSED, ...HIT]) },
        later: { p1: 0, p2: 0, h: EDEADLK },
        without: { p: 0 },
      }),
      (run) => (reports(run) === 0 ? null : 'backing off is reported'),
    ),
    witness: { hit: reached((run) => resultNamed(run, 'h2') === EDEADLK) },
    faults: ['ww-033-doubles'],
  }),
  property({
    rules: ['WW-055'],
    plan: `A mutex is locked while somebody owns it, with a context or without, and also when it was
      handed to a waiter that has not come for it.`,
    programs: [
      ...withBoth('owned', {
        tasks: {
          A: `x = ww.init(k); l0 = ww.isLocked(a); ww.lock(a, x); l1 = ww.isLocked(a)
            ww.unlock(a); l2 = ww.isLocked(a); ww.lock(b); l3 = ww.isLocked(b); ww.unlock(b)
            l4 = ww.isLocked(b); ww.fini(x)`,
        },
      }),
      ...withBoth('handed', {
        tasks: {
          A: `ww.lock(a); task.sleep(10); task.wake(B); task.sleep(10); ww.unlock(a)
            l1 = ww.isLocked(a); o = ww.holder(a)`,
          B: 'task.sleep(5); ww.lock(a); task.sleep(20); ww.unlock(a)',
        },
      }),
    ],
    allows: ['lockdep'],
    holds: (run) => {
      if (run.program.name.startsWith('handed')) {
        return resultNamed(run, 'l1') === true ? null : 'it was handed on, and is not locked';
      }
      const wanted = { l0: false, l1: true, l2: false, l3: true, l4: false };
      return results({ 'owned-wait-die': wanted, 'owned-wound-wait': wanted })(run);
    },
    witness: { handed: reached((run) => resultNamed(run, 'o') === 'B (handed)', 2) },
    faults: ['ww-055-looks-at-the-context'],
  }),
];
