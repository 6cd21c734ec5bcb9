import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { ALGORITHMS, takers, withOne } from './programs.ts';

const EDEADLK = -35;

/** A third party that holds the mutex for a while. */
const HOLDER = 'ww.lock(a); task.sleep(30); ww.unlock(a)';

/** Who waits when nothing goes on any more, for each order in which three contexts come. */
const ARRIVALS: Readonly<
  Record<string, { readonly B: number; readonly C: number; readonly w: string }>
> = {
  // A is the oldest and holds b; B holds c; C holds nothing. A comes at 10.
  'oldest-first': { B: 12, C: 14, w: 'A/x C/z' },
  'oldest-last': { B: 6, C: 8, w: 'A/x C/z' },
  'oldest-between': { B: 6, C: 14, w: 'A/x C/z' },
};

/** Properties of wait-die: the younger one gives way. */
export const WAIT_DIE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-015'],
    plan: `Who holds mutexes and asks an older holder for one fails before that gives it up.
      - the younger one asks; while the older one is asleep, and while it runs`,
    programs: [
      withOne('wait-die', 'asleep', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'awake', {
        setup: 'x = ww.init(k); ww.fini(x)',
        tasks: {
          A: 'x = ww.init(k); task.sleep(10); ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); task.sleep(5); r = ww.lock(a, y)
            h = ww.holder(a); ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
    ],
    holds: (run) => {
      const [r, h] = [resultNamed(run, 'r'), resultNamed(run, 'h')];
      if (run.program.name === 'asleep')
        return results({ asleep: { r: EDEADLK, h: 'A with x' } })(run);
      // It may have been there first.
      if (r === 0 && takers(run, 'a').startsWith('B')) return null;
      return r === EDEADLK ? null : `${String(r)}, and ${String(h)} holds it`;
    },
    witness: { failed: reached((run) => resultNamed(run, 'r') === EDEADLK, 10) },
    faults: ['ww-015-waits-for-elders'],
  }),
  property({
    rules: ['WW-016'],
    plan: `Who asks a younger holder waits, whatever it holds itself.`,
    programs: [
      withOne('wait-die', 'older-asks', {
        tasks: {
          A: `x = ww.init(k); ww.lock(a, x); task.sleep(10); r = ww.lock(b, x); h = ww.holder(b)
            ww.leave(b); ww.unlock(a); ww.fini(x)`,
          B: 'task.sleep(5); y = ww.init(k); ww.lock(b, y); task.sleep(20); w = ww.waiters(b); ww.unlock(b); ww.fini(y)',
        },
      }),
    ],
    holds: results({ 'older-asks': { r: 0, h: 'A with x', w: 'A/x' } }),
    witness: { waited: reached((run) => resultNamed(run, 'w') === 'A/x') },
    faults: ['ww-016-dies-for-anybody'],
  }),
  property({
    rules: ['WW-017'],
    plan: `A holder without a context is waited for, by whoever asks, in both kinds.`,
    programs: ALGORITHMS.map((algorithm) =>
      withOne(algorithm, algorithm, {
        tasks: {
          H: HOLDER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
    ),
    holds: results({
      'wait-die': { r: 0, h: 'B with y' },
      'wound-wait': { r: 0, h: 'B with y' },
    }),
    witness: { waited: reached((run) => resultNamed(run, 'r') === 0, 2) },
    faults: ['ww-017-dies-for-nobody'],
  }),
  property({
    rules: ['WW-018'],
    plan: `Who holds mutexes does not queue behind an older one, whoever the holder is.
      - a holder without a context, and a younger one`,
    programs: [
      withOne('wait-die', 'plain-holder', {
        tasks: {
          H: HOLDER,
          A: 'x = ww.init(k); ww.lock(b, x); task.sleep(5); ww.lock(a, x); ww.unlock(a); ww.unlock(b); ww.fini(x)',
          B: `task.sleep(10); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(c); ww.fini(y)`,
        },
      }),
      withOne('wait-die', 'younger-holder', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(b, x); task.sleep(15); ww.lock(a, x); ww.unlock(a); ww.unlock(b); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); task.sleep(15); r = ww.lock(a, y)
            h = ww.holder(a); ww.leave(a); ww.unlock(c); ww.fini(y)`,
          H: 'task.sleep(10); z = ww.init(k); ww.lock(a, z); task.sleep(30); ww.unlock(a); ww.fini(z)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 3000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: results({
      'plain-holder': { r: EDEADLK, h: 'H' },
      'younger-holder': { r: EDEADLK, h: 'H with z' },
    }),
    witness: { failed: reached((run) => resultNamed(run, 'r') === EDEADLK, 2) },
    faults: ['ww-018-queues-behind-elders'],
  }),
  property({
    rules: ['WW-019'],
    plan: `When an older one comes, those younger waiters look again that hold mutexes, and fail; the
      others stay behind it.`,
    programs: [
      withOne('wait-die', 'comes-later', {
        tasks: {
          H: HOLDER,
          A: 'x = ww.init(k); ww.lock(b, x); task.sleep(20); ww.lock(a, x); ww.unlock(a); ww.unlock(b); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(c); ww.fini(y)`,
          C: 'task.sleep(10); z = ww.init(k); q = ww.lock(a, z); ww.leave(a); ww.fini(z)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 3000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: results({ 'comes-later': { r: EDEADLK, h: 'H', q: 0 } }),
    witness: { failed: reached((run) => resultNamed(run, 'r') === EDEADLK, 2) },
    faults: ['ww-019-lets-them-sleep'],
  }),
  property({
    rules: ['WW-020'],
    plan: `Who takes a mutex without queueing makes the first younger waiter with mutexes fail.
      - the mutex is given up with a waiter, and taken again at once, by an older one`,
    programs: [
      withOne('wait-die', 'barges', {
        tasks: {
          A: `x = ww.init(k); ww.lock(b, x); ww.trylock(a); task.sleep(10); ww.unlock(a)
            q = ww.lock(a, x); task.sleep(20); ww.unlock(a); ww.unlock(b); ww.fini(x)`,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(c); ww.fini(y)`,
        },
      }),
    ],
    holds: (run) => {
      const isFirst = takers(run, 'a').startsWith('A A');
      const wanted = isFirst ? { q: 0, r: EDEADLK, h: 'A with x' } : { q: 0, r: 0, h: 'B with y' };
      return results({ barges: wanted })(run);
    },
    witness: {
      barged: reached((run) => takers(run, 'a').startsWith('A A'), 5),
      late: reached((run) => takers(run, 'a').startsWith('A B')),
    },
    faults: ['ww-020-unchecked'],
  }),
  property({
    rules: ['WW-021'],
    plan: `When nothing goes on any more, of the waiters with contexts only the first holds mutexes.
      - three contexts, the oldest one comes first, last and in between`,
    programs: Object.entries(ARRIVALS).map(([name, { B, C }]) =>
      withOne('wait-die', name, {
        tasks: {
          A: `x = ww.init(k); ww.lock(b, x); task.sleep(10); ww.lock(a, x); ww.unlock(a)
            ww.unlock(b); ww.fini(x)`,
          B: `task.sleep(2); y = ww.init(k); ww.lock(c, y); task.sleep(${B - 2}); ww.lock(a, y)
            ww.leave(a); ww.unlock(c); ww.fini(y)`,
          C: `task.sleep(3); z = ww.init(k); task.sleep(${C - 3}); ww.lock(a, z); ww.leave(a)
            ww.fini(z)`,
          H: 'ww.lock(a); task.sleep(20); w = ww.waiters(a); ww.unlock(a)',
        },
      }),
    ),
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 1000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      const w = ARRIVALS[run.program.name]?.w;
      return resultNamed(run, 'w') === w ? null : `waiters are ${String(resultNamed(run, 'w'))}`;
    },
    witness: { quiet: reached((run) => resultNamed(run, 'w') === 'A/x C/z', 3) },
    faults: ['ww-019-lets-them-sleep'],
  }),
];
