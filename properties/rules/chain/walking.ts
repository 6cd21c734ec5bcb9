import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { sighted } from '../../check/sighted.ts';
import { program } from '../../programs/parse.ts';
import type { Run } from '../../run/run.ts';
import { EVERY_RESULT } from '../every-result.ts';
import { nodes } from './nodes.ts';

/** The labels of fences whose last reference was dropped, in order. */
function dropped(run: Run): string {
  return run.sightings
    .filter(({ kind, name, object }) => {
      return kind === 'event' && name === 'put.last' && /^f\d$/.test(object.label);
    })
    .map(({ object }) => object.label)
    .join(' ');
}

const collected = (run: Run): boolean => sighted(run, 'c3.chain', 'collect').length > 0;

/** Properties of walking along a chain, and of what that takes off. */
export const WALKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CHAIN-007'],
    plan: `A walk trades its reference for one on the predecessor, if there is one.
      - along two nodes to the end; a plain fence; NULL`,
    programs: [
      program('traded', {
        setup: `${nodes(2)}; g = fence.create(); fence.get(g)`,
        tasks: {
          A: `w = chain.walk(c2); h = inspect.references(c2); p = inspect.references(c1)
            v = chain.walk(w); q = inspect.references(c1); n = chain.walk(g)
            r = inspect.references(g); u = chain.walk(null)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      traded: { w: 'c1', h: 1, p: 3, v: 'null', q: 2, n: 'null', r: 1, u: 'null' },
    }),
    witness: { walked: reached((run) => resultNamed(run, 'u') !== undefined) },
    faults: ['chain-007-keeps-the-reference', 'chain-007-plain-stays'],
  }),
  property({
    rules: ['CHAIN-008'],
    plan: `A predecessor whose contained fence is done is taken off, even with older ones pending.
      - the middle one; the two before; a plain fence at the end; nothing when only the oldest is`,
    programs: [
      program('middle', {
        setup: `${nodes(3)}; fence.signal(f2)`,
        tasks: { A: 'w = chain.walk(c3); p = chain.prev(c3)' },
      }),
      program('both', {
        setup: `${nodes(3)}; fence.signal(f2); fence.signal(f1)`,
        tasks: { A: 'w = chain.walk(c3); p = chain.prev(c3)' },
      }),
      program('oldest', {
        setup: `${nodes(3)}; fence.signal(f1)`,
        tasks: { A: 'w = chain.walk(c3); p = chain.prev(c3); q = chain.prev(c2)' },
      }),
      program('plain', {
        setup: `g = fence.create(); fence.get(g); f = fence.create(); c = chain.create(g, f, 1)
          fence.signal(g)`,
        tasks: { A: 'fence.get(c); w = chain.walk(c); p = chain.prev(c)' },
      }),
    ],
    forbids: ['leak', 'refcount', 'use-after-free'],
    holds: results({
      middle: { w: 'c1', p: 'c1' },
      both: { w: 'null', p: 'null' },
      oldest: { w: 'c2', p: 'c2', q: 'c1' },
      plain: { w: 'null', p: 'null' },
    }),
    witness: { collected: reached(collected, 2) },
    faults: ['chain-008-only-whole-nodes', 'chain-008-keeps-plain-fences'],
  }),
  property({
    rules: ['CHAIN-009'],
    plan: `A walk takes off nothing but predecessors, and no node is done or pending because of it.
      - the head is done and stays; polls of all nodes before and after
      - a poll while another task walks`,
    programs: [
      program('same', {
        setup: `${nodes(3)}; fence.signal(f3); fence.signal(f2)`,
        tasks: {
          A: `a3 = fence.isSignaled(c3); a2 = fence.isSignaled(c2); e = chain.elements(c3)
            b3 = fence.isSignaled(c3); b2 = fence.isSignaled(c2); e2 = chain.elements(c3)`,
        },
      }),
      program('meanwhile', {
        setup: `${nodes(3)}; fence.signal(f3)`,
        tasks: { A: 'e = chain.elements(c3); s = fence.isSignaled(c3)', B: 'fence.signal(f2)' },
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['chains'],
    holds: (run) => {
      if (run.program.name === 'meanwhile') {
        return resultNamed(run, 's') === true ? 'c3 is done with f1 pending' : null;
      }
      return results({
        same: { a3: false, a2: false, b3: false, b2: false, e: 'c3 c1', e2: 'c3 c1' },
      })(run);
    },
    witness: { collected: reached(collected, 2) },
    faults: ['chain-009-forgets-what-is-behind'],
  }),
  property({
    rules: ['CHAIN-010'],
    plan: `Whoever takes a predecessor off drops the chain's reference on it, and nobody else does.
      - two walks at once, over one finished predecessor with another behind it
      - the counts at the end`,
    programs: [
      program('two-walks', {
        setup: `${nodes(3)}; fence.signal(f2)`,
        tasks: { A: 'e = chain.elements(c3)', B: 'd = chain.elements(c3)' },
        teardown: `r1 = inspect.references(c1); r2 = inspect.references(c2)
          p = chain.prev(c3)`,
      }),
    ],
    schedules: EVERY_RESULT,
    forbids: ['leak', 'refcount', 'use-after-free', 'ownership'],
    holds: results({ 'two-walks': { e: 'c3 c1', d: 'c3 c1', r1: 3, r2: 1, p: 'c1' } }),
    witness: {
      lost: reached((run) => sighted(run, 'c3.chain', 'collect.lost').length > 0),
      won: reached(collected),
    },
    faults: ['chain-010-winner-keeps', 'chain-010-loser-keeps', 'chain-010-plain-store'],
  }),
  property({
    rules: ['CHAIN-011'],
    plan: `A walk polls: what the hardware of a predecessor has done is signaled on the spot.
      - a callback on it runs in the task that walks`,
    programs: [
      program('noticed', {
        setup: `${nodes(2, 'signaled: hardware')}; p = probe.create(); fence.addCallback(f1, p)
          hardware.finish(f1)`,
        tasks: { A: 'w = chain.walk(c2); s = inspect.isSignaled(f1); t = inspect.isSignaled(f2)' },
      }),
    ],
    holds: (run) => {
      const [ran] = run.sightings.filter(({ name, kind }) => kind === 'event' && name === 'run');
      if (ran?.task !== 'A') return `the callback runs in ${ran?.task ?? 'nobody'}`;
      return results({ noticed: { w: 'null', s: true, t: false } })(run);
    },
    witness: { noticed: reached((run) => resultNamed(run, 's') === true) },
    faults: ['chain-011-flag-only'],
  }),
  property({
    rules: ['CHAIN-023'],
    plan: `The release goes from predecessor to predecessor, and as deep for many as for few.
      - the order in which contained fences are dropped; a predecessor that is shared; a plain one
      - a chain longer than any stack`,
    programs: [
      program('order', {
        setup: `f1 = fence.create(); c1 = chain.create(null, f1, 1); f2 = fence.create()
          c2 = chain.create(c1, f2, 2); f3 = fence.create(); c3 = chain.create(c2, f3, 3)`,
        tasks: { A: 'fence.put(c3)' },
      }),
      program('shared', {
        setup: `f1 = fence.create(); c1 = chain.create(null, f1, 1); f2 = fence.create()
          c2 = chain.create(c1, f2, 2); fence.get(c2); f3 = fence.create()
          c3 = chain.create(c2, f3, 3)`,
        tasks: { A: 'fence.put(c3); r = inspect.references(c2); p = chain.prev(c2)' },
      }),
      program('plain', {
        setup: 'f1 = fence.create(); f2 = fence.create(); c = chain.create(f1, f2, 1)',
        tasks: { A: 'fence.put(c)' },
      }),
      program('long', { setup: 'c = chain.build(100)', tasks: { A: 'fence.put(c)' } }),
    ],
    schedules: [{ kind: 'random', runs: 1, seed: 1 }],
    forbids: ['leak', 'refcount', 'use-after-free', 'stack-overflow', 'double-free'],
    holds: (run) => {
      const wanted = { order: 'f2 f1 f3', plain: 'f1 f2' }[run.program.name];
      if (wanted !== undefined && dropped(run) !== wanted)
        return `dropped in order ${dropped(run)}`;
      if (run.program.name !== 'shared') return null;
      return results({ shared: { r: 1, p: 'c1' } })(run);
    },
    witness: { unlinked: reached((run) => sighted(run, 'c3.chain', 'unlink').length === 2) },
    faults: ['BUG-CHAIN-01', 'chain-023-own-first', 'chain-023-takes-what-others-have'],
  }),
  property({
    rules: ['CHAIN-028'],
    plan: `What a node contains is its own fence; what is no node contains itself.
      - node, plain fence, array, NULL; a node in a node is opened once`,
    programs: [
      program('contained', {
        setup: `${nodes(1)}; g = fence.create(); h = fence.create(); a = array.create([h])
          i = fence.create(); d = chain.create(null, i, 1); e = chain.create(null, d, 1)`,
        tasks: {
          A: `n = chain.contained(c1); p = chain.contained(g); q = chain.contained(a)
            u = chain.contained(null); m = chain.contained(e); x = chain.isChain(c1)
            y = chain.isChain(a); z = array.isContainer(c1); v = array.isContainer(g)`,
        },
      }),
    ],
    allows: ['warn'],
    holds: results({
      contained: {
        n: 'f1',
        p: 'g',
        q: 'a',
        u: 'null',
        m: 'd',
        x: true,
        y: false,
        z: true,
        v: false,
      },
    }),
    witness: { asked: reached((run) => resultNamed(run, 'v') === false) },
    faults: ['chain-028-opens-everything', 'chain-028-plain-has-none'],
  }),
  property({
    rules: ['CHAIN-029'],
    plan: `A loop over a chain begins with the head and ends behind a plain fence, if there is one.
      - whole; left at the second element; over a plain fence, over NULL; the counts afterwards`,
    programs: [
      program('loop', {
        setup: `g = fence.create(); fence.get(g); f1 = fence.create(); c1 = chain.create(g, f1, 1)
          fence.get(c1); f2 = fence.create(); c2 = chain.create(c1, f2, 2)
          h = fence.create()`,
        tasks: {
          A: `e = chain.elements(c2); d = chain.elements(c2, 2); p = chain.elements(h)
            n = chain.elements(null); r2 = inspect.references(c2); r1 = inspect.references(c1)
            rg = inspect.references(g); rh = inspect.references(h)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount'],
    holds: results({
      loop: { e: 'c2 c1 g', d: 'c2 c1', p: 'h', n: '', r2: 1, r1: 2, rg: 2, rh: 1 },
    }),
    witness: { walked: reached((run) => resultNamed(run, 'rh') === 1) },
    faults: ['chain-029-ends-at-chains', 'chain-007-plain-stays'],
  }),
];
