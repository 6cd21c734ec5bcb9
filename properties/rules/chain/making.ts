import { type Property, property, reached } from '../../check/property.ts';
import { both, results, resultNamed, warnings } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';

/** Properties of making a node: what it takes over, and which point it is. */
export const MAKING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['CHAIN-001'],
    plan: `A new node owns the references that it is given, and drops them when it goes.
      - without predecessor, and behind a node; counts before, after, and at the end`,
    programs: [
      program('owned', {
        setup: 'f = fence.create(); fence.get(f); g = fence.create(); fence.get(g)',
        tasks: {
          A: `f0 = inspect.references(f); c = chain.create(null, f, 1); fence.get(c)
            f1 = inspect.references(f); c1 = inspect.references(c); d = chain.create(c, g, 2)
            c2 = inspect.references(c); g2 = inspect.references(g); fence.put(d)
            c3 = inspect.references(c); g3 = inspect.references(g)`,
        },
      }),
    ],
    forbids: ['leak', 'refcount', 'ownership', 'use-after-free'],
    holds: results({ owned: { f0: 2, f1: 2, c1: 2, c2: 2, g2: 2, c3: 1, g3: 1 } }),
    witness: { made: reached((run) => resultNamed(run, 'g3') === 1) },
    faults: ['chain-001-takes-its-own'],
  }),
  property({
    rules: ['CHAIN-002'],
    plan: `A later point joins its predecessor's context and remembers its number.
      - numbers with a gap; beyond 32 bits; half the 32-bit numbers apart`,
    programs: [
      program('joined', {
        setup: 'f = fence.create(); g = fence.create(); h = fence.create(); i = fence.create()',
        tasks: {
          A: `c = chain.create(null, f, 3); x = inspect.context(c); d = chain.create(c, g, 7)
            y = inspect.context(d); p = chain.prevSeqno(d); e = chain.create(d, h, 4294967298)
            z = inspect.context(e); q = chain.prevSeqno(e); k = chain.create(e, i, 9007199254740991)
            w = inspect.context(k); r = chain.prevSeqno(k)`,
        },
      }),
    ],
    holds: (run) => {
      const contexts = new Set(['x', 'y', 'z', 'w'].map((name) => resultNamed(run, name)));
      if (contexts.size > 1) return `one timeline has the contexts ${[...contexts].join(', ')}`;
      return results({ joined: { p: 3, q: 7, r: 4294967298 } })(run);
    },
    witness: { joined: reached((run) => resultNamed(run, 'q') === 7) },
    faults: ['chain-002-fresh-context', 'chain-002-32-bit'],
  }),
  property({
    rules: ['CHAIN-003'],
    plan: `A point that is not later starts a timeline with its predecessor's number.
      - a smaller and an equal number; without predecessor and behind a plain fence any number`,
    programs: [
      program('unordered', {
        setup: 'f = fence.create(); g = fence.create(); h = fence.create()',
        tasks: {
          A: `c = chain.create(null, f, 9); x = inspect.context(c); d = chain.create(c, g, 5)
            y = inspect.context(d); n = inspect.seqno(d); p = chain.prevSeqno(d)
            e = chain.create(d, h, 9); z = inspect.context(e); m = inspect.seqno(e)
            q = chain.prevSeqno(e)`,
        },
      }),
      program('first', {
        setup: 'f = fence.create(); g = fence.create(7); h = fence.create()',
        tasks: {
          A: `c = chain.create(null, f, 0); x = inspect.context(c); n = inspect.seqno(c)
            p = chain.prevSeqno(c); y = inspect.context(g); d = chain.create(g, h, 8)
            z = inspect.context(d); m = inspect.seqno(d); q = chain.prevSeqno(d)`,
        },
      }),
    ],
    holds: (run) => {
      const contexts = new Set(['x', 'y', 'z'].map((name) => resultNamed(run, name)));
      if (contexts.size < 3) return `the contexts are ${[...contexts].join(', ')}`;
      return results({
        unordered: { n: 9, p: 0, m: 9, q: 0 },
        first: { n: 0, p: 0, m: 8, q: 0 },
      })(run);
    },
    witness: { made: reached((run) => resultNamed(run, 'q') === 0, 2) },
    faults: ['chain-003-keeps-the-number', 'chain-003-joins-anything', 'chain-030-begins-at-one'],
  }),
  property({
    rules: ['CHAIN-004'],
    plan: `Only a chain as contained fence is complained about, and accepted all the same.
      - contained: chain, array; before it: array, plain fence, chain`,
    programs: [
      program('chain', {
        setup: 'f = fence.create(); g = fence.create(); c = chain.create(null, f, 1)',
        tasks: { A: 'd = chain.create(g, c, 2); l = chain.contained(d)' },
      }),
      program('others', {
        setup: `f = fence.create(); g = fence.create(); h = fence.create()
          a = array.create([f]); b = array.create([g])`,
        tasks: {
          A: 'd = chain.create(b, a, 2); e = chain.create(d, h, 3); l = chain.contained(d)',
        },
      }),
    ],
    allows: ['warn', 'lockdep'],
    holds: both(results({ chain: { d: true, l: 'c' }, others: { d: true, l: 'a' } }), (run) => {
      const wanted = run.program.name === 'chain' ? 1 : 0;
      return warnings(run) === wanted ? null : `${warnings(run)} warnings instead of ${wanted}`;
    }),
    witness: { complained: reached((run) => warnings(run) === 1) },
    faults: ['chain-004-silent', 'chain-004-no-arrays'],
  }),
  property({
    rules: ['CHAIN-025'],
    plan: `A node is described as one of a chain, and its number counts in 64 bits.
      - the text; numbers that 32 bits would turn around`,
    programs: [
      program('names', {
        setup: `f = fence.create(); g = fence.create(); c = chain.create(null, f, 1)
          fence.get(c); d = chain.create(c, g, 4294967297)`,
        tasks: {
          A: `t = fence.describe(c); n = fence.isLater(d, c); o = fence.isLater(c, d)`,
        },
      }),
    ],
    holds: results({
      names: { t: 'dma_fence_chain unbound seq 1 unsignalled\n', n: true, o: false },
    }),
    witness: { described: reached((run) => resultNamed(run, 'n') !== undefined) },
    faults: ['chain-025-names', 'chain-025-32-bit'],
  }),
  property({
    rules: ['CHAIN-027'],
    plan: `Memory comes first and may be missing; making the node of it needs no more.
      - no memory; memory that is not used; a node in a signalling section, and memory in one
      - only a timeline that begins takes a context number`,
    programs: [
      program('no-memory', {
        world: { failuresMax: 1 },
        setup: 'f = fence.create()',
        tasks: { A: 'm = chain.alloc()' },
        teardown: 'r = inspect.references(f)',
      }),
      program('unused', { tasks: { A: 'm = chain.alloc(); chain.free(m)' } }),
      program('section', {
        setup: 'f = fence.create(); m = chain.alloc()',
        tasks: { A: 'signalling.begin(); c = chain.init(m, null, f, 1); signalling.end()' },
        teardown: 'n = inspect.seqno(c)',
      }),
      program('reclaims', {
        tasks: { A: 'signalling.begin(); m = chain.alloc(); signalling.end()' },
      }),
      program('numbers', {
        setup: 'f = fence.create(); g = fence.create()',
        tasks: {
          A: `c = chain.create(null, f, 1); x = inspect.context(c); d = chain.create(c, g, 2)
            y = context.alloc(1)`,
        },
      }),
    ],
    allows: ['lockdep'],
    forbids: ['leak', 'double-free'],
    holds: (run) => {
      const isReported = run.violations.some(({ kind }) => kind === 'lockdep');
      if (isReported !== (run.program.name === 'reclaims')) {
        return `${run.program.name}: the section is ${isReported ? '' : 'not '}reported`;
      }
      if (run.program.name !== 'numbers') return null;
      const [before, after] = [resultNamed(run, 'x'), resultNamed(run, 'y')];
      return after === Number(before) + 1
        ? null
        : `context ${String(before)}, then ${String(after)}`;
    },
    witness: {
      refused: reached(
        (run) => run.program.name === 'no-memory' && resultNamed(run, 'm') === false,
      ),
      inSection: reached((run) => resultNamed(run, 'n') === 1),
    },
    faults: ['chain-027-init-allocates', 'chain-027-atomic', 'chain-027-wastes-a-context'],
  }),
  property({
    rules: ['CHAIN-030'],
    plan: `A node may have the number 0, and finding point 0 on it finds itself.
      - its number, its name as a file, and the lookup`,
    programs: [
      program('zero', {
        setup: 'f = fence.create(); c = chain.create(null, f, 0)',
        tasks: {
          A: 'n = inspect.seqno(c); t = fence.describe(c); d = chain.find(c, 0)',
        },
      }),
    ],
    holds: results({
      zero: { n: 0, t: 'dma_fence_chain unbound seq 0 unsignalled\n', d: 'c' },
    }),
    witness: { zero: reached((run) => resultNamed(run, 'd') !== undefined) },
    faults: ['chain-030-begins-at-one', 'chain-012-walks'],
  }),
];
