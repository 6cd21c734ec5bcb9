import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

/** A device and a cached mapping of what it can reach. */
function shared(options = '', device = '', attribute = ''): string {
  return `hw.platform(${options}); d = hw.device(${device}); g = hw.alloc(); m = hw.map(d, g)
    c = hw.cpuMap(g, ${attribute === '' ? 'cached' : attribute})`;
}

const MINE = 'A v1 f0 l0';
const ITS = 'd v7 f0 l0';

/** Properties of caches, and of what they do by themselves. */
export const CACHE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-CACHE-001'],
    plan: `The processors have one write-back cache: a write goes there and nowhere else, a read keeps
      what it found, and both are seen by all processors and by no device.
      - a write, what a device reads before and after cleaning; two tasks on two processors
      - a read, a write of the device behind it, a read again`,
    programs: [
      program('write', {
        setup: shared(),
        tasks: {
          A: `hw.store(c, 0, 1); kept = hw.cacheState(g, 0); memory = hw.peek(g, 0); hw.dma(d, read, m)
            old = hw.finish(d); hw.syncForDevice(m); hw.dma(d, read, m); new = hw.finish(d)
            memory2 = hw.peek(g, 0)`,
        },
      }),
      program('read', {
        setup: shared(),
        tasks: {
          A: `first = hw.load(c, 0); state = hw.cacheState(g, 0); hw.dma(d, write, m, 1, 7)
            hw.finish(d); still = hw.load(c, 0); memory = hw.peek(g, 0); other = hw.cacheState(g, 1)`,
        },
      }),
      program('two', {
        setup: shared(),
        tasks: { A: 'hw.store(c, 0, 1)', B: 'hw.load(c, 0)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 2000 }],
    holds: results({
      write: { kept: 'dirty', memory: 'ZERO', old: 'ZERO', new: MINE, memory2: MINE },
      read: { first: 'ZERO', state: 'clean', still: 'ZERO', memory: ITS, other: 'absent' },
      two: {},
    }),
    ...exactly({ two: ['A: B:ZERO', `A: B:${MINE}`] }),
    witness: { old: reached((run) => resultNamed(run, 'old') === 'ZERO') },
    faults: ['hw-cache-001-writes-through', 'hw-cache-001-keeps-no-reads'],
  }),
  property({
    rules: ['HW-CACHE-002'],
    plan: `At any moment a cache may write a dirty line back, drop a clean one, or fetch any line that is
      mapped cached. With all maintenance done nobody sees the difference.
      - one move of nature, anywhere: a line that was written; one that the device writes; one that
        was read before
      - the habits: lazy, eager, prefetching
      - the right program, with two moves of nature anywhere`,
    programs: [
      program('written', {
        setup: shared('caches: moves'),
        tasks: { A: 'hw.store(c, 0, 1); hw.dma(d, read, m); hw.finish(d); hw.cacheState(g, 0)' },
      }),
      program('fetched', {
        setup: shared('caches: moves'),
        tasks: { A: 'hw.dma(d, write, m, 1, 7); hw.finish(d); hw.load(c, 0)' },
      }),
      program('dropped', {
        setup: `${shared('caches: moves')}; hw.load(c, 0)`,
        tasks: { A: 'hw.dma(d, write, m, 1, 7); hw.finish(d); hw.load(c, 0)' },
      }),
      ...['lazy', 'eager', 'prefetching'].map((habit) =>
        program(habit, {
          setup: shared(`caches: ${habit}`),
          tasks: {
            A: `hw.store(c, 0, 1); hw.dma(d, read, m); seen = hw.finish(d); hw.syncForDevice(m)
              hw.dma(d, write, m, 1, 7, 1); hw.finish(d); read = hw.load(c, 1)`,
          },
        }),
      ),
      program('right', {
        setup: shared('caches: moves, moves: 2'),
        tasks: {
          A: `hw.store(c, 0, 1); hw.syncForDevice(m); hw.dma(d, read, m); hw.finish(d)
            hw.dma(d, write, m, 1, 7); hw.finish(d); hw.syncForCpu(m); hw.load(c, 0)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: (run) =>
      results({
        written: {},
        fetched: {},
        dropped: {},
        right: {},
        lazy: { seen: 'ZERO', read: 'd v7 f0 l0' },
        eager: { seen: MINE, read: 'd v7 f0 l0' },
        prefetching: { seen: 'ZERO', read: 'ZERO' },
      })(run),
    ...exactly({
      written: [
        'A:,,ZERO,dirty',
        `A:,,${MINE},clean`,
        `A:,,${MINE},absent`,
        'A:,,ZERO,clean',
        'A:,,ZERO,absent',
      ],
      fetched: ['A:,,ZERO', `A:,,${ITS}`],
      dropped: ['A:,,ZERO', `A:,,${ITS}`],
      right: [`A:,,,${MINE},,,,${ITS}`],
    }),
    witness: {
      writtenBack: reached((run) => run.outcome === `A:,,${MINE},absent`),
      fetched: reached((run) => run.outcome === 'A:,,ZERO'),
    },
    faults: [
      'hw-cache-002-never-written-back',
      'hw-cache-002-never-fetched',
      'hw-cache-002-never-dropped',
    ],
  }),
  property({
    rules: ['HW-CACHE-003'],
    plan: `A page is mapped cached, combining or uncached. What is combined sits with the processor until
      a fence, a write to a register or nature sends it. Two ways at once are noted.
      - a write in each way, what a device reads, and what the writer and another processor read
      - drained by a fence and by a register; nature sends it early
      - each pair of ways; one after the other`,
    programs: [
      program('uncached', {
        setup: shared('', '', 'uncached'),
        tasks: {
          A: 'hw.store(c, 0, 1); hw.dma(d, read, m); seen = hw.finish(d); own = hw.load(c, 0)',
        },
      }),
      program('combining', {
        setup: shared('', '', 'combining'),
        tasks: {
          A: `hw.store(c, 0, 1); hw.dma(d, read, m); seen = hw.finish(d); own = hw.load(c, 0)
            hw.fence(); hw.dma(d, read, m); fenced = hw.finish(d); hw.store(c, 0, 2)
            hw.writeRegister(d, VALUE, 1); hw.dma(d, read, m); posted = hw.finish(d)`,
        },
      }),
      program('others', {
        setup: shared('', '', 'combining'),
        tasks: { A: 'hw.store(c, 0, 1); hw.load(c, 0)', B: 'hw.load(c, 0)' },
      }),
      program('nature', {
        setup: shared('caches: moves', '', 'combining'),
        tasks: { A: 'hw.store(c, 0, 1); hw.dma(d, read, m); hw.finish(d)' },
      }),
      program('alias', {
        setup: 'hw.platform(); g = hw.alloc(); h = hw.alloc()',
        tasks: {
          A: `a = hw.cpuMap(g, cached); b = hw.cpuMap(g, cached); calm = hw.records()
            c = hw.cpuMap(g, uncached); noted = hw.records(); hw.cpuUnmap(a); hw.cpuUnmap(b)
            hw.cpuUnmap(c); x = hw.cpuMap(h, cached); hw.cpuUnmap(x); y = hw.cpuMap(h, combining)
            still = hw.records()`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: results({
      uncached: { seen: MINE, own: MINE },
      combining: { seen: 'ZERO', own: MINE, fenced: MINE, posted: 'A v2 f0 l0' },
      others: {},
      nature: {},
      alias: {
        calm: '',
        noted: 'ALIAS by A: page 0: cached and uncached',
        still: 'ALIAS by A: page 0: cached and uncached',
      },
    }),
    ...exactly({
      others: [`A:,${MINE} B:ZERO`],
      nature: ['A:,,ZERO', `A:,,${MINE}`],
    }),
    allows: ['hardware'],
    witness: { alias: reached((run) => String(resultNamed(run, 'noted')).startsWith('ALIAS')) },
    faults: [
      'hw-cache-003-combines-nothing',
      'hw-cache-003-register-passes',
      'hw-cache-003-alias-silent',
      'hw-cache-003-stays-for-ever',
    ],
  }),
  property({
    rules: ['HW-CACHE-004'],
    plan: `A coherent device looks into the cache of the processors, and what it writes is not hidden by
      it; another device sees memory alone, which is the default.
      - a dirty line read by each kind; a line in the cache, written by each kind`,
    programs: [false, true].map((isCoherent) =>
      program(isCoherent ? 'coherent' : 'other', {
        setup: shared('', isCoherent ? 'true' : ''),
        tasks: {
          A: `hw.store(c, 0, 1); hw.dma(d, read, m); read = hw.finish(d); hw.load(c, 1)
            hw.dma(d, write, m, 2, 7); hw.finish(d); dirty = hw.load(c, 0); clean = hw.load(c, 1)
            memory = hw.peek(g, 0)`,
        },
      }),
    ),
    schedules: [{ kind: 'random', runs: 5, seed: 1 }],
    holds: results({
      other: { read: 'ZERO', dirty: MINE, clean: 'ZERO', memory: ITS },
      coherent: { read: MINE, dirty: ITS, clean: 'd v7 f0 l1', memory: ITS },
    }),
    witness: { snooped: reached((run) => resultNamed(run, 'read') === MINE) },
    faults: ['hw-cache-004-all-coherent', 'hw-cache-004-reads-memory', 'hw-cache-004-hides-writes'],
  }),
  property({
    rules: ['HW-CACHE-008'],
    plan: `A GPU's cache does the same things by itself. FLUSH writes all dirty lines, and is complete
      when everybody can see them; INVALIDATE drops the clean ones, and no others.
      - drawn lines before and after a flush, at any moment; a flush is waited for, nothing else is
      - a line that was read, and then written by a processor; invalidated
      - nature writes a line back early`,
    programs: [
      program('flush', {
        setup: shared('', '', 'uncached'),
        tasks: {
          A: `hw.dma(d, draw, m, 3, 4); hw.finish(d); before = hw.peek(g, 2); start = hw.time()
            hw.flush(d); end = hw.time(); after = hw.peek(g, 2); first = hw.peek(g, 0)`,
        },
      }),
      program('invalidate', {
        setup: shared('', '', 'uncached'),
        tasks: {
          A: `hw.dma(d, peek, m); first = hw.finish(d); hw.store(c, 0, 1); hw.dma(d, peek, m)
            old = hw.finish(d); hw.dma(d, draw, m, 1, 4, 1); hw.finish(d); hw.dropClean(d)
            hw.dma(d, peek, m, 2); new = hw.finish(d)`,
        },
      }),
      program('nature', {
        setup: shared('caches: moves', '', 'uncached'),
        tasks: { A: 'hw.dma(d, draw, m, 1, 7); hw.finish(d); hw.wait(5000); hw.peek(g, 0)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: (run) => {
      if (run.program.name === 'flush') {
        const took = Number(resultNamed(run, 'end')) - Number(resultNamed(run, 'start'));
        if (took !== 500) return `a flush took ${took} ns`;
      }
      return results({
        flush: { before: 'ZERO', after: 'd v4 f0 l2', first: 'd v4 f0 l0' },
        invalidate: { first: 'ZERO', old: 'ZERO', new: `${MINE},d v4 f0 l0` },
        nature: {},
      })(run);
    },
    ...exactly({ nature: ['A:,,,ZERO', `A:,,,${ITS}`] }),
    witness: { hidden: reached((run) => resultNamed(run, 'before') === 'ZERO') },
    faults: [
      'hw-cache-008-flush-does-not-wait',
      'hw-cache-008-flush-forgets',
      'hw-cache-008-invalidates-dirty',
      'hw-cache-008-drops-nothing',
    ],
  }),
];
