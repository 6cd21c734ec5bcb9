import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { nodes } from '../chain/nodes.ts';

/** A chain of an array of two, and behind it a fence. */
const ARRAY_IN_CHAIN = `${nodes(1)}; g = fence.create(); fence.get(g); h = fence.create()
  fence.get(h); a = array.create([g, h]); c2 = chain.create(c1, a, 2); fence.get(c2)`;
/** A childless array in the last node, and behind it a fence. */
const EMPTY_IN_CHAIN = `${nodes(1)}; a = array.create([]); c2 = chain.create(c1, a, 2)
  fence.get(c2)`;

/** Properties of walking through chains. */
export const CHAIN_WALK_PROPERTIES: readonly Property[] = [
  property({
    rules: ['UNWRAP-001'],
    plan: `Leaves come node by node from the newest on, and by index from an array in a node.
      - three nodes; an array in a node; a merge of the same, which sorts by context`,
    programs: [
      program('nodes', { setup: nodes(3), tasks: { A: 'l = unwrap.leaves(c3)' } }),
      program('array', {
        setup: ARRAY_IN_CHAIN,
        tasks: { A: 'l = unwrap.leaves(c2); m = unwrap.merge([c2])' },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      nodes: { l: 'f3 f2 f1' },
      array: { l: 'g h f1', m: 'array f1 g h' },
    }),
    witness: { walked: reached((run) => resultNamed(run, 'l') !== undefined, 2) },
    faults: ['unwrap-001-oldest-first'],
  }),
  property({
    rules: ['UNWRAP-002'],
    plan: `A chain in a node is a leaf, and so is one in an array; an array at the end is opened.
      - each of them`,
    programs: [
      program('chain-in-node', {
        setup: `${nodes(1)}; g = fence.create(); d = chain.create(g, c1, 5)`,
        tasks: { A: 'l = unwrap.leaves(d)' },
      }),
      program('chain-in-array', {
        setup: `${nodes(1)}; g = fence.create(); a = array.create([g, c1])`,
        tasks: { A: 'l = unwrap.leaves(a)' },
      }),
      program('array-at-the-end', {
        setup: `g = fence.create(); h = fence.create(); a = array.create([g, h])
          f = fence.create(); c = chain.create(a, f, 1)`,
        tasks: { A: 'l = unwrap.leaves(c)' },
      }),
    ],
    allows: ['warn', 'lockdep'],
    holds: results({
      'chain-in-node': { l: 'c1 g' },
      'chain-in-array': { l: 'g c1' },
      'array-at-the-end': { l: 'f g h' },
    }),
    witness: { walked: reached((run) => resultNamed(run, 'l') !== undefined, 3) },
    faults: ['unwrap-002-opens-everything', 'unwrap-002-closed-at-the-end'],
  }),
  property({
    rules: ['UNWRAP-003'],
    plan: `What the head contains always comes, done or not; predecessors that are done do not.
      - the head done; all done; the middle done; merged, and reported by a file`,
    programs: [
      program('head', {
        setup: `${nodes(3)}; fence.signal(f3); fence.signal(f2)`,
        tasks: { A: 'l = unwrap.leaves(c3); p = chain.prev(c3); m = unwrap.merge([c3])' },
      }),
      program('all', {
        setup: `${nodes(2)}; fence.signal(f2); fence.signal(f1)`,
        tasks: { A: 'l = unwrap.leaves(c2); p = chain.prev(c2)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      head: { l: 'f3 f1', p: 'c1', m: 'leaf f1' },
      all: { l: 'f2', p: 'null' },
    }),
    witness: { head: reached((run) => resultNamed(run, 'l') === 'f2') },
    faults: ['unwrap-003-skips-a-finished-head'],
  }),
  property({
    rules: ['UNWRAP-004'],
    plan: `The cursor has one reference on the element that it is at, and none on leaves.
      - at the first leaf, at the second of an array, at the next node; who leaves gives it back`,
    programs: [
      program('cursor', {
        setup: ARRAY_IN_CHAIN,
        tasks: {
          A: `a1 = unwrap.leave(c2, 1, c2); g1 = unwrap.leave(c2, 2, h)
            a2 = unwrap.leave(c2, 2, c2); a3 = unwrap.leave(c2, 3, c2)
            b3 = unwrap.leave(c2, 3, c1); l = unwrap.leaves(c2); r2 = inspect.references(c2)
            r1 = inspect.references(c1); rg = inspect.references(g)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      cursor: {
        a1: 'g 3',
        g1: 'h 2',
        a2: 'h 3',
        a3: 'f1 2',
        b3: 'f1 3',
        l: 'g h f1',
        r2: 2,
        r1: 2,
        rg: 2,
      },
    }),
    witness: { walked: reached((run) => resultNamed(run, 'rg') === 2) },
    faults: ['unwrap-004-borrows-the-element', 'unwrap-004-keeps-the-element'],
  }),
  property({
    rules: ['UNWRAP-005'],
    plan: `An element without leaves ends the walk, and the cursor keeps nothing.
      - a childless array in the head, with an older node behind it; a childless array alone
      - the references afterwards, also of a merge and of a walk that was left`,
    programs: [
      program('in-chain', {
        setup: EMPTY_IN_CHAIN,
        tasks: {
          A: `l = unwrap.leaves(c2); r = inspect.references(c2); m = unwrap.merge([c2])
            s = inspect.references(c2); k = unwrap.leave(c2, 1, c2); t = inspect.references(c2)
            u = inspect.references(c1)`,
        },
      }),
      program('alone', {
        setup: 'a = array.create([])',
        tasks: { A: 'l = unwrap.leaves(a); r = inspect.references(a)' },
      }),
    ],
    allows: ['warn'],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      'in-chain': { l: '', r: 2, m: 'stub 0', s: 2, k: 'none 2', t: 2, u: 2 },
      alone: { l: '', r: 1 },
    }),
    witness: { ended: reached((run) => resultNamed(run, 'l') === '', 2) },
    faults: ['KERN-UNWRAP-01', 'unwrap-005-goes-on', 'unwrap-005-drops-twice'],
  }),
  property({
    rules: ['UNWRAP-011'],
    plan: `How leaves are packed in chains makes no difference to a merge.
      - as fences, in a chain, in a chain the other way round`,
    programs: [
      program('packed', {
        setup: `f = fence.create(); g = fence.create()
          fence.get(f); fence.get(f); fence.get(g); fence.get(g)
          c = chain.create(null, f, 1); d = chain.create(c, g, 2)
          e = chain.create(null, g, 1); k = chain.create(e, f, 2)`,
        tasks: {
          A: `m1 = unwrap.merge([f, g]); m2 = unwrap.merge([d]); m3 = unwrap.merge([k])
            m4 = unwrap.merge([k, d])`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      packed: { m1: 'array f g', m2: 'array f g', m3: 'array f g', m4: 'array f g' },
    }),
    witness: { merged: reached((run) => resultNamed(run, 'm4') !== undefined) },
    faults: ['unwrap-011-first-come'],
  }),
];
