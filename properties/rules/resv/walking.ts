import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

/** The object has the only reference on `f`, which is done; `g` and `h` are pending. */
const OWNER = `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
  i = fence.create(); resv.lock(r); resv.reserve(r, 4); resv.add(r, f, KERNEL)
  resv.add(r, g, READ); resv.add(r, h, WRITE); resv.unlock(r)`;
const FULL = `${OWNER}; resv.lock(r); resv.reserve(r, 1); resv.add(r, i, BOOKKEEP); resv.unlock(r)`;
const TWO = `r = resv.create(); f = fence.create(); g = fence.create(); resv.lock(r)
  resv.reserve(r, 2); resv.add(r, f, WRITE); resv.add(r, g, WRITE); resv.unlock(r)`;

/** Where an event of an object was first seen, among all that was seen. */
function at(run: Run, object: string, name: string): number {
  const { sightings } = run;
  return sightings.findIndex((one) => one.name === name && one.object.alias === object);
}

/** A growth gives back what it leaves behind, after the larger list can be found. */
function publishedFirst(run: Run): string | null {
  const last = at(run, 'f', 'put.last');
  const grown = run.sightings.findLastIndex((one) => one.name === 'reserve');
  return last >= 0 && last < grown ? 'f was given back before the larger list was there' : null;
}

/** A wait that succeeded has seen the signals of both fences. */
function bothBefore(run: Run): string | null {
  const done = at(run, 'r', 'wait.done');
  if (done < 0) return null;
  const missing = ['f', 'g'].find((name) => {
    const signal = at(run, name, 'signal');
    return signal < 0 || signal > done;
  });
  return missing === undefined ? null : `the wait is over, and ${missing} is pending`;
}

/** Properties of what readers meet who do not hold the lock, and of the end. */
export const WALKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-002'],
    plan: `The end drops one reference per slot, waits for nothing and signals nothing.
      - done and pending fences, one of them in two slots, one that only the object has`,
    programs: [
      program('end', {
        setup: `${FULL}; fence.signal(f)`,
        tasks: {
          A: `resv.lock(r); resv.add(r, g, KERNEL); resv.unlock(r); resv.fini(r)
            f1 = inspect.references(f); g1 = inspect.references(g); h1 = inspect.references(h)
            g2 = inspect.isSignaled(g); h2 = inspect.isSignaled(h); t = clock.now()`,
        },
      }),
      program('last', {
        setup: `${OWNER}; fence.signal(f); fence.put(f)`,
        tasks: { A: 'resv.fini(r); g1 = inspect.references(g); g2 = inspect.isSignaled(g)' },
      }),
    ],
    forbids: ['leak', 'use-after-free', 'refcount', 'double-free', 'deadlock'],
    holds: results({
      end: { f1: 1, g1: 1, h1: 1, g2: false, h2: false, t: 1000 },
      last: { g1: 1, g2: false },
    }),
    witness: { ended: reached((run) => resultNamed(run, 'g1') === 1, 2) },
    faults: ['resv-002-keeps-pending', 'resv-002-signals'],
  }),
  property({
    rules: ['RESV-018'],
    plan: `Growth takes over what is pending, in order and with its usage, and gives back what is
      done, after the larger list was published.
      - alone; a reader beside it, which must always find the pending ones
      - the object has the only reference on what is done
      - done by hardware, which nobody has noticed`,
    programs: [
      program('order', {
        setup: `${FULL}; fence.signal(f)`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); slots = resv.slots(r)
            f1 = inspect.references(f); g1 = inspect.references(g); resv.unlock(r)`,
        },
      }),
      program('beside', {
        setup: `${FULL}; fence.signal(f); fence.put(f)`,
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 4); slots = resv.slots(r); resv.unlock(r)',
          B: 'read = resv.test(r, READ); write = resv.test(r, WRITE)',
        },
      }),
      program('unnoticed', {
        setup: `r = resv.create(); f = fence.create(signaled: hardware); g = fence.create()
          h = fence.create(); resv.lock(r); resv.reserve(r, 2); resv.add(r, f, KERNEL)
          resv.add(r, g, READ); resv.add(r, h, WRITE); resv.unlock(r); hardware.finish(f)`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); slots = resv.slots(r); f2 = inspect.isSignaled(f)
            resv.unlock(r)`,
        },
      }),
    ],
    forbids: [
      'ownership',
      'leak',
      'use-after-free',
      'refcount',
      'deadlock',
      'livelock',
      'races',
      'walks',
      'bug',
    ],
    holds: (run) =>
      publishedFirst(run) ??
      results({
        order: { slots: 'g/READ h/WRITE i/BOOKKEEP', f1: 1, g1: 2 },
        beside: { slots: 'g/READ h/WRITE i/BOOKKEEP', read: false, write: false },
        unnoticed: { slots: 'g/READ h/WRITE', f2: true },
      })(run),
    witness: { given: reached((run) => at(run, 'f', 'put.last') > 0) },
    faults: [
      'resv-018-puts-first',
      'resv-018-keeps-all',
      'resv-018-reverses',
      'resv-018-reads-plainly',
      'resv-018-in-place',
    ],
  }),
  property({
    rules: ['RESV-030'],
    plan: `A reader never meets a slot that is counted and not filled.
      - an append beside a walk, into an empty list and into one that has fences`,
    programs: [
      program('first', {
        setup: 'r = resv.create(); f = fence.create(); resv.lock(r); resv.reserve(r, 1)',
        tasks: { A: 'resv.test(r, BOOKKEEP)' },
        teardown: 'resv.unlock(r)',
      }),
      program('append', {
        setup: `${TWO}; h = fence.create(); fence.signal(f); fence.signal(g)`,
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 2); resv.add(r, h, READ); resv.unlock(r)',
          B: 'before = resv.test(r, READ); after = resv.test(r, READ)',
        },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['bug', 'use-after-free'],
    holds: (run) => {
      const isBack = resultNamed(run, 'before') === false && resultNamed(run, 'after') === true;
      return isBack ? 'a pending fence was found, and then not any more' : null;
    },
    witness: {
      found: reached((run) => resultNamed(run, 'after') === false),
      missed: reached((run) => resultNamed(run, 'after') === true),
    },
    faults: ['BUG-RESV-06'],
  }),
  property({
    rules: ['RESV-032'],
    plan: `A fence that is done may be added: it takes a slot, and no query finds it.
      - into a fresh object; beside a pending one of weaker usage`,
    programs: [
      program('done', {
        setup: 'r = resv.create(); f = fence.create(); g = fence.create(); fence.signal(f)',
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 2); resv.add(r, f, KERNEL); s1 = resv.slots(r)
            t1 = resv.test(r, BOOKKEEP); resv.add(r, g, READ); s2 = resv.slots(r)
            resv.unlock(r)`,
        },
      }),
    ],
    holds: results({ done: { s1: 'f/KERNEL', t1: true, s2: 'g/READ' } }),
    witness: { unseen: reached((run) => resultNamed(run, 't1') === true) },
    faults: ['resv-032-not-stored'],
  }),
  property({
    rules: ['RESV-038'],
    plan: `A walk without the lock has a reference on each fence that it looks at, and no longer.
      - the holder of the lock displaces and grows beside it; the object has the only references
      - it polls what it meets, also what it is not asked about: hardware that is done counts`,
    programs: [
      program('displace', {
        setup: `r = resv.create(); f = fence.create(1, context: 50)
          g = fence.create(2, context: 50); resv.lock(r); resv.reserve(r, 1)
          resv.add(r, f, READ); fence.signal(f); fence.put(f); resv.unlock(r)`,
        tasks: {
          A: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)',
          B: 'resv.test(r, READ); g2 = resv.test(r, READ)',
        },
      }),
      program('hardware', {
        setup: `r = resv.create(); f = fence.create(signaled: hardware)
          g = fence.create(signaled: hardware); resv.lock(r); resv.reserve(r, 2)
          resv.add(r, f, BOOKKEEP); resv.add(r, g, WRITE); resv.unlock(r); hardware.finish(f)
          hardware.finish(g)`,
        tasks: {
          A: 't = resv.test(r, READ); f1 = inspect.isSignaled(f); g1 = inspect.isSignaled(g)',
        },
      }),
      program('wait', {
        setup: `${TWO}; h = fence.create()`,
        tasks: {
          A: 'resv.wait(r, WRITE, 5)',
          B: `resv.lock(r); resv.reserve(r, 4); resv.add(r, h, READ); resv.unlock(r)
            fence.signal(f); fence.signal(g)`,
        },
      }),
    ],
    forbids: ['leak', 'use-after-free', 'refcount', 'refinement', 'ownership', 'livelock'],
    holds: (run) => {
      if (run.program.name !== 'hardware') return null;
      return results({ hardware: { t: true, f1: true, g1: true } })(run);
    },
    witness: {
      dead: reached((run) => at(run, 'f', 'getRcu.missed') > 0),
      taken: reached((run) => at(run, 'f', 'getRcu.taken') > 0),
    },
    faults: ['resv-038-looks-first', 'resv-038-keeps-done', 'resv-038-flags-only'],
  }),
  property({
    rules: ['RESV-039'],
    plan: `A walk that meets a fence without references, or that its list was exchanged, starts again.
      - a later fence of the same context displaces a pending one that nobody else has: one of
        the two is always found
      - growth while a walk sleeps, which moves what is pending to a slot that it has passed`,
    programs: [
      program('dead', {
        setup: `r = resv.create(); f = fence.create(1, context: 50)
          g = fence.create(2, context: 50); resv.lock(r); resv.reserve(r, 1)
          resv.add(r, f, READ); fence.put(f); resv.unlock(r)`,
        tasks: {
          A: 'resv.lock(r); resv.add(r, g, READ); resv.unlock(r)',
          B: 't = resv.test(r, READ)',
        },
      }),
      program('moved', {
        setup: TWO,
        tasks: {
          A: 't = resv.wait(r, WRITE, 0); u = resv.test(r, WRITE)',
          B: 'fence.signal(f); resv.lock(r); resv.reserve(r, 6); resv.unlock(r)',
        },
      }),
    ],
    forbids: ['ownership', 'refinement', 'livelock', 'bug'],
    holds: (run) => {
      if (run.program.name === 'dead') return results({ dead: { t: false } })(run);
      return results({ moved: { t: 0, u: false } })(run);
    },
    witness: { dead: reached((run) => at(run, 'f', 'getRcu.missed') > 0) },
    faults: ['resv-039-skips-the-dead', 'resv-058-keeps-its-place', 'BUG-RESV-07'],
  }),
  property({
    rules: ['RESV-057'],
    plan: `The timeout is one budget for all fences; success gives what is left of it.
      - two fences that take three jiffies each; time runs out at the second one`,
    programs: [
      program('enough', {
        setup: TWO,
        tasks: {
          A: 'w = resv.wait(r, WRITE, 10)',
          B: 'task.sleep(3); fence.signal(f); task.sleep(3); fence.signal(g)',
        },
      }),
      program('too-little', {
        setup: TWO,
        tasks: {
          A: 'w = resv.wait(r, WRITE, 5); t = clock.now()',
          B: 'task.sleep(3); fence.signal(f); task.sleep(3); fence.signal(g)',
        },
      }),
    ],
    holds: (run) => {
      const left = Number(resultNamed(run, 'w'));
      const now = resultNamed(run, 't');
      if (run.program.name === 'too-little') {
        return left === 0 && now === 1005 ? null : `the wait returns ${left} at ${String(now)}`;
      }
      return left === 4 ? null : `${left} of 10 jiffies are left after 6`;
    },
    witness: {
      left: reached((run) => resultNamed(run, 'w') === 4),
      timedOut: reached((run) => resultNamed(run, 't') === 1005),
    },
    faults: ['resv-057-budget-each', 'resv-057-whole-timeout'],
  }),
  property({
    rules: ['RESV-058'],
    plan: `A wait that succeeds has waited for every fence that was there when it began.
      - growth, and growth that leaves out the first fence, beside it`,
    programs: [
      program('growth', {
        setup: `${TWO}; h = fence.create(); fence.signal(h)`,
        tasks: {
          A: 'resv.wait(r, WRITE, 9)',
          B: 'fence.signal(f); resv.lock(r); resv.reserve(r, 6); resv.unlock(r); fence.signal(g)',
        },
      }),
      program('replaced', {
        setup: `${TWO}; h = fence.create()`,
        tasks: {
          A: 'resv.wait(r, WRITE, 9)',
          B: 'fence.signal(f); resv.lock(r); resv.add(r, h, BOOKKEEP); resv.unlock(r)',
          C: 'fence.signal(g)',
        },
      }),
    ],
    holds: bothBefore,
    witness: { done: reached((run) => at(run, 'r', 'wait.done') > 0) },
    faults: ['resv-058-keeps-its-place', 'resv-058-first-only'],
  }),
];
