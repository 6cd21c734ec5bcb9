import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const PAIR = 'f = fence.create(); g = fence.create()';
const NO_MEMORY = { failuresMax: 1 } as const;

function warnsOnce(run: Run): string | null {
  const count = warnings(run);
  return count === 1 ? null : `${run.program.name}: ${count} warnings instead of one`;
}

/** Properties of making arrays. */
export const CREATION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['ARRAY-001'],
    plan: `An array takes over one reference per child; without memory the caller keeps them.
      - counts before, after the creation, and after the array is gone
      - the only allocation fails`,
    programs: [
      program('made', {
        setup: PAIR,
        tasks: {
          A: `fence.get(f); before = inspect.references(f); a = array.create([f, g])
            after = inspect.references(f); fence.put(a); rest = inspect.references(f)
            lost = inspect.isFreed(g)`,
        },
      }),
      program('no-memory', {
        world: NO_MEMORY,
        setup: PAIR,
        tasks: { A: 'a = array.create([f, g])' },
        teardown: 'rest = inspect.references(f)',
      }),
    ],
    forbids: ['leak', 'use-after-free', 'refcount', 'double-free'],
    holds: (run) => {
      if (run.program.name === 'made') {
        return results({ made: { before: 2, after: 2, rest: 1, lost: true } })(run);
      }
      const rest = resultNamed(run, 'rest');
      return rest === 1 ? null : `after the call the child has ${String(rest)} references`;
    },
    witness: {
      made: reached((run) => resultNamed(run, 'a') === true),
      failed: reached((run) => resultNamed(run, 'a') === false),
    },
    faults: ['array-001-failure-drops-children', 'array-001-own-references'],
  }),
  property({
    rules: ['ARRAY-002'],
    plan: `An array without children is complained about once, and made.
      - all-mode and any-mode; a NULL vector does not exist here`,
    programs: [
      program('all', { tasks: { A: 'a = array.create([])' } }),
      program('any', { tasks: { A: 'a = array.create([], any: true)' } }),
    ],
    allows: ['warn'],
    holds: both(warnsOnce, results({ all: { a: true }, any: { a: true } })),
    witness: { warned: reached((run) => warnings(run) > 0, 2) },
    faults: ['array-002-silent', 'array-002-refused'],
  }),
  property({
    rules: ['ARRAY-003'],
    plan: `Each child that is a container itself is complained about once, and accepted.
      - two arrays and a plain fence; a node of a chain, and an array; plain fences as control`,
    programs: [
      program('nested', {
        setup: `${PAIR}; h = fence.create()`,
        tasks: {
          A: `a = array.create([f]); b = array.create([g]); c = array.create([h, a, b])
            children = array.children(c)`,
        },
      }),
      program('node', {
        setup: PAIR,
        tasks: {
          A: `n = chain.create(null, f, 1); b = array.create([g]); c = array.create([n, b])
            children = array.children(c)`,
        },
      }),
      program('plain', {
        setup: PAIR,
        tasks: { A: 'c = array.create([f, g]); children = array.children(c)' },
      }),
    ],
    allows: ['warn'],
    holds: both(
      results({
        nested: { c: true, children: 'h a b' },
        node: { c: true, children: 'n b' },
        plain: { c: true, children: 'f g' },
      }),
      (run) => {
        const wanted = run.program.name === 'plain' ? 0 : 2;
        return warnings(run) === wanted ? null : `${warnings(run)} warnings instead of ${wanted}`;
      },
    ),
    witness: { nested: reached((run) => warnings(run) === 2) },
    faults: ['array-003-first-only', 'array-003-arrays-only'],
  }),
  property({
    rules: ['ARRAY-004'],
    plan: `The counter starts at the number of children in all-mode, at 1 in any-mode.
      - one and three children in both modes`,
    programs: [
      program('counters', {
        setup: `${PAIR}; h = fence.create(); i = fence.create(); j = fence.create()
          k = fence.create(); l = fence.create(); m = fence.create()`,
        tasks: {
          A: `a = array.create([f, g, h]); all3 = array.pending(a)
            b = array.create([i, j, k], any: true); any3 = array.pending(b)
            c = array.create([l]); all1 = array.pending(c)
            d = array.create([m], any: true); any1 = array.pending(d)`,
        },
      }),
    ],
    holds: results({ counters: { all3: 3, any3: 1, all1: 1, any1: 1 } }),
    witness: { counted: reached((run) => resultNamed(run, 'any3') !== undefined) },
    faults: ['array-004-any-counts-all'],
  }),
  property({
    rules: ['ARRAY-005'],
    plan: `A new array carries the marker +1, which no status ever shows as an error.
      - status before completion, armed and not armed, and after it`,
    programs: [
      program('marker', {
        setup: `${PAIR}; cb = callback.create()`,
        tasks: {
          A: `a = array.create([f, g]); marker = inspect.error(a); open = fence.getStatus(a)
            fence.addCallback(a, cb); armed = fence.getStatus(a)
            fence.signal(f); half = fence.getStatus(a); fence.signal(g)
            done = fence.getStatus(a); rest = inspect.error(a)`,
        },
      }),
    ],
    holds: results({ marker: { marker: 1, open: 0, armed: 0, half: 0, done: 1, rest: 0 } }),
    witness: { done: reached((run) => resultNamed(run, 'done') === 1) },
    faults: ['array-005-no-marker'],
  }),
  property({
    rules: ['ARRAY-006'],
    plan: `An array is called dma_fence_array on unbound, and its numbers wrap at 32 bits.
      - 0 comes after 0xffffffff`,
    programs: [
      program('names', {
        setup: PAIR,
        tasks: {
          A: `a = array.create([f], context: 77, seqno: 4294967295)
            b = array.create([g], context: 77, seqno: 0)
            text = fence.describe(a); wraps = fence.isLater(b, a); not = fence.isLater(a, b)`,
        },
      }),
    ],
    holds: results({
      names: {
        text: 'dma_fence_array unbound seq 4294967295 unsignalled\n',
        wraps: true,
        not: false,
      },
    }),
    witness: { compared: reached((run) => resultNamed(run, 'wraps') === true) },
    faults: ['array-006-64-bit', 'array-006-name'],
  }),
  property({
    rules: ['ARRAY-024'],
    plan: `With memory at hand an array is built without allocating, so in any context.
      - memory in a task, the array in a hard interrupt`,
    programs: [
      program('split', {
        setup: `${PAIR}; m = array.alloc()`,
        tasks: { irq: 'array.init([f, g])' },
      }),
      program('split-failing', {
        world: NO_MEMORY,
        setup: PAIR,
        tasks: { A: 'm = array.alloc()', 'irq@A': 'a = array.init([f, g])' },
      }),
    ],
    forbids: ['sleep-in-atomic'],
    holds: (run) => {
      const memory = resultNamed(run, 'm');
      if (run.program.name === 'split') return memory === true ? null : 'there is no memory';
      // The one failure that may come can only come to the allocation that was asked for.
      const hasFailed = run.world.failuresLeft === 0;
      return hasFailed === (memory === false) ? null : 'the array allocates once more';
    },
    witness: {
      built: reached((run) =>
        run.sightings.some(
          ({ object, name, context }) =>
            object.kind === 'array' && name === 'init' && context === 'hardirq',
        ),
      ),
      failed: reached((run) => resultNamed(run, 'm') === false),
    },
    faults: ['array-024-allocates-late'],
  }),
];
