import { type Property, property, reached } from '../../check/property.ts';
import { resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Program } from '../../programs/program.ts';
import { mutexes, reported, reports, withOne } from './programs.ts';

const EINTR = 4;
const ENOMEM = 12;

/** What is held first, and how it is given back. */
const HELD: Readonly<Record<string, readonly [string, string]>> = {
  context: ['x = ww.init(k); ww.lock(a, x)', 'ww.unlock(a); ww.fini(x)'],
  try: ['ww.trylock(a)', 'ww.unlock(a)'],
  block: ['ww.lock(a)', 'ww.unlock(a)'],
};

/** What is taken then. */
const TAKEN: Readonly<Record<string, string>> = {
  context: 'ww.lock(b, y); ww.unlock(b)',
  try: 'ww.trylock(b); ww.unlock(b)',
  block: 'ww.lock(b); ww.unlock(b)',
};

/** Which second mutexes of a class one task may take. */
const FINE: ReadonlySet<string> = new Set([
  ...['context-context', 'context-try', 'try-try', 'block-try', 'spin-try'],
]);

function nested(first: string, second: string): Program {
  const [take, give] = HELD[first] ?? ['word.lock(s)', 'word.unlock(s)'];
  let inner = TAKEN[second] ?? '';
  // The second one belongs to the context that is there, or to a new one.
  if (second === 'context') {
    inner = first === 'context' ? inner.replace('y', 'x') : `y = ww.init(k); ${inner}; ww.fini(y)`;
  }
  const name = `${first}-${second}`;
  return program(FINE.has(name) ? `${name}-ok` : name, {
    setup: `${mutexes('wait-die')}${first === 'spin' ? '; s = word.createLock()' : ''}`,
    tasks: { A: `${take}\n${inner}\n${give}` },
  });
}

const NESTED: readonly Program[] = ['context', 'try', 'block', 'spin'].flatMap((first) =>
  ['context', 'try', 'block'].map((second) => nested(first, second)),
);

/** Properties of the end of a context, and of what lockdep says about nesting. */
export const NESTING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-043'],
    plan: `After done nothing more is taken with the context; doing so, and done twice, is reported.
      - lock, trylock; control: done once, and never`,
    programs: [
      ...(['lock', 'trylock'] as const).map((call) =>
        withOne('wait-die', call, {
          tasks: { A: `x = ww.init(k); ww.done(x); ww.${call}(a, x); ww.unlock(a); ww.fini(x)` },
        }),
      ),
      withOne('wait-die', 'twice', {
        tasks: { A: 'x = ww.init(k); ww.done(x); ww.done(x); ww.fini(x)' },
      }),
      withOne('wait-die', 'once-ok', {
        tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.done(x); ww.unlock(a); ww.fini(x)' },
      }),
      withOne('wait-die', 'never-ok', {
        tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)' },
      }),
    ],
    allows: ['lock-misuse', 'refinement'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 3) },
    faults: ['ww-043-goes-on'],
  }),
  property({
    rules: ['WW-044'],
    plan: `A context ends once, empty, by its own task; otherwise that is reported.
      - with a mutex, twice, by another task, never; control
      - the helper of drivers ends its context whatever happens: a signal, no memory`,
    programs: [
      withOne('wait-die', 'early', { tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.fini(x)' } }),
      withOne('wait-die', 'twice', { tasks: { A: 'x = ww.init(k); ww.fini(x); ww.fini(x)' } }),
      withOne('wait-die', 'stranger', {
        tasks: { A: 'x = ww.init(k); task.sleep(10)', B: 'task.sleep(5); ww.fini(x)' },
      }),
      withOne('wait-die', 'never', { tasks: { A: 'x = ww.init(k)' } }),
      withOne('wait-die', 'once-ok', {
        tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)' },
      }),
      program('interrupted-ok', {
        setup: 'r = resv.create(); s = resv.create()',
        tasks: {
          A: 'task.sleep(5); task.interrupt(A); e = gem.submit([r, s])',
          H: 'resv.lock(s); task.sleep(20); resv.unlock(s)',
        },
      }),
      program('no-memory-ok', {
        world: { failuresMax: 1 },
        setup: 'r = resv.create(); s = resv.create()',
        tasks: { A: 'e = gem.submit([r, s]); f = gem.submit([s, r])' },
      }),
    ],
    schedules: [{ kind: 'all', runsMax: 100 }],
    allows: ['lock-misuse', 'refinement', 'leak'],
    holds: (run) => {
      const mistakes = run.violations.filter(({ message }) =>
        ['with mutexes held', 'balance', 'with locks held'].some((part) => message.includes(part)),
      );
      const { name } = run.program;
      // A task that ends with locks is reported, too.
      const isSeen = mistakes.some(({ message }) =>
        name === 'early' ? message.includes('with mutexes held') : true,
      );
      return isSeen === !name.endsWith('-ok') ? null : `${name}: ${mistakes.length} reports`;
    },
    witness: {
      reported: reached((run) => reports(run) > 0, 4),
      interrupted: reached((run) => resultNamed(run, 'e') === -EINTR),
      noMemory: reached((run) => resultNamed(run, 'e') === -ENOMEM),
    },
    faults: ['ww-044-left-behind', 'BUG-WW-01', 'BUG-WW-02'],
  }),
  property({
    rules: ['WW-045'],
    plan: `A mutex that goes must be unlocked; otherwise that is reported.
      - destroyed by its owner and by somebody else; a reservation object; control`,
    programs: [
      withOne('wait-die', 'owner', { tasks: { A: 'ww.lock(a); ww.destroy(a)' } }),
      withOne('wait-die', 'stranger', {
        tasks: { A: 'ww.lock(a); task.sleep(10)', B: 'task.sleep(5); ww.destroy(a)' },
      }),
      program('reservation', { tasks: { A: 'r = resv.create(); resv.lock(r); resv.fini(r)' } }),
      withOne('wait-die', 'free-ok', { tasks: { A: 'ww.lock(a); ww.unlock(a); ww.destroy(a)' } }),
    ],
    schedules: [{ kind: 'all', runsMax: 100 }],
    allows: ['lock-misuse', 'refinement'],
    holds: (run) => {
      const count = run.violations.filter(({ message }) => message.includes('destroyed')).length;
      const wanted = run.program.name.endsWith('ok') ? 0 : 1;
      return count === wanted ? null : `${run.program.name}: ${count} reports, not ${wanted}`;
    },
    witness: { reported: reached((run) => reports(run) > 0, 3) },
    faults: ['ww-045-destroyed-in-use'],
  }),
  property({
    rules: ['WW-046'],
    plan: `A task has one live context of a class; a second one is reported.
      - one beside the other; control: one after the other, and in two tasks`,
    programs: [
      withOne('wait-die', 'two', {
        tasks: { A: 'x = ww.init(k); y = ww.init(k); ww.fini(y); ww.fini(x)' },
      }),
      withOne('wait-die', 'in-turn-ok', {
        tasks: { A: 'x = ww.init(k); ww.fini(x); y = ww.init(k); ww.fini(y)' },
      }),
      withOne('wait-die', 'two-tasks-ok', {
        tasks: { A: 'x = ww.init(k); ww.fini(x)', B: 'y = ww.init(k); ww.fini(y)' },
      }),
    ],
    allows: ['lockdep'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['ww-046-unproven'],
  }),
  property({
    rules: ['WW-047'],
    plan: `A mutex is only taken with a context of its class; otherwise that is reported.
      - lock, trylock; control`,
    programs: [
      ...(['lock', 'trylock'] as const).map((call) =>
        withOne('wait-die', call, {
          setup: 'l = ww.class(wait-die)',
          tasks: { A: `x = ww.init(l); ww.${call}(a, x); ww.unlock(a); ww.fini(x)` },
        }),
      ),
      withOne('wait-die', 'same-ok', {
        tasks: { A: 'x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)' },
      }),
    ],
    allows: ['lock-misuse'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0, 2) },
    faults: ['ww-047-any-class'],
  }),
  property({
    rules: ['WW-048'],
    plan: `Which second mutex of a class a task may take depends on how it has got the first one.
      - all 12 cells of the table`,
    programs: NESTED,
    allows: ['lockdep', 'sleep-in-atomic'],
    holds: (run) => {
      const isSeen = run.violations.length > 0;
      const isFine = run.program.name.endsWith('ok');
      const isLockdep = run.violations.some(({ kind }) => kind === 'lockdep');
      if (isFine) return isSeen ? `${run.program.name} is reported` : null;
      // Under a spinlock it is the sleep that is wrong.
      const isMeant = run.program.name.startsWith('spin') ? isSeen : isLockdep;
      return isMeant ? null : `${run.program.name} is not reported`;
    },
    witness: {
      fine: reached((run) => run.violations.length === 0, 5),
      reported: reached((run) => run.violations.length > 0, 7),
    },
    faults: ['ww-048-unproven', 'ww-048-no-nesting'],
  }),
  property({
    rules: ['WW-049'],
    plan: `Contexts of several classes nest in one order; lockdep sees a cycle without a deadlock.
      - both orders, one after the other; control: one order twice`,
    programs: [
      withOne('wait-die', 'cycle', {
        setup: 'l = ww.class(wound-wait)',
        tasks: {
          A: `x = ww.init(k); y = ww.init(l); ww.fini(y); ww.fini(x)
            v = ww.init(l); w = ww.init(k); ww.fini(w); ww.fini(v)`,
        },
      }),
      withOne('wait-die', 'one-order-ok', {
        setup: 'l = ww.class(wound-wait)',
        tasks: {
          A: `x = ww.init(k); y = ww.init(l); ww.fini(y); ww.fini(x)
            v = ww.init(k); w = ww.init(l); ww.fini(w); ww.fini(v)`,
        },
      }),
    ],
    allows: ['lockdep'],
    holds: reported,
    witness: { reported: reached((run) => reports(run) > 0) },
    faults: ['ww-046-unproven'],
  }),
];
