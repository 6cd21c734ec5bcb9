import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const MAPPED = 'hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g)';

/** Properties of how addresses of devices lead to pages. */
export const TRANSLATION_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-IOMMU-001'],
    plan: `A device's domain maps pages of its addresses to pages, with rights and the epoch of the page.
      A device without one uses physical addresses, which is noted unless it is trusted.
      - each direction, addresses in a row with a guard, first fit, a page that was used before
      - bypass, by a device that is not trusted`,
    programs: [
      program('domain', {
        setup: `hw.platform(quarantine: 0, system: 11); d = hw.device(); b = hw.device(bypass: true)
          f = hw.alloc(system, 3); hw.free(f)`,
        tasks: {
          A: `g = hw.alloc(system, 2); h = hw.alloc(); m = hw.map(d, g, toDevice)
            n = hw.map(d, h, fromDevice); both = hw.domain(d); hw.unmap(m); left = hw.domain(d)
            k = hw.map(d, h); again = hw.domain(d); x = hw.map(b, h); bypass = hw.domain(b)
            noted = hw.records()`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 2000 }],
    holds: results({
      domain: {
        both: '0x10000:0 r 3, 0x10001:1 r 3, 0x10003:2 w 3',
        left: '0x10003:2 w 3',
        again: '0x10000:2 rw 3, 0x10003:2 w 3',
        x: 0x8000_2000,
        bypass: 'bypass',
        noted: 'CONTEXT_RULE by b: it is not trusted, and bypasses the IOMMU',
      },
    }),
    allows: ['hardware'],
    witness: { noted: reached((run) => resultNamed(run, 'bypass') === 'bypass') },
    faults: ['hw-iommu-001-all-rights', 'hw-iommu-001-epoch-0', 'hw-iommu-001-no-guard'],
  }),
  property({
    rules: ['HW-IOMMU-002'],
    plan: `A translation is cached, oldest out first; a miss takes a walk. It is made when a burst enters
      a page, and kept for the rest of the burst there.
      - hits and misses by their time; three pages through a cache of two, with a hit in between
      - an unmapping inside a burst, and between two bursts of one page`,
    programs: [
      program('fifo', {
        setup: `hw.platform(iotlb: 2); d = hw.device(); g = hw.alloc(system, 3)
          m = hw.map(d, g, toDevice)`,
        tasks: {
          A: `hw.dma(d, read, m, 1, 1, 0); hw.finish(d); miss = hw.time(); hw.dma(d, read, m, 1, 1, 0)
            hw.finish(d); hit = hw.time(); hw.dma(d, read, m, 1, 1, 64); hw.finish(d)
            hw.dma(d, read, m, 1, 1, 0); hw.finish(d); two = hw.cachedPages(d)
            hw.dma(d, read, m, 1, 1, 128); hw.finish(d); out = hw.cachedPages(d)`,
        },
      }),
      program('inside', {
        world: { time: 'free' },
        setup: `${MAPPED}; hw.dma(d, read, m, 1); hw.finish(d); hw.dma(d, read, m, 2)`,
        tasks: { A: 'hw.clearEntries(m); hw.invalidate(m); seen = hw.finish(d)' },
      }),
      program('between', {
        world: { time: 'free' },
        setup: `${MAPPED}; hw.dma(d, read, m, 1); hw.finish(d)
          hw.dma(d, read, m, 1); hw.dma(d, read, m, 1)`,
        tasks: { A: 'hw.clearEntries(m); hw.invalidate(m); seen = hw.finish(d)' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: results({
      fifo: { miss: 220, hit: 240, two: '10000,10001', out: '10001,10002' },
      inside: {},
      between: {},
    }),
    ...exactly({
      inside: ['A:,,ZERO,ZERO', 'A:,,abort,ONES,ONES'],
      between: ['A:,,ZERO,ZERO', 'A:,,ZERO,abort,ONES', 'A:,,abort,ONES,abort,ONES'],
    }),
    witness: { between: reached((run) => run.outcome === 'A:,,ZERO,abort,ONES') },
    faults: [
      'hw-iommu-002-least-recent-out',
      'hw-iommu-002-nothing-cached',
      'hw-iommu-002-each-line',
    ],
  }),
  property({
    rules: ['HW-IOMMU-003'],
    plan: `An access without a translation, or without the right to it, is recorded, raises an interrupt,
      and goes nowhere: the device hears of it, reads ONES, and its write is dropped. What the queue
      has no room for is counted.
      - an unmapped read and write; a write to what may only be read, and the reverse
      - a queue of two records; the interrupt, once`,
    programs: [
      program('faults', {
        setup: `hw.platform(faultQueue: 2); d = hw.device(); g = hw.alloc(); h = hw.alloc()
          m = hw.map(d, g, toDevice); n = hw.map(d, h, fromDevice); l = irq.iommu()`,
        tasks: {
          A: `hw.dma(d, write, m, 1, 5); w = hw.finish(d); kept = hw.peek(g, 0); hw.dma(d, read, n)
            r = hw.finish(d); hw.wait(5000); n1 = irq.handled(l); perm = hw.faults()
            hw.dma(d, read, 4096); hw.dma(d, write, 8192); hw.dma(d, read, 12288)
            hw.dma(d, read, 16384); seen = hw.finish(d); lost = hw.faults(); empty = hw.faults()`,
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 10, seed: 1 }],
    holds: (run) => {
      const n = Number(resultNamed(run, 'n1'));
      if (n < 1 || n > 2) return `${n} interrupts for two faults`;
      return results({
        faults: {
          w: 'abort',
          kept: 'ZERO',
          r: 'abort,ONES',
          perm: 'd write 0x10000000 PERM, d read 0x10002000 PERM of 2',
          seen: 'abort,ONES,abort,abort,ONES,abort,ONES',
          lost: 'd read 0x1000 UNMAPPED, d write 0x2000 UNMAPPED of 6, some lost',
          empty: ' of 6, some lost',
        },
      })(run);
    },
    witness: {
      overflown: reached((run) => String(resultNamed(run, 'lost')).includes('some lost')),
    },
    faults: [
      'hw-iommu-003-silent',
      'hw-iommu-003-no-interrupt',
      'hw-iommu-003-write-lands',
      'hw-iommu-003-lost-records-do-not-count',
      'hw-iommu-003-rights-are-not-asked',
    ],
  }),
  property({
    rules: ['HW-IOMMU-004'],
    plan: `Unmapping takes the entry out of the table; what the device has cached of it stays until an
      invalidation, of the page or of all, is complete, which software has to wait for.
      - an access after the entry is gone, while the invalidation is under way, and afterwards
      - an invalidation that waits; of another page; of everything`,
    programs: [
      program('steps', {
        setup: `${MAPPED}; h = hw.alloc(); n = hw.map(d, h)`,
        tasks: {
          A: `hw.dma(d, read, m); hw.dma(d, read, n); hw.finish(d); hw.clearEntries(m)
            hw.clearEntries(n); hw.dma(d, read, m); cleared = hw.finish(d); start = hw.time()
            hw.invalidate(m); end = hw.time(); hw.dma(d, read, m); gone = hw.finish(d)
            hw.dma(d, read, n); other = hw.finish(d); hw.invalidate(m, true); hw.dma(d, read, n)
            all = hw.finish(d)`,
        },
      }),
      program('under-way', {
        world: { time: 'free' },
        setup: `${MAPPED}; hw.dma(d, read, m); hw.finish(d)`,
        tasks: {
          A: 'hw.clearEntries(m); hw.invalidate(m, false, false); hw.dma(d, read, m); hw.finish(d)',
        },
      }),
      program('waited', {
        world: { time: 'free' },
        setup: `${MAPPED}; hw.dma(d, read, m); hw.finish(d)`,
        tasks: {
          A: 'hw.clearEntries(m); hw.invalidate(m); hw.dma(d, read, m); hw.finish(d)',
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: (run) => {
      if (run.program.name !== 'steps') return null;
      const took = Number(resultNamed(run, 'end')) - Number(resultNamed(run, 'start'));
      if (took !== 1000) return `the invalidation took ${took} ns`;
      return results({
        steps: { cleared: 'ZERO', gone: 'abort,ONES', other: 'ZERO', all: 'abort,ONES' },
      })(run);
    },
    ...exactly({
      'under-way': ['A:,,,ZERO', 'A:,,,abort,ONES'],
      waited: ['A:,,,abort,ONES'],
    }),
    witness: { still: reached((run) => run.outcome === 'A:,,,ZERO') },
    faults: [
      'hw-iommu-004-clear-invalidates',
      'hw-iommu-004-await-does-not-wait',
      'hw-iommu-004-invalidates-nothing',
    ],
  }),
];
