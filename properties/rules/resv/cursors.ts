import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';

/** f READ and done, g WRITE, h BOOKKEEP, i READ. */
const FOUR = `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
  i = fence.create(); resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ)
  resv.add(r, g, WRITE); resv.add(r, h, BOOKKEEP); resv.add(r, i, READ); resv.unlock(r)
  fence.signal(f)`;
/** Two pending fences, and room for more on a kernel that takes no promises back. */
const TWO = `r = resv.create(); f = fence.create(1, context: 50); g = fence.create(1, context: 51)
  h = fence.create(2, context: 51); resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ)
  resv.add(r, g, READ); resv.unlock(r)`;
const STEPS = `c = resv.begin(r, READ); a = resv.first(c); o1 = resv.isOnList(c); b = resv.next(c)
  d = resv.next(c); e = resv.next(c); resv.end(c)`;
const GROW = 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)';
const PROMISES_LAST = { lockProving: false };
const SAFE = ['leak', 'use-after-free', 'refcount', 'walks', 'livelock', 'ownership'] as const;

/** What the steps of a cursor gave, up to the end of the walk. */
function given(run: Run): string[] {
  const steps = ['a', 'b', 'd', 'e'].map((name) => String(resultNamed(run, name)));
  const end = steps.findIndex((step) => step.startsWith('none'));
  return end < 0 ? steps : steps.slice(0, end);
}

/** To how many lists the walk came. */
function restarts(run: Run): number {
  return run.sightings.filter(({ name }) => name === 'walk.restart').length;
}

/** Who forgets what it has when it is told to begin anew has each fence once. */
function isUnique(run: Run): string | null {
  let fences: string[] = [];
  for (const step of given(run)) {
    if (step.endsWith(' anew')) fences = [];
    const name = step.replace(/\/.*/, '');
    if (fences.includes(name)) return `${name} comes twice, and the walk has not begun anew`;
    fences.push(name);
  }
  return null;
}

/** Properties of walks under the lock, and of those without it step by step. */
export const CURSOR_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-035'],
    plan: `Under the lock a walk gives what is in the slots up to a usage, in order, done or not, and
      takes no references.
      - done, weaker and stronger ones; each usage; without the lock as control`,
    programs: [
      program('locked', {
        setup: FOUR,
        tasks: {
          A: `resv.lock(r); c = resv.begin(r, READ); a = resv.firstLocked(c)
            fr = inspect.references(f); b = resv.nextLocked(c); gr = inspect.references(g)
            d = resv.nextLocked(c); e = resv.nextLocked(c); k = resv.begin(r, WRITE)
            x = resv.firstLocked(k); y = resv.nextLocked(k); resv.unlock(r)`,
        },
      }),
    ],
    holds: results({
      locked: {
        a: 'f/READ anew',
        fr: 2,
        b: 'g/WRITE',
        gr: 2,
        d: 'i/READ',
        e: 'none',
        x: 'g/WRITE anew',
        y: 'none',
      },
    }),
    witness: { done: reached((run) => resultNamed(run, 'a') === 'f/READ anew') },
    faults: ['resv-035-skips-the-done'],
  }),
  property({
    rules: ['RESV-036'],
    plan: `What is appended in the middle of a walk under the lock is visited.
      - behind the last one, which has been given`,
    programs: [
      program('appended', {
        setup: `${TWO}; i = fence.create()`,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 2); c = resv.begin(r, READ); a = resv.firstLocked(c)
            b = resv.nextLocked(c); resv.add(r, i, READ); d = resv.nextLocked(c)
            e = resv.nextLocked(c); resv.unlock(r)`,
        },
      }),
    ],
    holds: results({ appended: { a: 'f/READ anew', b: 'g/READ', d: 'i/READ', e: 'none' } }),
    witness: { visited: reached((run) => resultNamed(run, 'd') === 'i/READ') },
    faults: ['resv-036-counts-at-first'],
  }),
  property({
    rules: ['RESV-037'],
    plan: `Under the lock a walk has begun with its first step, and with no other.
      - with fences; with none`,
    programs: [
      program('fences', {
        setup: FOUR,
        tasks: {
          A: `resv.lock(r); c = resv.begin(r, READ); a = resv.firstLocked(c)
            b = resv.nextLocked(c); d = resv.nextLocked(c); e = resv.nextLocked(c)
            resv.unlock(r)`,
        },
      }),
      program('none', {
        setup: FOUR,
        tasks: {
          A: 'resv.lock(r); c = resv.begin(r, KERNEL); a = resv.firstLocked(c); resv.unlock(r)',
        },
      }),
    ],
    holds: results({
      fences: { a: 'f/READ anew', b: 'g/WRITE', d: 'i/READ', e: 'none' },
      none: { a: 'none anew' },
    }),
    witness: { none: reached((run) => resultNamed(run, 'a') === 'none anew') },
    faults: ['resv-037-stays-anew'],
  }),
  property({
    rules: ['RESV-040'],
    plan: `Fences come again only when the walk says that it has begun anew.
      - growth at every moment between and in the steps`,
    programs: [program('grows', { setup: TWO, tasks: { A: STEPS, B: GROW } })],
    forbids: SAFE,
    holds: isUnique,
    witness: {
      again: reached((run) => given(run).filter((step) => step.startsWith('f/')).length > 1),
      once: reached((run) => given(run).join() === 'f/READ anew,g/READ'),
    },
    faults: ['resv-040-hides-it'],
  }),
  property({
    rules: ['RESV-041'],
    plan: `What is appended to the list is missed; what takes a slot that was not visited is seen.
      - an append and a later fence of the second context beside the steps of a walk`,
    programs: [
      program('appended', {
        world: PROMISES_LAST,
        setup: `${TWO}; i = fence.create()`,
        tasks: { A: STEPS, B: 'resv.lock(r); resv.add(r, i, READ); resv.unlock(r)' },
      }),
      program('replaced', {
        world: PROMISES_LAST,
        setup: TWO,
        tasks: { A: STEPS, B: 'resv.lock(r); resv.add(r, h, READ); resv.unlock(r)' },
      }),
    ],
    forbids: SAFE,
    holds: (run) => {
      const fences = given(run).map((step) => step.replace(/\/.*/, ''));
      if (run.program.name === 'appended') {
        return ['f g', 'f g i'].includes(fences.join(' '))
          ? null
          : `the walk gives ${fences.join()}`;
      }
      return ['f g', 'f h'].includes(fences.join(' ')) ? null : `the walk gives ${fences.join()}`;
    },
    witness: {
      missed: reached((run) => run.program.name === 'appended' && given(run).length === 2),
      seen: reached((run) => given(run).some((step) => step.startsWith('h/'))),
    },
    faults: ['resv-041-live-count'],
  }),
  property({
    rules: ['RESV-042', 'RESV-039'],
    plan: `A step ends on the list that the object has then, with what was in it.
      - growth, and two of them: the memory of the first list may be the third one
      - a fence done meanwhile, so that slots move`,
    programs: [
      program('grows', { setup: TWO, tasks: { A: STEPS, B: GROW } }),
      program('moves', {
        setup: TWO,
        tasks: {
          A: STEPS,
          B: `fence.signal(f); ${GROW}; resv.lock(r); resv.reserve(r, 20); resv.unlock(r)`,
        },
      }),
    ],
    forbids: [...SAFE, 'bug'],
    holds: (run) => (resultNamed(run, 'o1') === true ? null : 'a step ends on a list that is gone'),
    witness: {
      stayed: reached((run) => restarts(run) === 1),
      moved: reached((run) => restarts(run) > 1, 2),
    },
    faults: ['resv-042-stays', 'KERN-RESV-02'],
  }),
  property({
    rules: ['RESV-043'],
    plan: `A walk that ends has given all that was pending there since it came to its list.
      - a fence is done in the middle; beside growth and a later fence of a context`,
    programs: [
      program('done', { setup: FOUR, tasks: { A: 'k = resv.walk(r, READ)' } }),
      program('signals', {
        setup: TWO,
        tasks: { A: 'k = resv.walk(r, READ)', B: 'fence.signal(f)' },
      }),
      program('grows', {
        setup: TWO,
        tasks: { A: 'k = resv.walk(r, READ)', B: `fence.signal(f); ${GROW}` },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: SAFE,
    holds: (run) => {
      const walk = String(resultNamed(run, 'k'));
      const last = run.program.name === 'done' ? 'g i' : 'g';
      return walk.endsWith(last) ? null : `the walk gives ${walk}`;
    },
    witness: { missed: reached((run) => resultNamed(run, 'k') === 'g') },
    faults: ['resv-043-jumps'],
  }),
  property({
    rules: ['RESV-044'],
    plan: `Nobody touches a list or a fence that is gone.
      - the object has the only references; growth and displacing at every moment of a walk`,
    programs: [
      program('grows', {
        setup: `${TWO}; fence.signal(f); fence.put(f)`,
        tasks: { A: 'k = resv.walk(r, READ)', B: GROW },
      }),
      program('displaces', {
        setup: `${TWO}; fence.put(g)`,
        tasks: {
          A: 'k = resv.walk(r, READ)',
          B: 'resv.lock(r); resv.add(r, h, READ); resv.unlock(r)',
        },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: SAFE,
    witness: { given: reached((run) => resultNamed(run, 'k') !== undefined, 2) },
    faults: ['resv-044-frees-at-once', 'resv-044-gets-blindly'],
  }),
  property({
    rules: ['RESV-045'],
    plan: `A fence comes with the usage that it was stored with.
      - a slot is replaced by another fence with another usage while a walk is there`,
    programs: [
      program('replaced', {
        setup: `r = resv.create(); f = fence.create(1, context: 50); e = fence.create()
          resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)`,
        tasks: {
          A: 'c = resv.begin(r, BOOKKEEP); a = resv.first(c); resv.end(c)',
          B: 'resv.lock(r); resv.replace(r, 50, e, WRITE); resv.unlock(r)',
        },
      }),
    ],
    forbids: SAFE,
    holds: (run) => {
      const step = String(resultNamed(run, 'a'));
      return /^(f\/READ|e\/WRITE) anew$/.test(step) ? null : `the walk gives ${step}`;
    },
    witness: {
      before: reached((run) => resultNamed(run, 'a') === 'f/READ anew'),
      after: reached((run) => resultNamed(run, 'a') === 'e/WRITE anew'),
    },
    faults: ['resv-045-two-words'],
  }),
  property({
    rules: ['RESV-069'],
    plan: `A walk ends where the object has lost its list, and drops its reference.
      - an empty object is copied into it at every moment of a walk, of get_fences and of a wait`,
    programs: [
      program('cursor', {
        setup: `${TWO}; s = resv.create()`,
        tasks: { A: STEPS, B: 'resv.lock(r); resv.copy(r, s); resv.unlock(r)' },
      }),
      program('fences', {
        setup: `${TWO}; s = resv.create()`,
        tasks: {
          A: 'k = resv.listFences(r, READ)',
          B: 'resv.lock(r); resv.copy(r, s); resv.unlock(r)',
        },
      }),
    ],
    forbids: SAFE,
    holds: (run) => {
      if (run.program.name === 'fences') {
        const found = String(resultNamed(run, 'k'));
        return ['f', 'f g', 'none'].includes(found) ? null : `get_fences gives ${found}`;
      }
      return given(run).length < 4 ? null : 'the walk does not end';
    },
    witness: {
      cut: reached((run) => run.program.name === 'cursor' && given(run).length === 1),
      kept: reached((run) => resultNamed(run, 'k') === 'f'),
    },
    faults: ['KERN-RESV-01'],
  }),
];
