import '../programs/operations/index.ts';
import { INTACT, type StackTypes } from '../../impl/stack.ts';
import type { Result } from '../programs/operation.ts';
import { program, type Written } from '../programs/parse.ts';
import { Run } from '../run/run.ts';
import { FIRST } from '../schedules/strategy.ts';
import type { Selftest, SelftestResult } from './selftest.ts';

/** Misuse of one kind, or proper use. */
interface Check extends Written {
  /** Nothing may be reported, or something must be. */
  readonly expects: 'ok' | 'report';
  readonly results?: Readonly<Record<string, Result>>;
}

const SETUP = `k = ww.class(wait-die); a = ww.mutex(k); b = ww.mutex(k); c = ww.mutex(k)
  d = ww.mutex(k); s = word.createLock()`;

/** An older transaction holds a for a while, and c until the end of that. */
const ELDER = `e = ww.init(k); ww.lock(a, e); ww.lock(c, e); task.sleep(20); ww.unlock(c)
  ww.unlock(a); ww.fini(e)`;
/** B has b, asks for a, and is told to back off. */
const FAILS = 'task.sleep(5); x = ww.init(k); ww.lock(b, x); r = ww.lock(a, x)';
const FAILED = { r: -35 };

const only = (calls: string, expects: Check['expects'] = 'report'): Check => ({
  expects,
  tasks: { A: calls },
});
const failing = (calls: string, expects: Check['expects'] = 'report'): Check => ({
  expects,
  results: FAILED,
  tasks: { A: ELDER, B: `${FAILS}; ${calls}` },
});

const HELD: Readonly<Record<string, string>> = {
  context: 'x = ww.init(k); ww.lock(a, x)',
  try: 'ww.trylock(a)',
  block: 'ww.lock(a)',
  spin: 'word.lock(s)',
};
const GIVEN: Readonly<Record<string, string>> = {
  context: 'ww.unlock(a); ww.fini(x)',
  try: 'ww.unlock(a)',
  block: 'ww.unlock(a)',
  spin: 'word.unlock(s)',
};
const TAKEN: Readonly<Record<string, string>> = {
  context: 'y = ww.init(k); ww.lock(b, y); ww.unlock(b); ww.fini(y)',
  try: 'ww.trylock(b); ww.unlock(b)',
  block: 'ww.lock(b); ww.unlock(b)',
};

function nested(pair: string, expects: Check['expects']): Check {
  const [first = '', second = ''] = pair.split('-');
  const isOne = pair === 'context-context';
  const inner = isOne ? 'ww.lock(b, x); ww.unlock(b)' : TAKEN[second];
  return only(`${HELD[first] ?? ''}; ${inner ?? ''}; ${GIVEN[first] ?? ''}`, expects);
}

/** By scenario: its checks, each a program of its own. */
const CHECKS: Readonly<Record<string, readonly Check[]>> = {
  'ST-WWAPI-01': [
    {
      expects: 'ok',
      results: { r1: 0, r2: -114, r3: false, r4: -35 },
      tasks: {
        A: `x = ww.init(k); r1 = ww.lock(a, x); r2 = ww.lock(a, x); r3 = ww.trylock(a)
          task.sleep(10); ww.unlock(a); ww.fini(x)`,
        B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r4 = ww.lock(a, y); ww.leave(a)
          ww.unlock(b); ww.fini(y)`,
      },
    },
  ],
  'ST-WWAPI-02': [
    {
      expects: 'ok',
      results: { r1: 0, h1: 'A', f: 'free', r2: true, h2: 'A', r3: 0, h3: 'A' },
      tasks: {
        A: `x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.fini(x)
          r1 = ww.lock(a); h1 = ww.holder(a); ww.unlock(a); f = ww.holder(a)
          r2 = ww.trylock(a); h2 = ww.holder(a); ww.unlock(a)
          r3 = ww.lockInterruptible(a); h3 = ww.holder(a); ww.unlock(a)`,
      },
    },
  ],
  'ST-WWAPI-03': [only('x = ww.init(k); ww.lockSlow(a, x); ww.unlock(a); ww.fini(x)')],
  'ST-WWAPI-04': [
    only('x = ww.init(k); y = ww.init(k); ww.fini(y); ww.fini(x)'),
    only('l = ww.class(wait-die); x = ww.init(l); ww.lock(a, x); ww.unlock(a); ww.fini(x)'),
  ],
  'ST-WWAPI-05': [
    only('x = ww.init(k); ww.done(x); ww.done(x); ww.fini(x)'),
    only('x = ww.init(k); ww.fini(x); ww.fini(x)'),
    only('x = ww.init(k); ww.lock(a, x); ww.fini(x)'),
    only('x = ww.init(k); ww.done(x); ww.lock(a, x); ww.unlock(a); ww.fini(x)'),
  ],
  'ST-WWAPI-06': [
    only('x = ww.init(k); ww.lock(a, x); ww.unlock(a); ww.unlock(a); ww.fini(x)'),
    only('x = ww.init(k); ww.lock(a, x); ww.forgeAcquired(x, 0); ww.unlock(a); ww.fini(x)'),
    {
      expects: 'report',
      setup: 'y = ww.prepare(k)',
      tasks: { A: 'x = ww.init(k); ww.forge(a, y); ww.lock(a, x)' },
    },
  ],
  'ST-WWAPI-07': ['lock', 'lockSlow'].map((call) =>
    failing(`ww.unlock(b); ww.${call}(a, x); ww.unlock(a); ww.fini(x)`, 'ok'),
  ),
  'ST-WWAPI-08': ['lock', 'lockSlow'].map((call) =>
    failing(`task.sleep(30); ww.${call}(a, x); ww.unlock(a); ww.unlock(b); ww.fini(x)`),
  ),
  'ST-WWAPI-09': [
    failing('ww.lock(d, x); ww.unlock(d); ww.unlock(b); ww.fini(x)'),
    failing('q = ww.lock(c, x); ww.unlock(b); ww.fini(x)'),
    failing('ww.unlock(b); ww.lock(d, x); ww.unlock(d); ww.fini(x)'),
  ],
  'ST-WWAPI-10': [
    ...['context-block', 'try-block', 'try-context', 'block-block', 'block-context'],
    ...['spin-block', 'spin-context'],
  ].map((pair) => nested(pair, 'report')),
  'ST-WWAPI-11': ['context-try', 'context-context', 'try-try', 'block-try', 'spin-try'].map(
    (pair) => nested(pair, 'ok'),
  ),
};

const TITLES: Readonly<Record<string, string>> = {
  'ST-WWAPI-01': 'lock, again, trylock, a younger one',
  'ST-WWAPI-02': 'without contexts',
  'ST-WWAPI-03': 'an unneeded slow lock',
  'ST-WWAPI-04': 'two contexts, two classes',
  'ST-WWAPI-05': 'done and fini',
  'ST-WWAPI-06': 'unlock, and stale contexts',
  'ST-WWAPI-07': 'backing off',
  'ST-WWAPI-08': 'the contended mutex without backing off',
  'ST-WWAPI-09': 'another mutex than the contended one',
  'ST-WWAPI-10': 'nesting that is reported',
  'ST-WWAPI-11': 'nesting that is fine',
};

/** What lock debugging says, one way or another. */
const REPORTS: ReadonlySet<string> = new Set(['lockdep', 'lock-misuse', 'sleep-in-atomic']);

function failureOf(check: Check, run: Run): string | null {
  for (const [name, wanted] of Object.entries(check.results ?? {})) {
    const found = run.calls.find(({ call }) => call.out === name)?.result;
    if (found !== wanted) return `${name} is ${String(found)}, not ${String(wanted)}`;
  }
  const said = run.violations.filter(({ kind }) => REPORTS.has(kind));
  if (check.expects === 'report') return said.length > 0 ? null : 'nothing is reported';
  return run.violations[0]?.message ?? null;
}

/** The checks of the lock debugging that `lib/locking-selftest.c` makes of these mutexes. */
export function wwApiSelftests(types: StackTypes = INTACT): readonly Selftest[] {
  return Object.entries(CHECKS).map(([id, checks]) => ({
    id,
    title: TITLES[id] ?? id,
    scale: `${checks.length} checks`,
    run: (): SelftestResult => {
      let steps = 0;
      for (const [number, check] of checks.entries()) {
        const setup = [SETUP, check.setup ?? ''].join('\n');
        const run = new Run(program(`${id}-${number}`, { ...check, setup }), { types });
        run.execute(FIRST);
        steps += run.world.steps;
        const failure = failureOf(check, run);
        if (failure !== null) return { failure: `check ${number}: ${failure}`, steps };
      }
      return { failure: null, steps };
    },
  }));
}
