import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { reports, takers, withBoth, withOne, ALGORITHMS } from './programs.ts';

const EDEADLK = -35;
const EINTR = -4;

/** Every order of three. */
const ORDERS = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'];

const unlocks = (order: string): string =>
  order
    .split('')
    .map((name, at) => `ww.unlock(${name}); l${at} = ww.look(x)`)
    .join('; ');

/** Tasks A, B and C have the stamps 1, 2 and 3; they come in this order, and P after the first. */
function queueing(order: string): Readonly<Record<string, string>> {
  const at = (name: string): number => 10 + 4 * order.indexOf(name);
  const come = (context: string, name: string): string => {
    const stamp = name.charCodeAt(0) - 97;
    return `task.sleep(${stamp + 1}); ${context} = ww.init(k); task.sleep(${at(name) - stamp - 1})
      ww.lock(a, ${context}); ww.unlock(a); ww.fini(${context})`;
  };
  return {
    H: 'ww.lock(a); task.sleep(30); w = ww.waiters(a); ww.unlock(a)',
    A: come('x', 'a'),
    B: come('y', 'b'),
    C: come('z', 'c'),
    P: 'task.sleep(12); ww.lock(a); ww.unlock(a)',
  };
}

/** Where the waiter without a context is: behind the first one, before what is appended. */
const QUEUES: Readonly<Record<string, string>> = {
  abc: 'A/x P B/y C/z',
  acb: 'A/x P B/y C/z',
  bac: 'A/x B/y P C/z',
  bca: 'A/x B/y P C/z',
  cab: 'A/x B/y C/z P',
  cba: 'A/x B/y C/z P',
};

/** Properties of trylocks, of unlocking, and of the queue. */
export const UNLOCKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-034'],
    plan: `A trylock says at once whether it has got the mutex, and counts for the context if it has.
      - held, free; with a context and without; where a lock call would fail`,
    programs: withBoth('tries', {
      tasks: {
        A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); h = ww.holder(a); ww.unlock(a); ww.fini(x)',
        B: `task.sleep(5); y = ww.init(k); r1 = ww.trylock(b, y); r2 = ww.trylock(a, y)
          r3 = ww.trylock(a); w = ww.waiters(a); l = ww.look(y); hb = ww.holder(b); ww.leave(a)
          ww.unlock(b); ww.fini(y)`,
      },
    }),
    holds: (run) => {
      const got = { r1: true, hb: 'B with y', l: 'stamp 2, 1 acquired' };
      const wanted = { ...got, r2: false, r3: false, w: '', h: 'A with x' };
      return results({ 'tries-wait-die': wanted, 'tries-wound-wait': wanted })(run);
    },
    forbids: ['refinement', 'deadlock'],
    witness: { missed: reached((run) => resultNamed(run, 'r2') === false, 2) },
    faults: ['ww-034-waits'],
  }),
  property({
    rules: ['WW-035'],
    plan: `A trylock of what its own task holds fails, and changes nothing.
      - held with the context and without; tried with and without`,
    programs: withBoth('own', {
      tasks: {
        A: `x = ww.init(k); ww.lock(a, x); r1 = ww.trylock(a, x); r2 = ww.trylock(a)
          h = ww.holder(a); l = ww.look(x); r3 = ww.trylock(b); r4 = ww.trylock(b, x)
          r5 = ww.trylock(b); hb = ww.holder(b); ww.unlock(b); ww.unlock(a); ww.fini(x)`,
      },
    }),
    holds: (run) => {
      const missed = { r1: false, r2: false, r4: false, r5: false };
      const wanted = { ...missed, h: 'A with x', l: 'stamp 1, 1 acquired', r3: true, hb: 'A' };
      return results({ 'own-wait-die': wanted, 'own-wound-wait': wanted })(run);
    },
    witness: { missed: reached((run) => resultNamed(run, 'r1') === false, 2) },
    faults: ['ww-035-own'],
  }),
  property({
    rules: ['WW-036'],
    plan: `A trylock that succeeds looks who waits, as a lock call does.
      - wait-die: the younger waiter fails; wound-wait: the older one wounds`,
    programs: [
      withOne('wait-die', 'dies', {
        tasks: {
          A: `x = ww.init(k); ww.lock(b, x); ww.trylock(a); task.sleep(10); ww.unlock(a)
            t = ww.trylock(a, x); task.sleep(20); ww.leave(a); ww.unlock(b); ww.fini(x)`,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); ww.leave(a)
            ww.unlock(c); ww.fini(y)`,
        },
      }),
      withOne('wound-wait', 'wounded', {
        tasks: {
          A: `x = ww.init(k); ww.lock(b, x); task.sleep(10); ww.lock(a, x); ww.unlock(a)
            ww.unlock(b); ww.fini(x)`,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); ww.trylock(a); task.sleep(10)
            ww.unlock(a); t = ww.trylock(a, y); l = ww.look(y); w = ww.waiters(a); ww.leave(a)
            ww.unlock(c); ww.fini(y)`,
        },
      }),
    ],
    holds: (run) => {
      if (resultNamed(run, 't') !== true) return null;
      if (run.program.name === 'dies') {
        // The waiter may have come and gone before.
        const isAhead = takers(run, 'a').startsWith('A A');
        return isAhead ? results({ dies: { r: EDEADLK } })(run) : null;
      }
      const isWounded = String(resultNamed(run, 'l')).endsWith('wounded');
      return isWounded || resultNamed(run, 'w') === '' ? null : 'it is not wounded';
    },
    witness: {
      died: reached((run) => resultNamed(run, 'r') === EDEADLK),
      wounded: reached((run) => String(resultNamed(run, 'l')).endsWith('wounded')),
    },
    faults: ['ww-020-unchecked'],
  }),
  property({
    rules: ['WW-037'],
    plan: `Unlocking takes the context out and counts before anybody else can have the mutex.
      - every order of unlocking; somebody who waits, with a context of its own`,
    programs: [
      ...ORDERS.map((order) =>
        withOne('wait-die', order, {
          tasks: {
            A: `x = ww.init(k); ww.lock(a, x); ww.lock(b, x); ww.lock(c, x); ${unlocks(order)}
              ww.fini(x)`,
          },
        }),
      ),
      ...withBoth('waited-for', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)',
          B: 'y = ww.init(k); ww.lock(a, y); h = ww.holder(a); ww.unlock(a); ww.fini(y)',
        },
      }),
    ],
    forbids: ['refinement'],
    holds: (run) => {
      if (run.program.name.startsWith('waited-for')) {
        return resultNamed(run, 'h') === 'B with y' ? null : String(resultNamed(run, 'h'));
      }
      const counts = [0, 1, 2].map((at) => [`l${at}`, `stamp 1, ${2 - at} acquired`]);
      return results({ [run.program.name]: Object.fromEntries(counts) })(run);
    },
    witness: { waited: reached((run) => takers(run, 'a') === 'A B', 2) },
    faults: ['ww-037-too-late'],
  }),
  property({
    rules: ['WW-038'],
    plan: `Only the owner unlocks, once; everything else is reported.
      - twice, by a stranger, by an interrupt; control: once`,
    programs: [
      withOne('wait-die', 'twice', { tasks: { A: 'ww.lock(a); ww.unlock(a); ww.unlock(a)' } }),
      withOne('wait-die', 'stranger', {
        tasks: { A: 'ww.lock(a); task.sleep(10)', B: 'task.sleep(5); ww.unlock(a)' },
      }),
      withOne('wait-die', 'interrupt', { tasks: { irq: 'ww.unlock(a)' } }),
      withOne('wait-die', 'once-ok', {
        tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)' },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 200 }],
    allows: ['lock-misuse', 'refinement'],
    holds: (run) => {
      const wanted = run.program.name === 'once-ok' ? 0 : 1;
      const count = run.violations.filter(
        ({ message }) => message.includes('which it does not own') || message.includes('balance'),
      ).length;
      return count === wanted ? null : `${run.program.name}: ${count} reports, not ${wanted}`;
    },
    witness: { reported: reached((run) => reports(run) > 0, 3) },
    faults: ['ww-038-anybody-unlocks'],
  }),
  property({
    rules: ['WW-039'],
    plan: `Waiters with contexts are in the order of their stamps, the others where they came.
      - three contexts in every order, and one without`,
    programs: ALGORITHMS.flatMap((algorithm) =>
      ORDERS.map((order) =>
        withOne(algorithm, `${order}-${algorithm}`, { tasks: queueing(order) }),
      ),
    ),
    schedules: [{ kind: 'bounded', preemptions: 0, runsMax: 200 }],
    holds: (run) => {
      const wanted = QUEUES[run.program.name.slice(0, 3)];
      const w = resultNamed(run, 'w');
      return w === wanted ? null : `${run.program.name}: ${String(w)}, not ${String(wanted)}`;
    },
    witness: { reordered: reached((run) => resultNamed(run, 'w') === QUEUES['cba'], 2) },
    faults: ['ww-039-last-come'],
  }),
  property({
    rules: ['WW-040'],
    plan: `Unlocking wakes the first waiter only: with nobody else about, it is the next owner.
      - two waiters, three`,
    programs: withBoth('in-turn', {
      tasks: {
        A: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
        B: 'task.sleep(5); ww.lock(a); ww.unlock(a)',
        C: 'task.sleep(10); ww.lock(a); ww.unlock(a)',
        D: 'task.sleep(15); ww.lock(a); ww.unlock(a)',
      },
    }),
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 2000 },
      { kind: 'random', runs: 200, seed: 1 },
    ],
    holds: (run) => {
      const order = takers(run, 'a');
      return order === 'A B C D' ? null : `the order is ${order}`;
    },
    witness: { all: reached((run) => takers(run, 'a') === 'A B C D') },
    faults: ['ww-040-wakes-all'],
  }),
  property({
    rules: ['WW-041'],
    plan: `Between the unlock and the waiter that it wakes a newcomer may have the mutex.
      - both winners are seen; the waiter gets it in the end`,
    programs: withBoth('newcomer', {
      tasks: {
        A: 'ww.lock(a); task.sleep(10); ww.unlock(a); t = ww.trylock(a); ww.leave(a)',
        B: 'task.sleep(5); r = ww.lock(a); ww.unlock(a)',
      },
    }),
    holds: results({
      'newcomer-wait-die': { r: 0 },
      'newcomer-wound-wait': { r: 0 },
    }),
    outcomes: (outcomes) => {
      const seen = ['true', 'false'].filter((t) =>
        [...outcomes].some((text) => text.startsWith(`A:0,,,${t},`)),
      );
      return seen.length === 2 ? null : `trylocks of newcomers only say ${seen.join()}`;
    },
    forbids: ['refinement'],
    witness: { overtaken: reached((run) => resultNamed(run, 't') === true) },
    faults: ['ww-041-hands-on'],
  }),
  property({
    rules: ['WW-042'],
    plan: `A first waiter that came too late asks to be handed the mutex: the next unlock gives it to
      the first one, and nobody else can win.
      - woken for nothing: who has been the first all the time, and who has become it`,
    programs: [
      ...withBoth('too-late', {
        tasks: {
          A: `ww.lock(a); task.sleep(10); task.wake(B); task.sleep(10); f = ww.wantsHandOff(a)
            ww.unlock(a); t = ww.trylock(a); ww.leave(a)`,
          B: 'task.sleep(5); ww.lock(a); ww.unlock(a)',
        },
      }),
      ...withBoth('next-in-line', {
        tasks: {
          H: 'ww.lock(a); task.sleep(20); ww.unlock(a)',
          A: `task.sleep(5); ww.lock(a); task.sleep(20); task.wake(B); task.sleep(10)
            f = ww.wantsHandOff(a); ww.unlock(a); t = ww.trylock(a); ww.leave(a)`,
          B: 'task.sleep(10); ww.lock(a); ww.unlock(a)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 3000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      const [f, t] = [resultNamed(run, 'f'), resultNamed(run, 't')];
      if (f !== true) return 'the first waiter has not asked for it';
      const order = takers(run, 'a');
      // Once the waiter has it, it may have given it up again.
      return t === false || order.includes('A B') ? null : `${order}: it was not handed on`;
    },
    witness: { handed: reached((run) => resultNamed(run, 't') === false, 5) },
    faults: ['ww-042-never-asks', 'BUG-WW-04'],
  }),
  property({
    rules: ['WW-054'],
    plan: `The wish belongs to the mutex: when who asked leaves, the next in the queue gets it; when
      nobody is left it is forgotten. Who was handed the mutex takes it, signal or not.`,
    programs: [
      ...withBoth('next', {
        tasks: {
          A: `ww.lock(a); task.sleep(15); task.wake(B); task.sleep(5); f1 = ww.wantsHandOff(a)
            task.interrupt(B); task.sleep(5); f2 = ww.wantsHandOff(a); ww.unlock(a)
            t = ww.trylock(a); ww.leave(a)`,
          B: 'task.sleep(5); r = ww.lockInterruptible(a); ww.leave(a)',
          C: 'task.sleep(10); q = ww.lock(a); ww.leave(a)',
        },
      }),
      ...withBoth('nobody', {
        tasks: {
          A: `ww.lock(a); task.sleep(15); task.wake(B); task.sleep(5); f1 = ww.wantsHandOff(a)
            task.interrupt(B); task.sleep(5); f2 = ww.wantsHandOff(a); ww.unlock(a)
            t = ww.trylock(a); ww.leave(a)`,
          B: 'task.sleep(5); r = ww.lockInterruptible(a); ww.leave(a)',
        },
      }),
      ...withBoth('handed', {
        tasks: {
          A: `ww.lock(a); task.sleep(15); task.wake(B); task.sleep(5); f1 = ww.wantsHandOff(a)
            ww.unlock(a); task.interrupt(B); t = ww.trylock(a); ww.leave(a)`,
          B: 'task.sleep(5); r = ww.lockInterruptible(a); ww.leave(a)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 3000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      const { name } = run.program;
      const order = takers(run, 'a');
      if (name.startsWith('next')) {
        const wanted = { f1: true, f2: true, r: EINTR, q: 0 };
        const wrong = results({ [name]: wanted })(run);
        return wrong ?? (order.startsWith('A C') ? null : `the order is ${order}`);
      }
      const wanted = name.startsWith('nobody')
        ? { f1: true, f2: false, r: EINTR, t: true }
        : { f1: true, r: 0 };
      return results({ [name]: wanted })(run);
    },
    witness: {
      next: reached((run) => resultNamed(run, 'q') === 0, 5),
      handed: reached((run) => run.program.name.startsWith('handed'), 5),
    },
    faults: ['ww-054-flags-stay', 'ww-054-takes-its-wish-along', 'ww-012-signal-before-try'],
  }),
];
