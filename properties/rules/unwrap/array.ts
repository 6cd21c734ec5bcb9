import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';

const PAIR = 'f = fence.create(); g = fence.create()';
const THREE = `${PAIR}; h = fence.create()`;

/** Whatever came of it, the inputs have the references that they had. */
function isBalanced(run: Run): string | null {
  const [f, g] = [resultNamed(run, 'rf'), resultNamed(run, 'rg')];
  return f === 1 && g === 1 ? null : `f has ${String(f)} references, g has ${String(g)}`;
}

/** The merge came to its second pass: the first has one reference on each input, for its cursor. */
function collects(run: Run): boolean {
  return sighted(run, 'f', 'get').filter(({ task }) => task === 'A').length > 1;
}

/** How often the kernel complained about memory in the wrong place. */
function complaints(run: Run): number {
  const kinds = new Set(['sleep-in-atomic', 'lockdep']);
  return run.violations.filter(({ kind }) => kinds.has(kind)).length;
}

/** Properties of walking through containers, and of the array that a merge makes. */
export const MERGED_ARRAY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UNWRAP-001'],
    plan: `The leaves of an array come by index, a plain fence is its own leaf, NULL has none.
      - an array with and without children; no reference is left behind`,
    programs: [
      program('leaves', {
        setup: `${THREE}; a = array.create([g, f])`,
        tasks: {
          A: `array = unwrap.leaves(a); plain = unwrap.leaves(h); none = unwrap.leaves(null)
            e = array.create([]); empty = unwrap.leaves(e); rf = inspect.references(f)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: results({ leaves: { array: 'g f', plain: 'h', none: '', empty: '', rf: 1 } }),
    witness: { walked: reached((run) => resultNamed(run, 'array') !== undefined) },
    faults: ['unwrap-001-backwards'],
  }),
  property({
    rules: ['UNWRAP-002'],
    plan: `An array inside an array is a leaf itself.
      - walking, and merging what is pending in it`,
    programs: [
      program('nested', {
        setup: `${THREE}; i = fence.create(); a = array.create([f, g]); b = array.create([a, h])`,
        tasks: { A: 'leaves = unwrap.leaves(b); m = unwrap.merge([b, i])' },
      }),
    ],
    allows: ['warn'],
    holds: results({ nested: { leaves: 'a h', m: 'array h i a' } }),
    witness: { nested: reached((run) => resultNamed(run, 'leaves') === 'a h') },
    faults: ['unwrap-002-opens-everything'],
  }),
  property({
    rules: ['UNWRAP-009'],
    plan: `Pending leaves of several contexts become an all-mode array, by ascending context.
      - in both orders; fresh context, number 1`,
    programs: [
      program('wrapped', {
        setup: PAIR,
        tasks: {
          A: `m = unwrap.merge([g, f]); mode = array.mode(m); c1 = inspect.context(m)
            n1 = inspect.seqno(m); n = unwrap.merge([f, g]); c2 = inspect.context(n)
            cf = inspect.context(f); cg = inspect.context(g)`,
        },
      }),
    ],
    holds: (run) => {
      const contexts = ['c1', 'c2', 'cf', 'cg'].map((name) => resultNamed(run, name));
      if (new Set(contexts).size < 4) return `the contexts ${contexts.join(', ')} are not fresh`;
      return results({ wrapped: { m: 'array f g', n: 'array f g', mode: 'all', n1: 1 } })(run);
    },
    witness: { wrapped: reached((run) => resultNamed(run, 'mode') !== undefined) },
    faults: ['unwrap-009-any-mode', 'unwrap-009-borrowed-context', 'unwrap-011-first-come'],
  }),
  property({
    rules: ['UNWRAP-011'],
    plan: `Order and packing of the inputs make no difference.
      - two contexts, one with two numbers; permuted, packed into arrays in two ways`,
    programs: [
      program('permuted', {
        setup: `f = fence.create(1, context: 50); g = fence.create(2, context: 50)
          h = fence.create(); fence.get(f); fence.get(g); fence.get(h); fence.get(f)
          a = array.create([f, h]); b = array.create([g, f])`,
        tasks: {
          A: `m1 = unwrap.merge([f, g, h]); m2 = unwrap.merge([h, g, f])
            m3 = unwrap.merge([g, h, f]); m4 = unwrap.merge([a, g]); m5 = unwrap.merge([b, h])
            m6 = unwrap.merge([h, b])`,
        },
      }),
    ],
    holds: results({
      permuted: Object.fromEntries(
        ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((name) => [name, 'array h g']),
      ),
    }),
    witness: { merged: reached((run) => resultNamed(run, 'm6') !== undefined) },
    faults: ['unwrap-011-first-come'],
  }),
  property({
    rules: ['UNWRAP-012'],
    plan: `A merge leaves the references of its inputs as they were, also when memory runs out.
      - NULL among the inputs; the vector fails, the array fails, nothing fails`,
    programs: [
      program('null', {
        setup: PAIR,
        tasks: {
          A: `m = unwrap.merge([null, f, null, g]); kept = inspect.references(f); fence.put(m)
            rf = inspect.references(f); rg = inspect.references(g)`,
        },
      }),
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: PAIR,
        tasks: { A: 'm = unwrap.merge([f, g])' },
        teardown: 'rf = inspect.references(f); rg = inspect.references(g)',
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: (run) => {
      if (run.program.name === 'null') {
        return results({ null: { m: 'array f g', kept: 2, rf: 1, rg: 1 } })(run);
      }
      return resultNamed(run, 'm') === 'none' ? isBalanced(run) : null;
    },
    witness: {
      vectorFails: reached((run) => resultNamed(run, 'm') === 'none' && !collects(run)),
      arrayFails: reached((run) => resultNamed(run, 'm') === 'none' && collects(run)),
    },
    faults: ['BUG-UNWRAP-01'],
  }),
  property({
    rules: ['UNWRAP-015'],
    plan: `A merge may reclaim memory: in interrupts, read sections and signalling sections it is
      reported.
      - one program each; one with a single leaf, for which no array is made; a plain task as control`,
    programs: [
      program('interrupt', { setup: PAIR, tasks: { irq: 'm = unwrap.merge([f, g])' } }),
      program('read-section', {
        setup: PAIR,
        tasks: { A: 'rcu.readLock(); m = unwrap.merge([f, g]); rcu.readUnlock()' },
      }),
      program('signalling-section', {
        setup: PAIR,
        tasks: { A: 'signalling.begin(); m = unwrap.merge([f, g]); signalling.end()' },
      }),
      program('single-leaf', { setup: PAIR, tasks: { irq: 'm = unwrap.merge([f])' } }),
      program('control', { setup: PAIR, tasks: { A: 'm = unwrap.merge([f, g])' } }),
    ],
    allows: ['sleep-in-atomic', 'lockdep'],
    holds: (run) => {
      const isReported = complaints(run) > 0;
      if (isReported !== (run.program.name === 'control')) return null;
      return `${run.program.name}: the merge is ${isReported ? '' : 'not '}reported`;
    },
    witness: { reported: reached((run) => complaints(run) > 0, 4) },
    faults: ['unwrap-015-atomic', 'unwrap-015-vector-on-demand'],
  }),
];
