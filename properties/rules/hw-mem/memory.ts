import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

/** Properties of pages and of what is in them. */
export const MEMORY_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-MEM-001'],
    plan: `A line is read as it was before a write or as it is after it, and never otherwise; two lines
      of one burst may be seen in different states.
      - a device that writes two lines at once, a processor that reads both, at any moment`,
    programs: [
      program('burst', {
        world: { time: 'free' },
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g, fromDevice)
          c = hw.cpuMap(g, uncached); hw.dma(d, burst, m, 2)`,
        tasks: { A: 'x = hw.load(c, 0); y = hw.load(c, 1)' },
        teardown: 'hw.finish(d)',
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      burst: ['A:ZERO,ZERO', 'A:ZERO,d v1 f0 l1', 'A:d v1 f0 l0,ZERO', 'A:d v1 f0 l0,d v1 f0 l1'],
    }),
    witness: { between: reached((run) => run.outcome === 'A:d v1 f0 l0,ZERO') },
    faults: ['hw-mem-001-burst-is-atomic', 'hw-mem-001-line-in-two-steps'],
  }),
  property({
    rules: ['HW-MEM-002'],
    plan: `The ledger knows a page's owner, pins, maps, and an epoch that rises with each allocation
      and each free. A free page is POISON, and is used again, oldest first, only after so many
      later frees, or when nothing else is left.
      - one page through its life; a read of it afterwards, by a processor and by a device
      - a quarantine of two frees; nothing left but pages in it`,
    programs: [
      program('ledger', {
        setup: 'p = hw.platform()',
        tasks: {
          A: `a = hw.alloc(system, 1, 7); born = hw.ledger(a); c = hw.cpuMap(a, uncached); hw.pin(a)
            used = hw.ledger(a); hw.pin(a, 0, true); hw.cpuUnmap(c); unused = hw.ledger(a)
            hw.free(a); freed = hw.ledger(a); silent = hw.records(); poison = hw.peek(a, 5)
            noted = hw.records()`,
        },
      }),
      program('order', {
        setup: 'p = hw.platform(system: 12, quarantine: 2)',
        tasks: {
          A: `a = hw.alloc(system, 1); b = hw.alloc(system, 1); hw.free(b); hw.free(a)
            c = hw.alloc(system, 1); hw.free(c); d = hw.alloc(system, 1); e = hw.alloc(system, 1)
            f = hw.alloc(system, 1); g = hw.alloc(system, 1); again = hw.ledger(e); hw.free(f)
            lent = hw.alloc(system, 1, 1, true, true)`,
        },
      }),
      program('device', {
        setup: `hw.platform(); d = hw.device(bypass: true); g = hw.alloc()
          m = hw.map(d, g, bidirectional)`,
        tasks: {
          A: `hw.unmap(m, true); hw.dma(d, read, 2147483648); seen = hw.finish(d)
            used = hw.records()`,
        },
      }),
    ],
    holds: results({
      ledger: {
        born: 'owner 7 pins 0 maps 0 epoch 1',
        used: 'owner 7 pins 1 maps 1 epoch 1',
        unused: 'owner 7 pins 0 maps 0 epoch 1',
        freed: 'owner 0 pins 0 maps 0 epoch 2',
        silent: '',
        poison: 'POISON',
        noted: 'USE_AFTER_FREE by A: page 0',
      },
      // Four pages: 2 is next, then 3; of the freed ones, 1 has been so for longer. A movable page
      // rather comes from the contiguous range than out of the quarantine.
      order: {
        a: '0',
        b: '1',
        c: '2',
        d: '3',
        e: '1',
        f: '0',
        g: '2',
        again: 'owner 1 pins 0 maps 0 epoch 3',
        lent: '4',
      },
      device: {
        seen: 'POISON',
        used: 'CONTEXT_RULE by d: it is not trusted, and bypasses the IOMMU; USE_AFTER_FREE by d.engine: page 0',
      },
    }),
    allows: ['hardware'],
    witness: { poisoned: reached((run) => resultNamed(run, 'poison') === 'POISON') },
    faults: [
      'hw-mem-002-no-poison',
      'hw-mem-002-epoch-of-allocations',
      'hw-mem-002-no-quarantine',
      'hw-mem-002-newest-first',
      'hw-mem-002-silent',
    ],
  }),
  property({
    rules: ['HW-MEM-003'],
    plan: `System pages come cleared. VRAM and contiguous pages show what was in them, unless the
      allocator clears them; what another owner left there is noted when it is read.
      - VRAM that was never used, used by the same owner, and by another one, cleared or not
      - the same of the contiguous range; a write of one's own before the read`,
    programs: [
      program('tokens', {
        setup: `hw.platform(quarantine: 0); g = hw.alloc(vram, 8, 1, false); h = hw.alloc(cma, 8, 1)
          s = hw.alloc(system, 16, 1)`,
        tasks: {
          A: `k = hw.cpuMap(g, uncached); first = hw.load(k, 0); hw.store(k, 0, 9); hw.store(k, 1, 9)
            q = hw.cpuMap(h, uncached); hw.store(q, 0, 9); hw.cpuUnmap(k); hw.cpuUnmap(q)
            t = hw.cpuMap(s, uncached); hw.store(t, 0, 9); hw.cpuUnmap(t)
            hw.free(g); hw.free(h); hw.free(s)
            own = hw.alloc(vram, 8, 1, false); mine = hw.peek(own, 0); none = hw.records()
            hw.free(own); a = hw.alloc(vram, 8, 2, false); ca = hw.cpuMap(a, uncached)
            hw.store(ca, 1, 3); written = hw.load(ca, 1); still = hw.records()
            left = hw.load(ca, 0); noted = hw.records(); hw.cpuUnmap(ca)
            b = hw.alloc(cma, 8, 2); cleared = hw.peek(b, 0); u = hw.alloc(system, 16, 2)
            system = hw.peek(u, 0); hw.free(b); c = hw.alloc(cma, 8, 3, false); again = hw.peek(c, 0)`,
        },
      }),
    ],
    holds: results({
      tokens: {
        first: 'GARBAGE',
        mine: 'A v9 f0 l0',
        none: '',
        written: 'A v3 f0 l1',
        still: '',
        left: 'A v9 f0 l0',
        noted: 'FOREIGN_TOKEN by A: page 24: A v9 f0 l0',
        cleared: 'ZERO',
        system: 'ZERO',
        again: 'ZERO',
      },
    }),
    allows: ['hardware'],
    witness: { foreign: reached((run) => resultNamed(run, 'left') === 'A v9 f0 l0') },
    faults: ['hw-mem-003-no-clear', 'hw-mem-003-always-clears', 'hw-mem-003-silent'],
  }),
  property({
    rules: ['HW-MEM-004'],
    plan: `The contiguous range gives pages in a row; movable pages that were lent out of it move away
      first, with their content, and one that is pinned lets the allocation fail.
      - a movable page in the range: nowhere to go, pinned, then free to go; its content and its owner
      - a page that nobody may move; no room; two allocations at once`,
    programs: [
      program('lent', {
        setup: 'hw.platform(system: 10)',
        tasks: {
          A: `g = hw.alloc(system, 2); m = hw.alloc(system, 1, 1, true, true)
            c = hw.cpuMap(m, uncached); hw.store(c, 3, 4); hw.cpuUnmap(c); full = hw.alloc(cma, 8, 2)
            hw.pin(m); busy = hw.alloc(cma, 8, 2); hw.pin(m, 0, true); hw.free(g)
            run = hw.alloc(cma, 8, 2); at = hw.pages(m); text = hw.peek(m, 3)
            none = hw.alloc(cma, 1, 1); calm = hw.records()`,
        },
      }),
      program('fixed', {
        setup: 'hw.platform(system: 10)',
        tasks: {
          A: `a = hw.alloc(cma, 2); b = hw.alloc(cma, 2); c = hw.alloc(cma, 4); hw.free(a); hw.free(c)
            six = hw.alloc(cma, 6); four = hw.alloc(cma, 4)`,
        },
      }),
      program('two', {
        setup: 'hw.platform(system: 10)',
        tasks: { A: 'a = hw.alloc(cma, 4)', B: 'b = hw.alloc(cma, 4)' },
      }),
    ],
    holds: (run) => {
      if (run.program.name === 'two') return null;
      return results({
        lent: {
          m: '2',
          full: '-ENOMEM',
          busy: '-EBUSY',
          run: '2,3,4,5,6,7,8,9',
          at: '0',
          text: 'A v4 f0 l3',
          none: '-EBUSY',
          calm: '',
        },
        fixed: { a: '2,3', b: '4,5', six: '-EBUSY', four: '6,7,8,9' },
      })(run);
    },
    ...exactly({ two: ['A:2,3,4,5 B:6,7,8,9', 'A:6,7,8,9 B:2,3,4,5'] }),
    witness: { moved: reached((run) => resultNamed(run, 'at') === '0') },
    faults: ['hw-mem-004-moves-pinned', 'hw-mem-004-content-stays', 'hw-mem-004-not-in-a-row'],
  }),
  property({
    rules: ['HW-MEM-005'],
    plan: `Freeing a page that is mapped or pinned is noted, with the mapping.
      - mapped by a device, by a processor, pinned; and nothing of it any more`,
    programs: [
      program('mapped', {
        setup: 'hw.platform(); d = hw.device()',
        tasks: {
          A: `a = hw.alloc(); b = hw.alloc(); c = hw.alloc(); e = hw.alloc(); m = hw.map(d, a)
            k = hw.cpuMap(b); hw.pin(c); hw.free(a); hw.free(b); hw.free(c)
            f = hw.map(d, e, toDevice); hw.unmap(f); hw.free(e); noted = hw.records()`,
        },
      }),
    ],
    holds: results({
      mapped: {
        noted:
          'FREED_WHILE_MAPPED by A: page 0: d at page 65536; ' +
          'FREED_WHILE_MAPPED by A: page 1: cpuMapping:1.6.0; FREED_WHILE_MAPPED by A: page 2: 1 pins',
      },
    }),
    allows: ['hardware'],
    witness: { noted: reached((run) => String(resultNamed(run, 'noted')).includes('page 2')) },
    faults: ['hw-mem-005-silent', 'hw-mem-005-map-not-in-ledger', 'hw-mem-005-pins-do-not-count'],
  }),
];
