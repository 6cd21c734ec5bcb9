import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import { crashesInLastCall, mustCrash } from './crashes.ts';

/** h and f are of one context, h first; g of another. */
const MIXED = `r = resv.create(); f = fence.create(1, context: 50); g = fence.create(1, context: 51)
  h = fence.create(2, context: 50); e = fence.create(9, context: 60); resv.lock(r)
  resv.reserve(r, 4); resv.add(r, h, KERNEL); resv.add(r, g, WRITE); resv.add(r, f, READ)
  resv.unlock(r)`;
/** The source has f, g, which is done, and h; the object itself has i and j, which is done. */
const SOURCE = `s = resv.create(); r = resv.create(); f = fence.create(); g = fence.create()
  h = fence.create(); i = fence.create(); j = fence.create(); resv.lock(s); resv.reserve(s, 3)
  resv.add(s, f, READ); resv.add(s, g, WRITE); resv.add(s, h, BOOKKEEP); resv.unlock(s)
  resv.lock(r); resv.reserve(r, 2); resv.add(r, i, WRITE); resv.add(r, j, READ); resv.unlock(r)
  fence.signal(g); fence.signal(j)`;
const ARRAY = `r = resv.create(); f = fence.create(); g = fence.create()
  arr = array.create([f, g])`;
const NO_LEAK = ['leak', 'use-after-free', 'refcount', 'double-free'] as const;

/** Without memory nothing has changed, and nothing is left. */
function isUntouched(run: Run): string | null {
  const result = resultNamed(run, 'result');
  if (result === 0) return null;
  return results({
    filled: { result: -12, slots: 'i/WRITE j/READ', fr: 2, hr: 2, ir: 2 },
    regrown: { result: -12, slots: 'i/WRITE j/READ' },
  })(run);
}

/** Properties of replacing fences, of containers, and of copies. */
export const REWRITING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-031'],
    plan: `A container is complained about when it is added, and stored all the same.
      - an array; a chain; the leaves of the array one by one as control`,
    programs: [
      program('array', {
        setup: ARRAY,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, arr, READ); slots = resv.slots(r)
            resv.unlock(r)`,
        },
      }),
      program('chain', {
        setup: 'r = resv.create(); f = fence.create(); c = chain.create(null, f, 1)',
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 1); resv.add(r, c, READ); slots = resv.slots(r)
            resv.unlock(r)`,
        },
      }),
      program('leaves', {
        setup: ARRAY.replace('arr = array.create([f, g])', ''),
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 2); resv.add(r, f, READ); resv.add(r, g, READ)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: both(
      results({
        array: { slots: 'arr/READ' },
        chain: { slots: 'c/READ' },
        leaves: { slots: 'f/READ g/READ' },
      }),
      (run) => {
        const wanted = run.program.name === 'leaves' ? 0 : 1;
        return warnings(run) === wanted ? null : `${warnings(run)} warnings, not ${wanted}`;
      },
    ),
    witness: { warned: reached((run) => warnings(run) === 1) },
    faults: ['resv-031-silent', 'resv-031-refuses', 'resv-031-arrays-only'],
  }),
  property({
    rules: ['RESV-033'],
    plan: `Every slot of the context is replaced, whatever is in it, and nothing else.
      - twice the context, by a fence of another one, weaker; one of the two is done
      - by an earlier fence; no such context; no list
      - references: one for each slot that was replaced; the caller drops its own`,
    programs: [
      program('both', {
        setup: `${MIXED}; fence.signal(f)`,
        tasks: {
          A: `resv.lock(r); resv.replace(r, 50, e, BOOKKEEP); slots = resv.slots(r)
            max = resv.max(r); er = inspect.references(e); fr = inspect.references(f)
            hr = inspect.references(h); resv.unlock(r); fence.put(e); t = resv.test(r, WRITE)
            u = resv.test(r, BOOKKEEP)`,
        },
      }),
      program('earlier', {
        setup: `${MIXED}; d = fence.create(1, context: 50)`,
        tasks: {
          A: `resv.lock(r); resv.replace(r, 50, d, WRITE); slots = resv.slots(r)
            resv.replace(r, 99, e, READ); again = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('no-list', {
        setup: 'r = resv.create(); e = fence.create()',
        tasks: {
          A: `resv.lock(r); resv.replace(r, 50, e, READ); list = resv.list(r)
            er = inspect.references(e); resv.unlock(r)`,
        },
      }),
    ],
    forbids: NO_LEAK,
    holds: results({
      both: {
        slots: 'e/BOOKKEEP g/WRITE e/BOOKKEEP',
        max: 3,
        er: 3,
        fr: 1,
        hr: 1,
        t: false,
        u: false,
      },
      earlier: { slots: 'd/WRITE g/WRITE d/WRITE', again: 'd/WRITE g/WRITE d/WRITE' },
      'no-list': { list: 'none', er: 1 },
    }),
    witness: { twice: reached((run) => resultNamed(run, 'er') === 3) },
    faults: [
      'BUG-RESV-04',
      'resv-033-first-only',
      'resv-033-later-only',
      'resv-033-any-context',
      'resv-033-keeps-usage',
    ],
  }),
  property({
    rules: ['RESV-046'],
    plan: `A copy has what is pending in the source, with its usages, and nothing else.
      - done and pending fences of all usages; what the object had before is given back
      - the source is locked, or has nothing pending: then the object has no list
      - the source grows meanwhile: the copy has begun anew`,
    programs: [
      program('copy', {
        setup: SOURCE,
        tasks: {
          A: `resv.lock(r); e = resv.copy(r, s); slots = resv.slots(r); fr = inspect.references(f)
            ir = inspect.references(i); jr = inspect.references(j); of = resv.slots(s)
            resv.unlock(r)`,
        },
      }),
      program('source-locked', {
        setup: SOURCE,
        tasks: {
          A: `x = ww.init(); resv.lock(r, x); resv.lock(s, x); e = resv.copy(r, s)
            slots = resv.slots(r); resv.unlock(s); resv.unlock(r); ww.fini(x)`,
        },
      }),
      program('nothing', {
        setup: `${SOURCE}; fence.signal(f); fence.signal(h)`,
        tasks: {
          A: `resv.lock(r); e = resv.copy(r, s); slots = resv.list(r); ir = inspect.references(i)
            resv.unlock(r)`,
        },
      }),
      program('grows', {
        setup: SOURCE,
        tasks: {
          A: 'resv.lock(r); resv.copy(r, s); slots = resv.slots(r); resv.unlock(r)',
          B: 'resv.lock(s); resv.reserve(s, 8); resv.unlock(s)',
        },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: [...NO_LEAK, 'walks', 'refinement', 'bug'],
    holds: results({
      copy: {
        e: 0,
        slots: 'f/READ h/BOOKKEEP',
        fr: 3,
        ir: 1,
        jr: 1,
        of: 'f/READ g/WRITE h/BOOKKEEP',
      },
      'source-locked': { e: 0, slots: 'f/READ h/BOOKKEEP' },
      nothing: { e: 0, slots: 'none', ir: 1 },
      grows: { slots: 'f/READ h/BOOKKEEP' },
    }),
    witness: {
      nothing: reached((run) => resultNamed(run, 'slots') === 'none'),
      anew: reached((run) => run.sightings.some(({ name }) => name === 'copy.restart')),
    },
    faults: ['resv-046-implicit-only', 'resv-046-keeps-the-old'],
  }),
  property({
    rules: ['RESV-047'],
    plan: `Without memory a copy leaves the object as it is, and keeps no reference.
      - at once; and after the source has grown, when the first list is given back`,
    programs: [
      program('filled', {
        world: { failuresMax: 1 },
        setup: SOURCE,
        tasks: {
          A: `resv.lock(r); result = resv.copy(r, s); slots = resv.slots(r)
            fr = inspect.references(f); hr = inspect.references(h); ir = inspect.references(i)
            resv.unlock(r)`,
        },
      }),
      program('regrown', {
        world: { failuresMax: 1 },
        setup: SOURCE,
        tasks: {
          A: 'resv.lock(r); result = resv.copy(r, s); slots = resv.slots(r); resv.unlock(r)',
          B: 'resv.lock(s); resv.reserve(s, 8); resv.unlock(s)',
        },
      }),
    ],
    forbids: [...NO_LEAK, 'walks', 'refinement'],
    holds: isUntouched,
    witness: {
      failed: reached((run) => resultNamed(run, 'result') === -12),
      later: reached(
        (run) =>
          resultNamed(run, 'result') === -12 &&
          run.sightings.some(({ name }) => name === 'copy.restart'),
      ),
    },
    faults: ['resv-047-clears-first'],
  }),
  property({
    rules: ['RESV-048'],
    plan: `A copy promises no slots, whatever was reserved before.
      - reserve, copy, add: a BUG; reserve after it as control`,
    programs: [
      program('promised', {
        setup: SOURCE.replace('fence.signal(g); ', ''),
        tasks: {
          A: 'resv.lock(r); resv.reserve(r, 4); resv.copy(r, s); resv.add(r, i, WRITE)',
        },
      }),
      program('again', {
        setup: SOURCE.replace('fence.signal(g); ', ''),
        tasks: {
          A: `resv.lock(r); resv.copy(r, s); resv.reserve(r, 1); resv.add(r, i, WRITE)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['bug'],
    holds: (run) =>
      run.program.name === 'again'
        ? results({ again: { slots: 'f/READ g/WRITE h/BOOKKEEP i/WRITE' } })(run)
        : 'a promise outlived the copy',
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name === 'promised'),
    witness: { crashed: reached(crashesInLastCall) },
    faults: ['resv-048-promises-more'],
  }),
  property({
    rules: ['RESV-052'],
    plan: `What get_singleton gives may be a container: adding that is complained about.
      - two pending fences; one, which is no container`,
    programs: [
      program('two', {
        setup: SOURCE,
        tasks: {
          A: `one = resv.getSingleton(s, BOOKKEEP); resv.lock(r); resv.reserve(r, 1)
            resv.add(r, one, WRITE); resv.unlock(r)`,
        },
      }),
      program('one', {
        setup: SOURCE,
        tasks: {
          A: `one = resv.getSingleton(s, READ); resv.lock(r); resv.reserve(r, 1)
            resv.add(r, one, WRITE); resv.unlock(r)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: (run) => {
      const wanted = run.program.name === 'two' ? 1 : 0;
      return warnings(run) === wanted ? null : `${warnings(run)} warnings, not ${wanted}`;
    },
    witness: { warned: reached((run) => warnings(run) === 1) },
    faults: ['resv-031-silent'],
  }),
];
