import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { crashesInLastCall, mustCrash } from './crashes.ts';

const THREE = `r = resv.create(); f = fence.create(1, context: 50); g = fence.create(1, context: 51)
  h = fence.create(2, context: 51)`;
const FILLED = `${THREE}; i = fence.create(); resv.lock(r); resv.reserve(r, 4)
  resv.add(r, f, WRITE); resv.add(r, g, WRITE)`;

/** Properties of adding fences. */
export const ADDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['RESV-022'],
    plan: `Adding takes a reference of its own, and drops that of a displaced fence.
      - append, displace by context, displace because done; the caller drops its own`,
    programs: [
      program('references', {
        setup: THREE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, f, WRITE); f1 = inspect.references(f)
            resv.add(r, g, READ); resv.add(r, h, READ); g1 = inspect.references(g)
            h1 = inspect.references(h); resv.unlock(r); fence.put(f); f2 = inspect.references(f)
            slots = resv.slots(r)`,
        },
      }),
    ],
    forbids: ['leak', 'use-after-free', 'refcount', 'double-free'],
    holds: results({ references: { f1: 2, g1: 1, h1: 2, f2: 1, slots: 'f/WRITE h/READ' } }),
    witness: { displaced: reached((run) => resultNamed(run, 'g1') === 1) },
    faults: ['resv-022-no-reference', 'resv-022-displaced-kept'],
  }),
  property({
    rules: ['RESV-023'],
    plan: `The first slot that may be replaced is taken, and only that one.
      - two slots are done, one is pending; the number of fences stays`,
    programs: [
      program('first', {
        setup: FILLED.replace('resv.add(r, g, WRITE)', 'resv.add(r, g, WRITE); resv.unlock(r)'),
        tasks: {
          A: `fence.signal(f); fence.signal(g); resv.lock(r); resv.add(r, i, READ)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('middle', {
        setup: `${FILLED}; resv.unlock(r); fence.signal(g)`,
        tasks: {
          A: 'resv.lock(r); resv.add(r, i, READ); slots = resv.slots(r); resv.unlock(r)',
        },
      }),
    ],
    holds: results({
      first: { slots: 'i/READ g/WRITE' },
      middle: { slots: 'f/WRITE i/READ' },
    }),
    witness: { replaced: reached((run) => resultNamed(run, 'slots') !== undefined, 2) },
    faults: ['resv-023-last-slot', 'resv-023-every-slot'],
  }),
  property({
    rules: ['RESV-025'],
    plan: `A later fence of weaker usage leaves the stronger entry in place.
      - WRITE, then READ; KERNEL, then BOOKKEEP`,
    programs: [
      program('write-read', {
        setup: THREE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, g, WRITE); resv.add(r, h, READ)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('kernel-bookkeep', {
        setup: THREE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, g, KERNEL)
            resv.add(r, h, BOOKKEEP); slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
    ],
    holds: results({
      'write-read': { slots: 'g/WRITE h/READ' },
      'kernel-bookkeep': { slots: 'g/KERNEL h/BOOKKEEP' },
    }),
    witness: { kept: reached((run) => resultNamed(run, 'slots') !== undefined, 2) },
    faults: ['resv-025-any-usage'],
  }),
  property({
    rules: ['RESV-026'],
    plan: `An earlier fence of a context does not replace a later one that is pending.
      - the later first; what a full wait covers when the earlier is done`,
    programs: [
      program('reversed', {
        setup: THREE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, h, WRITE); resv.add(r, g, WRITE)
            slots = resv.slots(r); resv.unlock(r); fence.signal(g)
            idle = resv.test(r, BOOKKEEP)`,
        },
      }),
    ],
    holds: results({ reversed: { slots: 'h/WRITE g/WRITE', idle: false } }),
    witness: { appended: reached((run) => resultNamed(run, 'idle') === false) },
    faults: ['BUG-RESV-05'],
  }),
  property({
    rules: ['RESV-027'],
    plan: `Adding the same pending fence again leaves one entry and its reference count.
      - equal and stronger usage; behind a slot that is done it becomes a second entry`,
    programs: [
      program('again', {
        setup: THREE,
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 4); resv.add(r, f, READ); resv.add(r, f, READ)
            s1 = resv.slots(r); resv.add(r, f, WRITE); s2 = resv.slots(r)
            refs = inspect.references(f); resv.unlock(r)`,
        },
      }),
      program('behind-done', {
        setup: `${FILLED}; resv.unlock(r); fence.signal(f)`,
        tasks: {
          A: `resv.lock(r); resv.add(r, g, WRITE); slots = resv.slots(r)
            refs = inspect.references(g); resv.unlock(r)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      again: { s1: 'f/READ', s2: 'f/WRITE', refs: 2 },
      'behind-done': { slots: 'g/WRITE g/WRITE', refs: 3 },
    }),
    witness: { twice: reached((run) => resultNamed(run, 'refs') === 3) },
    faults: ['resv-027-strictly-later', 'resv-023-last-slot', 'resv-028-prefers-its-context'],
  }),
  property({
    rules: ['RESV-028'],
    plan: `A slot that is done and comes first is used, and the older fence of the context stays.
      - [done, g] and h of the context of g gives [h, g]`,
    programs: [
      program('done-first', {
        setup: `${FILLED}; resv.unlock(r); fence.signal(f)`,
        tasks: {
          A: 'resv.lock(r); resv.add(r, h, WRITE); slots = resv.slots(r); resv.unlock(r)',
        },
      }),
    ],
    holds: results({ 'done-first': { slots: 'h/WRITE g/WRITE' } }),
    witness: { twoEntries: reached((run) => resultNamed(run, 'slots') === 'h/WRITE g/WRITE') },
    faults: ['resv-023-last-slot', 'resv-028-prefers-its-context'],
  }),
  property({
    rules: ['RESV-029'],
    plan: `Without a slot to replace the fence goes behind the last; without room that is a BUG.
      - append; a full list; no list at all`,
    programs: [
      program('append', {
        setup: FILLED.replace('resv.add(r, g, WRITE)', 'resv.unlock(r)'),
        tasks: {
          A: `resv.lock(r); resv.reserve(r, 2); resv.add(r, g, READ); resv.add(r, i, WRITE)
            slots = resv.slots(r); resv.unlock(r)`,
        },
      }),
      program('full', {
        setup: `${FILLED}; resv.unlock(r)`,
        tasks: { A: 'resv.lock(r); resv.add(r, i, WRITE)' },
      }),
      program('no-list', {
        setup: THREE,
        tasks: { A: 'resv.lock(r); resv.add(r, f, WRITE)' },
      }),
    ],
    allows: ['bug'],
    holds: (run) =>
      run.program.name === 'append'
        ? results({ append: { slots: 'f/WRITE g/READ i/WRITE' } })(run)
        : `${run.program.name}: a fence was added without a slot`,
    outcomes: (outcomes, { name }) => mustCrash(outcomes, name !== 'append'),
    witness: { crashed: reached(crashesInLastCall, 2) },
    faults: ['resv-029-grows-in-place', 'resv-029-makes-a-list'],
  }),
];
