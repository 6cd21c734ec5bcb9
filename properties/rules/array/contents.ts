import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

const PAIR = 'f = fence.create(); g = fence.create()';

/** Properties of the children of an array, and of its end. */
export const CONTENTS_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-020'],
    plan: `Releasing an array drops each child once, and frees it after a grace period.
      - counts of children that somebody else holds
      - a reader that began before the last put`,
    programs: [
      program('drops', {
        setup: `${PAIR}; fence.get(f); fence.get(g); a = array.create([f, g])`,
        tasks: {
          A: `fence.put(a); f1 = inspect.references(f); g1 = inspect.references(g)
            gone = inspect.isFreed(a)`,
        },
      }),
      program('reader', {
        setup: `${PAIR}; a = array.create([f, g])`,
        tasks: {
          A: `rcu.readLock(); fence.put(a); early = inspect.isFreed(a); rcu.readUnlock()
            late = inspect.isFreed(a)`,
        },
      }),
    ],
    forbids: ['leak', 'double-free', 'refcount', 'use-after-free'],
    holds: results({
      drops: { f1: 1, g1: 1, gone: true },
      reader: { early: false, late: true },
    }),
    witness: {
      released: reached((run) => resultNamed(run, 'gone') === true),
      graced: reached((run) => resultNamed(run, 'early') === false),
    },
    faults: ['array-020-first-child-kept', 'array-020-no-grace-period'],
  }),
  property({
    rules: ['ARRAY-021'],
    plan: `A deadline reaches every child that still polls pending.
      - both pending; one signaled meanwhile; the array done`,
    programs: [
      program('deadline', {
        setup: `f = fence.create(deadline: true); g = fence.create(deadline: true)
          a = array.create([f, g])`,
        tasks: {
          A: `fence.setDeadline(a, 100); fence.signal(f); fence.setDeadline(a, 50)
            fence.signal(g); fence.setDeadline(a, 20)
            df = inspect.deadlines(f); dg = inspect.deadlines(g)`,
        },
      }),
    ],
    holds: results({ deadline: { df: '100', dg: '100 50' } }),
    witness: { hinted: reached((run) => resultNamed(run, 'dg') !== '') },
    faults: ['array-021-first-child-only', 'array-021-asks-the-issuer'],
  }),
  property({
    rules: ['ARRAY-022'],
    plan: `An array belongs to a context when all of its children do; its own context is ignored.
      - equal and mixed children, a childless array, an array as child, a plain fence`,
    programs: [
      program('match', {
        setup: `f = fence.create(context: 5); g = fence.create(context: 5)
          h = fence.create(context: 5); i = fence.create(context: 6)
          j = fence.create(context: 6)`,
        tasks: {
          A: `a = array.create([f, g], context: 9); same = array.matchContext(a, 5)
            own = array.matchContext(a, 9); b = array.create([h, i], context: 5)
            mixed5 = array.matchContext(b, 5); mixed6 = array.matchContext(b, 6)
            e = array.create([]); none = array.matchContext(e, 1234)
            plain = array.matchContext(j, 6); other = array.matchContext(j, 5)
            c = array.create([a]); nested = array.matchContext(c, 9)
            deeper = array.matchContext(c, 5)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: results({
      match: {
        same: true,
        own: false,
        mixed5: false,
        mixed6: false,
        none: true,
        plain: true,
        other: false,
        nested: true,
        deeper: false,
      },
    }),
    witness: { matched: reached((run) => resultNamed(run, 'same') === true) },
    faults: ['array-022-own-context', 'array-022-one-child-is-enough'],
  }),
  property({
    rules: ['ARRAY-023'],
    plan: `Iterating yields the children by index, a plain fence itself, and nothing for NULL.
      - no reference is taken`,
    programs: [
      program('iterate', {
        setup: `${PAIR}; h = fence.create(); a = array.create([g, f])`,
        tasks: {
          A: `array = array.children(a); plain = array.children(h); none = array.children(null)
            f1 = inspect.references(f); h1 = inspect.references(h); a1 = inspect.references(a)`,
        },
      }),
    ],
    holds: results({
      iterate: { array: 'g f', plain: 'h', none: '', f1: 1, h1: 1, a1: 1 },
    }),
    witness: { iterated: reached((run) => resultNamed(run, 'array') === 'g f') },
    faults: ['array-023-plain-yields-nothing'],
  }),
  property({
    rules: ['ARRAY-025'],
    plan: `Only the ops table makes a fence an array, and so a container.
      - plain, done, childless; the global stub; a fence that has the names of an array`,
    programs: [
      program('kinds', {
        setup: `${PAIR}; fence.signal(f); s = stub.get(); fake = fence.createLookalike()`,
        tasks: {
          A: `a = array.create([f]); fence.isSignaled(a); e = array.create([])
            plain = array.isContainer(g); done = array.isContainer(a)
            empty = array.isContainer(e); stub = array.isContainer(s)
            named = array.isContainer(fake); array = array.isArray(a)
            nameOnly = array.isArray(fake)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: results({
      kinds: {
        plain: false,
        done: true,
        empty: true,
        stub: false,
        named: false,
        array: true,
        nameOnly: false,
      },
    }),
    witness: { asked: reached((run) => resultNamed(run, 'nameOnly') === false) },
    faults: ['array-025-by-name', 'array-025-by-contents'],
  }),
  property({
    rules: ['ARRAY-027'],
    plan: `Children stay listed and referenced when they are done, and when the array is.
      - before, with one child done, with the array done, for an armed array`,
    programs: [
      program('kept', {
        setup: `${PAIR}; fence.get(f); a = array.create([f, g]); fence.enableSwSignaling(a)`,
        tasks: {
          A: `c0 = array.children(a); fence.signal(f); c1 = array.children(a); fence.signal(g)
            c2 = array.children(a); fence.put(f); f1 = inspect.references(f)
            s = fence.getStatus(a)`,
        },
      }),
    ],
    forbids: ['use-after-free', 'refcount'],
    holds: results({ kept: { c0: 'f g', c1: 'f g', c2: 'f g', f1: 1, s: 1 } }),
    witness: { done: reached((run) => resultNamed(run, 's') === 1) },
    faults: ['array-027-drops-when-done'],
  }),
];
