import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { nodes } from './nodes.ts';

/** Nodes 2, 4 and 6. */
const GAPS = nodes(3).replaceAll(
  /(chain\.create\(\w+, f\d, )(\d)/g,
  (_all, head: string, point: string) => `${head}${Number(point) * 2}`,
);

/** Properties of looking up a point. */
export const FINDING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CHAIN-012'],
    plan: `Point 0 is whatever there is: nothing is moved, and nothing taken off.
      - a chain with a finished predecessor; a plain fence; NULL`,
    programs: [
      program('zero', {
        setup: `${nodes(2)}; fence.signal(f1); g = fence.create()`,
        tasks: {
          A: `d = chain.find(c2, 0); p = chain.prev(c2); r = inspect.references(c2)
            e = chain.find(g, 0); s = inspect.references(g); n = chain.find(null, 0)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({ zero: { d: 'c2', p: 'c1', r: 2, e: 'g', s: 1, n: 'null' } }),
    witness: { zero: reached((run) => resultNamed(run, 'n') !== undefined) },
    faults: ['chain-012-walks', 'chain-012-needs-a-chain'],
  }),
  property({
    rules: ['CHAIN-013'],
    plan: `What a chain does not have is refused, and the caller keeps its reference.
      - beyond the head; a plain fence, done or not; NULL`,
    programs: [
      program('refused', {
        setup: `${nodes(2)}; fence.signal(f1); g = fence.create(9); h = fence.create(9)
          fence.signal(h)`,
        tasks: {
          A: `d = chain.find(c2, 3); p = chain.prev(c2); r = inspect.references(c2)
            e = chain.find(g, 1); s = inspect.references(g); k = chain.find(h, 1)
            n = chain.find(null, 1)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      refused: { d: '-22 c2', p: 'c1', r: 2, e: '-22 g', s: 1, k: '-22 h', n: '-22 null' },
    }),
    witness: { refused: reached((run) => resultNamed(run, 'n') !== undefined) },
    faults: ['chain-013-head-for-anything', 'chain-013-plain-stands-for-all'],
  }),
  property({
    rules: ['CHAIN-014'],
    plan: `A lookup ends at the newest element that has nothing of the same timeline between itself
      and the point.
      - numbers 2, 4, 6, and those in between; a timeline behind another; a plain fence behind it`,
    programs: [
      program('gaps', {
        setup: GAPS,
        tasks: {
          A: `r6 = chain.find(c3, 6); fence.get(c3); r5 = chain.find(c3, 5); fence.get(c3)
            r4 = chain.find(c3, 4); fence.get(c3); r3 = chain.find(c3, 3); fence.get(c3)
            r1 = chain.find(c3, 1)`,
        },
      }),
      program('timelines', {
        setup: `f1 = fence.create(); c1 = chain.create(null, f1, 10); f2 = fence.create()
          c2 = chain.create(c1, f2, 5); f3 = fence.create(); c3 = chain.create(c2, f3, 20)
          fence.get(c3); fence.get(c3)`,
        tasks: {
          A: 'high = chain.find(c3, 15); low = chain.find(c3, 7); lowest = chain.find(c3, 1)',
        },
      }),
      program('behind', {
        setup: `g = fence.create(); f1 = fence.create(); fence.get(f1); c1 = chain.create(g, f1, 5)
          f2 = fence.create(); c2 = chain.create(c1, f2, 9); fence.get(c2); fence.signal(f1)`,
        tasks: { A: 'head = chain.find(c2, 6); plain = chain.find(c2, 3)' },
      }),
      program('newest-first', {
        setup: `${nodes(2)}; fence.signal(f2)`,
        tasks: { A: 'both = chain.find(c2, 2)' },
      }),
      program('older', {
        setup: `f1 = fence.create(); c1 = chain.create(null, f1, 10); f2 = fence.create()
          fence.get(f2); c2 = chain.create(c1, f2, 5); f3 = fence.create()
          c3 = chain.create(c2, f3, 20); fence.signal(f2)`,
        tasks: { A: 'older = chain.find(c3, 7)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      gaps: { r6: 'c3', r5: 'c3', r4: 'c2', r3: 'c2', r1: 'c1' },
      timelines: { high: 'c3', low: 'c2', lowest: 'c2' },
      behind: { head: 'c2', plain: 'g' },
      'newest-first': { both: 'c2' },
      older: { older: 'c1' },
    }),
    witness: { found: reached((run) => resultNamed(run, 'plain') === 'g') },
    faults: ['BUG-CHAIN-02', 'chain-014-one-too-far', 'chain-014-crosses-timelines'],
  }),
  property({
    rules: ['CHAIN-015'],
    plan: `Found and NULL means that the point is done; the head stands for its own range even then.
      - all before it done; the head done besides; everything done`,
    programs: [
      program('done', {
        setup: `${nodes(2)}; fence.signal(f1); fence.get(c2); fence.get(c2); fence.get(c2)`,
        tasks: {
          A: `old = chain.find(c2, 1); r = inspect.references(c2); own = chain.find(c2, 2)
            fence.signal(f2); again = chain.find(c2, 2); gone = chain.find(c2, 1)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({ done: { old: 'null', r: 4, own: 'c2', again: 'c2', gone: 'null' } }),
    witness: { done: reached((run) => resultNamed(run, 'old') === 'null') },
    faults: ['BUG-CHAIN-02', 'chain-015-refuses-what-is-done'],
  }),
  property({
    rules: ['CHAIN-016'],
    plan: `Where the point's own node is done already, an older pending one stands in for it.
      - 1, 2, 3 with 2 done: point 2 is found in 1; who waits for that has waited for 2`,
    programs: [
      program('stands-in', {
        setup: `${nodes(3)}; fence.signal(f2)`,
        tasks: { A: 'd = chain.find(c3, 2); n = inspect.seqno(d); s = fence.isSignaled(d)' },
        teardown: 'fence.signal(f1); t = fence.isSignaled(d)',
      }),
      program('found', {
        setup: `${nodes(3)}; fence.signal(f2)`,
        tasks: { A: 'd = chain.find(c3, 2)' },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({ 'stands-in': { d: 'c1', n: 1, s: false, t: true }, found: { d: 'c1' } }),
    witness: { stoodIn: reached((run) => resultNamed(run, 'n') === 1) },
    faults: ['chain-016-done-with-its-own'],
  }),
  property({
    rules: ['CHAIN-017'],
    plan: `What a node remembers of its predecessor stays when that is taken off.
      - the number, and what a lookup makes of it`,
    programs: [
      program('remembered', {
        setup: `${nodes(3)}; fence.signal(f2)`,
        tasks: {
          A: `e = chain.elements(c3); p = chain.prevSeqno(c3); d = chain.find(c3, 2)`,
        },
      }),
    ],
    holds: results({ remembered: { e: 'c3 c1', p: 2, d: 'c1' } }),
    witness: { remembered: reached((run) => resultNamed(run, 'p') === 2) },
    faults: ['chain-017-follows-the-link'],
  }),
];
