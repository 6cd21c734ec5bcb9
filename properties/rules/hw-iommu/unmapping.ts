import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const MAPPED = 'hw.platform(); d = hw.device(); g = hw.alloc(); m = hw.map(d, g)';
const USED = `${MAPPED}; hw.dma(d, read, m); hw.finish(d)`;
const STALE = 'STALE_TLB by d: page 0';
const USED_AFTER = 'STALE_TLB_USE_AFTER_FREE by d: page 0; USE_AFTER_FREE by d.engine: page 0';
const GONE = 'IOMMU_FAULT by d: read of 0x10000000: UNMAPPED';

/** Properties of taking addresses away from devices. */
export const UNMAPPING_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-IOMMU-005'],
    plan: `A cached translation whose entry is gone or changed still works, and is noted: as a warning,
      or, when the page was freed or has another owner, as a use after free.
      - the entry gone; replaced by one that leads elsewhere; the page freed; freed and used again`,
    programs: [
      program('gone', {
        setup: USED,
        tasks: {
          A: 'hw.clearEntries(m); hw.dma(d, read, m); seen = hw.finish(d); noted = hw.records()',
        },
      }),
      program('freed', {
        setup: USED,
        tasks: {
          A: `hw.clearEntries(m); hw.forget(m); hw.free(g); hw.dma(d, read, m); seen = hw.finish(d)
            noted = hw.records()`,
        },
      }),
      program('used-again', {
        setup: `hw.platform(system: 9, quarantine: 0); d = hw.device(); g = hw.alloc()
          m = hw.map(d, g); hw.dma(d, read, m); hw.finish(d)`,
        tasks: {
          A: `hw.clearEntries(m); hw.forget(m); hw.free(g); h = hw.alloc(); hw.dma(d, write, m, 1, 6)
            hw.finish(d); seen = hw.peek(h, 0); noted = hw.records()`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 2000 }],
    holds: results({
      gone: { seen: 'ZERO', noted: STALE },
      freed: { seen: 'POISON', noted: USED_AFTER },
      'used-again': { seen: 'd v6 f0 l0', noted: 'STALE_TLB_USE_AFTER_FREE by d: page 0' },
    }),
    allows: ['hardware'],
    witness: { foreign: reached((run) => resultNamed(run, 'seen') === 'd v6 f0 l0') },
    faults: ['hw-iommu-005-silent', 'hw-iommu-005-always-a-warning', 'hw-iommu-005-hit-aborts'],
  }),
  property({
    rules: ['HW-IOMMU-006'],
    plan: `Strict unmapping clears, invalidates, waits, and only then gives address and page back.
      Deferred unmapping does so with the next flush, at most 10 ms later.
      - a device at work while its buffer is unmapped and freed: it never meets a freed page
      - addresses and pages before and after the flush; two unmappings, one flush`,
    programs: [
      program('strict', {
        world: { time: 'free' },
        setup: `${MAPPED}; hw.dma(d, read, m, 1); hw.finish(d); hw.dma(d, read, m, 1)`,
        tasks: {
          A: 'hw.unmap(m, true); hw.finish(d); hw.addressesInUse(d)',
        },
        teardown: 'noted = hw.records()',
      }),
      program('deferred', {
        setup: `hw.platform(unmapping: deferred); d = hw.device(); g = hw.alloc(); m = hw.map(d, g)
          h = hw.alloc(); n = hw.map(d, h); hw.dma(d, read, m); hw.finish(d)`,
        tasks: {
          A: `hw.unmap(m, true); early = hw.addressesInUse(d); page = hw.ledger(g)
            hw.dma(d, read, 268435456); seen = hw.finish(d); task.sleep(5); hw.unmap(n, true)
            task.sleep(4); before = hw.addressesInUse(d); task.sleep(2)
            after = hw.addressesInUse(d); free = hw.ledger(g); noted = hw.records()
            hw.dma(d, read, 268435456); gone = hw.finish(d)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: (run) => {
      if (run.program.name === 'strict') {
        const noted = String(resultNamed(run, 'noted'));
        return ['', GONE, STALE, `${GONE}; ${STALE}`].includes(noted) ? null : noted;
      }
      return results({
        deferred: {
          early: 2,
          page: 'owner 1 pins 0 maps 1 epoch 1',
          seen: 'ZERO',
          before: 2,
          after: 0,
          free: 'owner 0 pins 0 maps 0 epoch 2',
          noted: STALE,
          gone: 'abort,ONES',
        },
      })(run);
    },
    ...exactly({ strict: ['A:,ZERO,0', 'A:,abort,ONES,0'] }),
    witness: { deferred: reached((run) => resultNamed(run, 'early') === 2) },
    faults: [
      'hw-iommu-006-does-not-wait',
      'hw-iommu-006-deferred-frees-at-once',
      'hw-iommu-006-flush-too-late',
      'hw-iommu-006-address-first',
    ],
  }),
  property({
    rules: ['HW-IOMMU-007'],
    plan: `An injected mistake drops an invalidation, or reports it before it is done: the device still
      reaches a page that somebody else may have. A flush of everything by the device, as on reset,
      and fences before the unmapping keep that from being seen.
      - one mistake; unmapped, freed, and then used by the device; the same behind a reset`,
    programs: [
      program('bare', {
        world: { hardwareFaultsMax: 1 },
        setup: USED,
        tasks: { A: 'hw.unmap(m, true); hw.dma(d, read, 268435456); hw.finish(d); hw.records()' },
      }),
      program('reset', {
        world: { hardwareFaultsMax: 1 },
        setup: USED,
        tasks: {
          A: 'hw.unmap(m, true); hw.reset(d); hw.dma(d, read, 268435456); hw.finish(d); hw.records()',
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      bare: [`A:,,abort,ONES,${GONE}`, `A:,,POISON,${USED_AFTER}`],
      reset: [`A:,,,abort,ONES,${GONE}`],
    }),
    allows: ['hardware'],
    witness: { corrupted: reached((run) => run.outcome.includes('POISON')) },
    faults: ['hw-iommu-007-no-mistakes', 'hw-iommu-007-reset-keeps'],
  }),
  property({
    rules: ['HW-IOMMU-008'],
    plan: `Two devices that map one buffer have addresses and caches of their own; to unmap it for one
      changes nothing for the other. The address of one means nothing to the other.
      - both read, one is unmapped, both read again
      - the address of one used by the other: nothing there, and another buffer there`,
    programs: [
      program('both', {
        setup: `hw.platform(); d = hw.device(); e = hw.device(); g = hw.alloc(); h = hw.alloc()
          x = hw.map(e, h); m = hw.map(d, g); n = hw.map(e, g)`,
        tasks: {
          A: `c = hw.cpuMap(g, uncached); hw.store(c, 0, 3); hw.dma(d, read, m); first = hw.finish(d)
            hw.dma(e, read, n); second = hw.finish(e); hw.unmap(m); hw.dma(d, read, 268435456)
            gone = hw.finish(d); hw.dma(e, read, n); still = hw.finish(e); hw.dma(e, read, x)
            own = hw.finish(e); calm = hw.records()`,
        },
      }),
      program('foreign', {
        setup: `hw.platform(); d = hw.device(); e = hw.device(); g = hw.alloc(); h = hw.alloc()
          m = hw.map(d, g)`,
        tasks: {
          A: `hw.dma(e, read, m); nothing = hw.finish(e); n = hw.map(e, h); hw.dma(e, write, m, 1, 9)
            hw.finish(e); wrong = hw.peek(h, 0); noted = hw.records()`,
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 10, seed: 1 }],
    holds: results({
      both: {
        m: 0x1000_0000,
        n: 0x1000_2000,
        first: 'A v3 f0 l0',
        second: 'A v3 f0 l0',
        gone: 'abort,ONES',
        still: 'A v3 f0 l0',
        own: 'ZERO',
        calm: GONE,
      },
      foreign: {
        nothing: 'abort,ONES',
        wrong: 'e v9 f0 l0',
        noted: 'IOMMU_FAULT by e: read of 0x10000000: UNMAPPED; WRONG_BUFFER by e: page 1',
      },
    }),
    allows: ['hardware'],
    witness: { wrong: reached((run) => resultNamed(run, 'wrong') === 'e v9 f0 l0') },
    faults: ['hw-iommu-008-one-table', 'hw-iommu-008-wrong-is-fine'],
  }),
];
