import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import { takers, withOne } from './programs.ts';

const EDEADLK = -35;
const EINTR = -4;

const isWounded = (run: Run, name: string): boolean =>
  String(resultNamed(run, name)).endsWith('wounded');

/** B is younger and holds a; A is older, holds b, and asks for a at 10. */
const ASKER =
  'x = ww.init(k); ww.lock(b, x); task.sleep(10); q = ww.lock(a, x); ww.leave(a); ww.unlock(b); ww.fini(x)';

/** Properties of wound-wait: the older one makes the younger one give way, sooner or later. */
export const WOUND_WAIT_PROPERTIES: readonly Property[] = [
  property({
    rules: ['WW-022'],
    plan: `An older one with mutexes wounds the holder, and waits; it does not fail for that.`,
    programs: [
      withOne('wound-wait', 'older-asks', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); l1 = ww.look(y); task.sleep(20)
            l2 = ww.look(y); w = ww.waiters(a); ww.unlock(a); ww.fini(y)`,
        },
      }),
    ],
    holds: results({
      'older-asks': {
        l1: 'stamp 2, 1 acquired',
        l2: 'stamp 2, 1 acquired, wounded',
        w: 'A/x',
        q: 0,
      },
    }),
    witness: { wounded: reached((run) => isWounded(run, 'l2')) },
    faults: ['ww-022-no-wound'],
  }),
  property({
    rules: ['WW-023'],
    plan: `Who holds nothing wounds nobody.`,
    programs: [
      withOne('wound-wait', 'holds-nothing', {
        tasks: {
          A: 'x = ww.init(k); task.sleep(10); q = ww.lock(a, x); ww.leave(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); task.sleep(20); l = ww.look(y)
            ww.unlock(a); ww.fini(y)`,
        },
      }),
    ],
    holds: results({ 'holds-nothing': { l: 'stamp 2, 1 acquired', q: 0 } }),
    witness: { unharmed: reached((run) => resultNamed(run, 'l') === 'stamp 2, 1 acquired') },
    faults: ['ww-023-wounds-for-nothing'],
  }),
  property({
    rules: ['WW-024'],
    plan: `A younger one waits for an older holder.
      - with mutexes and without`,
    programs: [
      withOne('wound-wait', 'younger-asks', {
        tasks: {
          A: 'x = ww.init(k); ww.lock(a, x); task.sleep(20); w = ww.waiters(a); ww.unlock(a); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(b, y); r = ww.lock(a, y); h = ww.holder(a)
            ww.leave(a); ww.unlock(b); ww.fini(y)`,
        },
      }),
    ],
    holds: results({ 'younger-asks': { w: 'B/y', r: 0, h: 'B with y' } }),
    witness: { waited: reached((run) => resultNamed(run, 'w') === 'B/y') },
    faults: ['ww-024-dies-unwounded'],
  }),
  property({
    rules: ['WW-025'],
    plan: `A wound matters only in a contended lock call: free mutexes are taken, and the transaction
      may end without ever failing.
      - lock and trylock of free ones, then lock of a held one; or the end`,
    programs: [
      withOne('wound-wait', 'goes-on', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); task.sleep(20); l = ww.look(y)
            r1 = ww.lock(c, y); r2 = ww.trylock(d, y); ww.leave(c); ww.leave(d); ww.unlock(a)
            ww.fini(y)`,
        },
      }),
      withOne('wound-wait', 'contended', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); task.sleep(20); l = ww.look(y)
            r1 = ww.lock(c, y); r2 = ww.lock(d, y); h = ww.holder(d); ww.leave(c); ww.leave(d)
            ww.unlock(a); ww.fini(y)`,
          H: 'ww.lock(d); task.sleep(40); ww.unlock(d)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 3000 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      if (!isWounded(run, 'l')) return `it is not wounded: ${String(resultNamed(run, 'l'))}`;
      return results({
        'goes-on': { r1: 0, r2: true, q: 0 },
        contended: { r1: 0, r2: EDEADLK, h: 'H', q: 0 },
      })(run);
    },
    witness: { failed: reached((run) => resultNamed(run, 'r2') === EDEADLK, 2) },
    faults: ['ww-025-eager'],
  }),
  property({
    rules: ['WW-026'],
    plan: `Who is wounded in its sleep is woken and fails, if nothing else has happened by then.
      - nothing else; a signal; the mutex that it waits for is given up`,
    programs: [
      withOne('wound-wait', 'wounded', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); r = ww.lock(d, y); h = ww.holder(d)
            ww.leave(d); ww.unlock(a); ww.fini(y)`,
          H: 'ww.lock(d); task.sleep(40); ww.unlock(d)',
        },
      }),
      withOne('wound-wait', 'raced', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); r = ww.lockInterruptible(d, y)
            h = ww.holder(d); ww.leave(d); ww.unlock(a); ww.fini(y)`,
          H: 'ww.lock(d); task.sleep(10); task.interrupt(B); ww.unlock(d)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 250 },
      { kind: 'random', runs: 100, seed: 1 },
    ],
    holds: (run) => {
      const r = resultNamed(run, 'r');
      if (run.program.name === 'wounded') {
        return results({ wounded: { r: EDEADLK, h: 'H', q: 0 } })(run);
      }
      return r === 0 || r === EDEADLK || r === EINTR ? null : `it returns ${String(r)}`;
    },
    witness: {
      failed: reached((run) => resultNamed(run, 'r') === EDEADLK, 10),
      interrupted: reached((run) => resultNamed(run, 'r') === EINTR),
      taken: reached((run) => resultNamed(run, 'r') === 0),
    },
    faults: ['ww-026-no-wake'],
  }),
  property({
    rules: ['WW-027'],
    plan: `Who takes a mutex ahead of an older waiter with mutexes is wounded by it.
      - without having queued; out of the queue, woken for nothing just before the unlock
      - an older one without mutexes stands before the one that wounds
      - control: who gives up behind an older one has taken nothing, and is not wounded`,
    programs: [
      withOne('wound-wait', 'barges', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); ww.trylock(a); task.sleep(10)
            ww.unlock(a); r = ww.lock(a, y); l = ww.look(y); w = ww.waiters(a); ww.leave(a)
            ww.unlock(c); ww.fini(y)`,
        },
      }),
      withOne('wound-wait', 'steals', {
        tasks: {
          A: ASKER,
          B: `task.sleep(12); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); l = ww.look(y)
            w = ww.waiters(a); ww.leave(a); ww.unlock(c); ww.fini(y)`,
          H: 'ww.lock(a); task.sleep(20); task.wake(B); ww.unlock(a)',
        },
      }),
      withOne('wound-wait', 'barges-past-two', {
        tasks: {
          Z: 'z = ww.init(k); task.sleep(8); ww.lock(a, z); ww.unlock(a); ww.fini(z)',
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); ww.trylock(a); task.sleep(10)
            ww.unlock(a); r = ww.lock(a, y); l = ww.look(y); w = ww.waiters(a); ww.leave(a)
            ww.unlock(c); ww.fini(y)`,
        },
      }),
      withOne('wound-wait', 'gives-up', {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); task.sleep(15)
            r = ww.lockInterruptible(a, y); l = ww.look(y); ww.leave(a); ww.unlock(c); ww.fini(y)`,
          H: 'ww.lock(a); task.sleep(20); task.interrupt(B); task.sleep(20); ww.unlock(a)',
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 1500 },
      { kind: 'random', runs: 400, seed: 1 },
    ],
    holds: (run) => {
      if (resultNamed(run, 'r') === EINTR) {
        return isWounded(run, 'l') ? 'it gives up, and is wounded for that' : null;
      }
      const isAhead = String(resultNamed(run, 'w')).includes('A/x');
      return !isAhead || isWounded(run, 'l')
        ? null
        : 'it overtakes an older one, and is not wounded';
    },
    witness: {
      barged: reached((run) => run.program.name === 'barges' && isWounded(run, 'l')),
      stole: reached((run) => run.program.name === 'steals' && isWounded(run, 'l')),
      bargedPastTwo: reached((run) => resultNamed(run, 'w') === 'Z/z A/x' && isWounded(run, 'l')),
      gaveUp: reached((run) => resultNamed(run, 'r') === EINTR),
    },
    faults: [
      'ww-020-unchecked',
      'ww-027-steals-unseen',
      'ww-027-first-only',
      'ww-027-wounds-who-gives-up',
    ],
  }),
  property({
    rules: ['WW-028'],
    plan: `A wound is forgotten when a call is made that holds nothing, and by nothing else.
      - unlock, -EALREADY, then lock; the same with trylock`,
    programs: (['lock', 'trylock'] as const).map((call) =>
      withOne('wound-wait', call, {
        tasks: {
          A: ASKER,
          B: `task.sleep(5); y = ww.init(k); ww.lock(a, y); task.sleep(20); r = ww.lock(a, y)
            l1 = ww.look(y); ww.unlock(a); l2 = ww.look(y); ww.${call}(c, y); l3 = ww.look(y)
            ww.unlock(c); ww.fini(y)`,
        },
      }),
    ),
    schedules: EVERY_RESULT,
    holds: (run) => {
      const wanted = {
        l1: 'stamp 2, 1 acquired, wounded',
        l2: 'stamp 2, 0 acquired, wounded',
        l3: 'stamp 2, 1 acquired',
      };
      return results({ lock: wanted, trylock: wanted })(run);
    },
    witness: { cleared: reached((run) => resultNamed(run, 'l3') === 'stamp 2, 1 acquired', 2) },
    faults: ['ww-028-never-cleared', 'ww-028-cleared-by-unlock'],
  }),
  property({
    rules: ['WW-056'],
    plan: `Who has won a mutex after its sleep stays in the queue until it has the wait lock: that
      entry counts, while its context is not to be seen yet.
      - wait-die: a younger one with mutexes that comes meanwhile fails
      - wound-wait: an older one that comes meanwhile has the winner wounded`,
    programs: [
      withOne('wait-die', 'dies', {
        tasks: {
          H: 'ww.lock(a); task.sleep(10); ww.unlock(a)',
          A: 'x = ww.init(k); task.sleep(5); q = ww.lock(a, x); task.sleep(20); ww.leave(a); ww.fini(x)',
          B: `task.sleep(7); y = ww.init(k); ww.lock(c, y); task.sleep(3); r = ww.lock(a, y)
            ww.leave(a); ww.unlock(c); ww.fini(y)`,
        },
      }),
      withOne('wound-wait', 'wounds', {
        tasks: {
          H: 'ww.lock(a); task.sleep(10); ww.unlock(a)',
          A: 'x = ww.init(k); ww.lock(b, x); task.sleep(10); q = ww.lock(a, x); ww.leave(a); ww.unlock(b); ww.fini(x)',
          B: `task.sleep(5); y = ww.init(k); ww.lock(c, y); r = ww.lock(a, y); task.sleep(10)
            l = ww.look(y); w = ww.waiters(a); ww.leave(a); ww.unlock(c); ww.fini(y)`,
        },
      }),
    ],
    schedules: [
      { kind: 'bounded', preemptions: 1, runsMax: 1500 },
      { kind: 'random', runs: 400, seed: 1 },
    ],
    holds: (run) => {
      if (run.program.name === 'wounds') {
        const isAhead = resultNamed(run, 'w') === 'A/x';
        return !isAhead || isWounded(run, 'l') ? null : 'the winner is not wounded';
      }
      const isBefore = takers(run, 'a').startsWith('H B') || takers(run, 'a').startsWith('B');
      const r = resultNamed(run, 'r');
      return r === EDEADLK || isBefore ? null : `${String(r)}, after ${takers(run, 'a')}`;
    },
    witness: {
      failed: reached((run) => resultNamed(run, 'r') === EDEADLK, 10),
      inTheWindow: reached(wonBeforeAsked, 2),
    },
    faults: ['ww-056-forgets-the-winner', 'ww-027-steals-unseen'],
  }),
];

/** Somebody failed, or queued, while the winner had not left the queue. */
function wonBeforeAsked(run: Run): boolean {
  const mutex = run.environment.value('a');
  const events = run.sightings.filter(({ object }) => object === mutex);
  const taken = events.findIndex(({ name, task }) => name === 'take' && task !== 'H');
  const left = events.findIndex(({ name }, at) => at > taken && name === 'leave');
  return events
    .slice(taken + 1, left)
    .some(({ name }) => name === 'queue' || name === 'lock.deadlock');
}
