import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

/** f READ, g WRITE and done, h KERNEL, i BOOKKEEP. */
const FOUR = `r = resv.create(); f = fence.create(deadline: true); g = fence.create(deadline: true)
  h = fence.create(deadline: true); i = fence.create(deadline: true); resv.lock(r)
  resv.reserve(r, 4); resv.add(r, f, READ); resv.add(r, g, WRITE); resv.add(r, h, KERNEL)
  resv.add(r, i, BOOKKEEP); resv.unlock(r); fence.signal(g)`;
const GROW = 'resv.lock(r); resv.reserve(r, 8); resv.unlock(r)';
const NO_LEAK = ['leak', 'use-after-free', 'refcount', 'double-free', 'ownership'] as const;

/** A task began a walk on more than one list. */
function beganAnew(run: Run): boolean {
  const restarts = run.sightings.filter(
    ({ name, task }) => name === 'walk.restart' && task === 'A',
  );
  return restarts.length > 1;
}

/** Properties of what one can ask a reservation object for. */
export const ASKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-049'],
    plan: `The pending fences up to a usage are given with a reference each.
      - some; none; without memory
      - the caller gives them back: nothing is left`,
    programs: [
      program('some', {
        setup: FOUR,
        tasks: {
          A: `a = resv.getFences(r, READ); fr = inspect.references(f); gr = inspect.references(g)
            ir = inspect.references(i); fence.put(f); fence.put(h); b = resv.getFences(r, KERNEL)`,
        },
      }),
      program('none', {
        setup: `${FOUR}; fence.signal(f); fence.signal(h)`,
        tasks: { A: 'a = resv.getFences(r, READ); fr = inspect.references(f)' },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: FOUR,
        tasks: {
          A: `result = resv.listFences(r, READ); fr = inspect.references(f)
            hr = inspect.references(h)`,
        },
      }),
    ],
    forbids: NO_LEAK,
    holds: (run) => {
      const failed = resultNamed(run, 'result') === -12;
      return results({
        some: { a: 'f h', fr: 3, gr: 2, ir: 2, b: 'h' },
        none: { a: 'none', fr: 2 },
        'no-memory': { result: failed ? -12 : 'f h', fr: 2, hr: 2 },
      })(run);
    },
    witness: {
      none: reached((run) => resultNamed(run, 'a') === 'none'),
      failed: reached((run) => resultNamed(run, 'result') === -12),
    },
    faults: ['resv-049-borrows', 'resv-049-takes-twice'],
  }),
  property({
    rules: ['RESV-050'],
    plan: `What was collected before a restart is given back, and collected again.
      - growth at every moment of the walk`,
    programs: [
      program('grows', { setup: FOUR, tasks: { A: 'a = resv.listFences(r, READ)', B: GROW } }),
    ],
    forbids: [...NO_LEAK, 'walks'],
    holds: results({ grows: { a: 'f h' } }),
    witness: { anew: reached(beganAnew) },
    faults: ['resv-050-keeps-collected'],
  }),
  property({
    rules: ['RESV-051'],
    plan: `One fence stands for all: none, the very fence, or an array of them in slot order.
      - none, one, three; the same fence twice; when it signals; without memory
      - a context of its own each time, number 1`,
    programs: [
      program('three', {
        setup: FOUR,
        tasks: {
          A: `s = resv.getSingleton(r, BOOKKEEP); n = inspect.seqno(s); c = inspect.context(s)
            fence.enableSwSignaling(s); fence.signal(h); fence.signal(f); a = fence.isSignaled(s)
            fence.signal(i); b = fence.isSignaled(s)`,
        },
      }),
      program('contexts', {
        setup: FOUR,
        tasks: {
          A: `s = resv.getSingleton(r, BOOKKEEP); c = inspect.context(s)
            t = resv.getSingleton(r, BOOKKEEP); d = inspect.context(t)`,
        },
      }),
      program('one', {
        setup: FOUR,
        tasks: { A: 's = resv.getSingleton(r, KERNEL); hr = inspect.references(h)' },
      }),
      program('none', {
        setup: `${FOUR}; fence.signal(h)`,
        tasks: { A: 's = resv.getSingleton(r, KERNEL)' },
      }),
      program('twice', {
        setup: `r = resv.create(); f = fence.create(); resv.lock(r); resv.reserve(r, 2)
          resv.add(r, f, WRITE); resv.add(r, f, READ); resv.unlock(r)`,
        tasks: { A: 's = resv.getSingleton(r, READ)' },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: FOUR,
        tasks: { A: 's = resv.getSingleton(r, BOOKKEEP); hr = inspect.references(h)' },
      }),
    ],
    forbids: [...NO_LEAK, 'walks'],
    holds: (run) => {
      const { name } = run.program;
      if (name === 'contexts') {
        return resultNamed(run, 'c') === resultNamed(run, 'd') ? 'two arrays, one context' : null;
      }
      if (name === 'no-memory' && resultNamed(run, 's') !== -12) return null;
      return results({
        three: { s: '[f h i]', n: 1, a: false, b: true },
        one: { s: 'h', hr: 3 },
        none: { s: 'none' },
        twice: { s: '[f f]' },
        'no-memory': { s: -12, hr: 2 },
      })(run);
    },
    witness: {
      three: reached((run) => resultNamed(run, 'b') === true),
      failed: reached((run) => resultNamed(run, 's') === -12, 2),
    },
    faults: ['resv-051-always-an-array', 'resv-051-any', 'resv-051-backwards'],
  }),
  property({
    rules: ['RESV-063'],
    plan: `A deadline is passed to what is pending up to a usage.
      - done and weaker ones get none; growth meanwhile may pass it twice, and leaves none out`,
    programs: [
      program('passed', {
        setup: FOUR,
        tasks: {
          A: `resv.setDeadline(r, READ, 5000); df = inspect.deadlines(f); dg = inspect.deadlines(g)
            dh = inspect.deadlines(h); di = inspect.deadlines(i)`,
        },
      }),
      program('grows', {
        setup: FOUR,
        tasks: { A: 'resv.setDeadline(r, READ, 5000); dh = inspect.deadlines(h)', B: GROW },
      }),
    ],
    forbids: ['leak', 'walks'],
    holds: (run) => {
      if (run.program.name === 'passed') {
        return results({ passed: { df: '5000', dg: '', dh: '5000', di: '' } })(run);
      }
      const passed = String(resultNamed(run, 'dh'));
      return /^5000( 5000)?$/.test(passed) ? null : `h was given ${passed || 'nothing'}`;
    },
    witness: {
      once: reached((run) => resultNamed(run, 'dh') === '5000'),
      anew: reached(beganAnew),
    },
    faults: ['resv-063-first-only', 'resv-063-all-usages'],
  }),
  property({
    rules: ['RESV-064'],
    plan: `A listing has the fences that others wait for implicitly, in slot order, done or not.
      - each usage`,
    programs: [
      program('listed', {
        setup: FOUR,
        tasks: { A: 'resv.lock(r); text = resv.describe(r); resv.unlock(r)' },
      }),
    ],
    holds: (run) => {
      const lines = String(resultNamed(run, 'text'))
        .split('\n')
        .map((line) => line.trim().replace(/ fence:.* seq 1 (un)?signalled$/, ' $1done'));
      const seen = lines.join(', ');
      const wanted = 'read undone, write done, kernel undone, ';
      return seen === wanted ? null : `the listing says ${seen}`;
    },
    witness: { listed: reached((run) => String(resultNamed(run, 'text')).includes('kernel')) },
    faults: ['resv-064-tells-all'],
  }),
  property({
    rules: ['RESV-070'],
    plan: `What was collected stays when the walk begins anew and finds nothing.
      - the fence signals and the list grows between two steps`,
    programs: [
      program('kept', {
        setup: `r = resv.create(); f = fence.create(); resv.lock(r); resv.reserve(r, 1)
          resv.add(r, f, READ); resv.unlock(r)`,
        tasks: { A: 'a = resv.listFences(r, READ)', B: `fence.signal(f); ${GROW}` },
      }),
    ],
    forbids: ['leak', 'walks'],
    holds: (run) => {
      const found = resultNamed(run, 'a');
      return found === 'f' || found === 'none' ? null : `get_fences gives ${String(found)}`;
    },
    witness: {
      kept: reached(
        (run) =>
          resultNamed(run, 'a') === 'f' &&
          beganAnew(run) &&
          run.sightings.filter(({ name }) => name === 'walk.visit').length === 1,
      ),
      empty: reached((run) => resultNamed(run, 'a') === 'none'),
    },
    faults: ['resv-070-forgets-at-the-end'],
  }),
  property({
    rules: ['RESV-071'],
    plan: `A fence that signaled with an error is done, like any other.
      - test, wait, walk, get_fences and singleton; beside a pending one`,
    programs: [
      program('failed', {
        setup: `${FOUR}; fence.setError(h, -5); fence.signal(h)`,
        tasks: {
          A: `t = resv.test(r, KERNEL); w = resv.wait(r, KERNEL, 7); k = resv.walk(r, KERNEL)
            l = resv.listFences(r, READ); s = resv.getSingleton(r, KERNEL)`,
        },
      }),
    ],
    holds: results({ failed: { t: true, w: 7, k: 'none', l: 'f', s: 'none' } }),
    witness: { done: reached((run) => resultNamed(run, 'w') === 7) },
    faults: ['resv-071-passes-errors-on'],
  }),
  property({
    rules: ['RESV-072'],
    plan: `Walks and arrays go by slots, not by time; growth keeps the order.
      - the first slot is used again, then the list grows`,
    programs: [
      program('reused', {
        setup: `r = resv.create(); f = fence.create(); g = fence.create(); h = fence.create()
          resv.lock(r); resv.reserve(r, 3); resv.add(r, f, READ); resv.add(r, g, READ)
          fence.signal(f); resv.add(r, h, READ); resv.unlock(r)`,
        tasks: {
          A: `k = resv.walk(r, READ); s = resv.getSingleton(r, READ); resv.lock(r)
            resv.reserve(r, 9); l = resv.listFences(r, READ); slots = resv.slots(r)
            resv.unlock(r)`,
        },
      }),
    ],
    holds: results({ reused: { k: 'h g', s: '[h g]', l: 'h g', slots: 'h/READ g/READ' } }),
    witness: { reused: reached((run) => resultNamed(run, 'k') === 'h g') },
    faults: ['resv-018-reverses', 'resv-051-backwards'],
  }),
];
