import { type Property, property, reached } from '../../check/property.ts';
import { results, resultNamed } from '../../check/results.ts';
import { program } from '../../programs/parse.ts';
import { exactly } from '../drm-outcomes.ts';

const MINE = 'A v1 f0 l0';
const ITS = 'd v7 f0 l0';

function mapped(direction: string, options = ''): string {
  return `hw.platform(${options}); d = hw.device(); g = hw.alloc(); m = hw.map(d, g, ${direction})
    c = hw.cpuMap(g)`;
}

/** What caching says of a dirty and a clean line around each of the two calls. */
const SYNCS = `hw.store(c, 0, 1); hw.load(c, 1); hw.syncForDevice(m); dirty = hw.cacheState(g, 0)
  clean = hw.cacheState(g, 1); memory = hw.peek(g, 0); hw.store(c, 0, 2); hw.load(c, 1)
  hw.syncForCpu(m); dirty2 = hw.cacheState(g, 0); clean2 = hw.cacheState(g, 1)
  memory2 = hw.peek(g, 0)`;

/** Properties of keeping caches and memory in step. */
export const MAINTENANCE_PROPERTIES: readonly Property[] = [
  property({
    rules: ['HW-CACHE-005'],
    plan: `Before a device reads, lines are cleaned; before it writes, they are invalidated, without
      being written back; for both, both. Afterwards, what the device may have written is invalidated
      once more.
      - each direction: a dirty and a clean line through both calls
      - what the device has written, under any move of the cache, with and without the second call`,
    programs: [
      ...['toDevice', 'fromDevice', 'bidirectional'].map((direction) =>
        program(direction, { setup: mapped(direction), tasks: { A: SYNCS } }),
      ),
      program('both-calls', {
        setup: mapped('fromDevice', 'caches: moves'),
        tasks: {
          A: `hw.store(c, 0, 1); hw.syncForDevice(m); hw.dma(d, write, m, 1, 7); hw.finish(d)
            hw.syncForCpu(m); hw.load(c, 0)`,
        },
      }),
      program('one-call', {
        setup: mapped('fromDevice', 'caches: moves'),
        tasks: {
          A: `hw.syncForDevice(m); hw.dma(d, write, m, 1, 7); hw.finish(d); hw.load(c, 0)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    holds: results({
      toDevice: {
        dirty: 'clean',
        clean: 'clean',
        memory: MINE,
        dirty2: 'dirty',
        clean2: 'clean',
        memory2: MINE,
      },
      fromDevice: {
        dirty: 'absent',
        clean: 'absent',
        memory: 'ZERO',
        dirty2: 'absent',
        clean2: 'absent',
        memory2: 'ZERO',
      },
      bidirectional: {
        dirty: 'absent',
        clean: 'absent',
        memory: MINE,
        dirty2: 'absent',
        clean2: 'absent',
        memory2: MINE,
      },
      'both-calls': {},
      'one-call': {},
    }),
    ...exactly({
      'both-calls': [`A:,,,,,${ITS}`],
      'one-call': [`A:,,,${ITS}`, 'A:,,,ZERO'],
    }),
    witness: { fetched: reached((run) => run.outcome === 'A:,,,ZERO') },
    faults: [
      'hw-cache-005-cleans-instead',
      'hw-cache-005-cleans-nothing',
      'hw-cache-005-invalidates-for-the-device',
      'hw-cache-005-once-is-enough',
    ],
  }),
  property({
    rules: ['HW-CACHE-006'],
    plan: `To begin means to wait for the fences that matter and to bring every page up to date; to end,
      to hand them over. Outside, a read may see whatever was cached or stored since, and a write may
      be lost.
      - a device that writes and signals, a processor that reads inside and outside of a bracket
      - the second page of a buffer; a reader's fence and a writer; what the device reads after the end
      - a write outside, under any move of the cache`,
    programs: [
      program('pages', {
        setup: `hw.platform(); d = hw.device(); g = hw.alloc(system, 2); m = hw.map(d, g)
          c = hw.cpuMap(g); r = resv.create()`,
        tasks: {
          A: `hw.load(c, 64); hw.dma(d, write, m, 1, 7, 64); hw.finish(d); hw.begin(m, r)
            begun = hw.load(c, 64); hw.store(c, 64, 2); hw.end(m); hw.dma(d, read, m, 1, 1, 64)
            ended = hw.finish(d)`,
        },
      }),
      program('readers', {
        setup: `${mapped('bidirectional')}; r = resv.create(); f = fence.create()
          resv.lock(r); resv.reserve(r, 1); resv.add(r, f, READ); resv.unlock(r)`,
        tasks: {
          A: `read = hw.begin(m, r); pending = fence.isSignaled(f); hw.begin(m, r, true)
            written = fence.isSignaled(f)`,
          B: 'hw.wait(3000); fence.signal(f)',
        },
      }),
      program('inside', {
        setup: `${mapped('bidirectional', 'caches: moves')}; r = resv.create(); f = fence.create()
          resv.lock(r); resv.reserve(r, 1); resv.add(r, f, WRITE); resv.unlock(r)
          hw.dma(d, write, m, 1, 7)`,
        tasks: { A: 'hw.begin(m, r); hw.load(c, 0)', B: 'hw.signalWhenDone(d, f)' },
      }),
      program('outside', {
        setup: `${mapped('bidirectional', 'caches: moves')}; hw.dma(d, write, m, 1, 7)`,
        tasks: { A: 'hw.finish(d); hw.load(c, 0)' },
      }),
      program('lost', {
        setup: mapped('bidirectional', 'caches: moves'),
        tasks: {
          A: `hw.store(c, 0, 1); hw.dma(d, write, m, 1, 7); hw.finish(d); hw.syncForCpu(m)
            hw.load(c, 0)`,
        },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 10_000 }],
    holds: results({
      inside: {},
      outside: {},
      lost: {},
      pages: { begun: 'd v7 f0 l0', ended: 'A v2 f0 l64' },
      readers: { pending: false, written: true },
    }),
    ...exactly({
      inside: [`A:0,${ITS} B:0`],
      outside: [`A:,${ITS}`, 'A:,ZERO'],
      // The write of the processor, which was not handed over, or that of the device.
      lost: [`A:,,,,${ITS}`, `A:,,,,${MINE}`],
    }),
    witness: { stale: reached((run) => run.outcome === 'A:,ZERO') },
    faults: [
      'hw-cache-006-does-not-wait',
      'hw-cache-006-first-page',
      'hw-cache-006-end-does-nothing',
      'hw-cache-006-waits-for-writers-only',
    ],
  }),
  property({
    rules: ['HW-CACHE-007'],
    plan: `Maintenance works on whole lines: what else is in a line, and dirty, is lost. So bytes that are
      no whole lines are bounced.
      - a buffer that begins and ends in lines of others: mapped as it is, and by its bytes
      - whole lines, which are mapped directly`,
    programs: [
      program('direct', {
        setup: 'hw.platform(); d = hw.device(); g = hw.alloc(); c = hw.cpuMap(g)',
        tasks: {
          A: `hw.store(c, 0, 1); m = hw.map(d, g, fromDevice); hw.dma(d, write, m, 1, 7, 1)
            hw.finish(d); hw.syncForCpu(m); neighbour = hw.load(c, 0)`,
        },
      }),
      program('bytes', {
        setup: 'hw.platform(); d = hw.device(); g = hw.alloc(); c = hw.cpuMap(g)',
        tasks: {
          A: `hw.store(c, 0, 1); hw.store(c, 2, 1); how = hw.mapBytes(d, g, 32, 128, fromDevice)
            hw.dma(d, write, how, 3, 7); hw.finish(d); hw.syncForCpu(how); first = hw.load(c, 0)
            whole = hw.load(c, 1); last = hw.load(c, 2); hw.unmap(how)
            free = hw.addressesInUse(d)`,
        },
      }),
      program('to-device', {
        setup: 'hw.platform(); d = hw.device(); g = hw.alloc(); c = hw.cpuMap(g)',
        tasks: {
          A: `hw.store(c, 0, 1); how = hw.mapBytes(d, g, 32, 64, toDevice); hw.dma(d, read, how)
            seen = hw.finish(d)`,
        },
      }),
      program('lines', {
        setup: 'hw.platform(); d = hw.device(); e = hw.device(true); g = hw.alloc()',
        tasks: {
          A: `a = hw.mapBytes(d, g, 64, 128, fromDevice); b = hw.mapBytes(d, g, 64, 100, fromDevice)
            x = hw.mapBytes(e, g, 64, 100, fromDevice)`,
        },
      }),
    ],
    schedules: [{ kind: 'random', runs: 5, seed: 1 }],
    holds: results({
      direct: { neighbour: 'ZERO' },
      bytes: { how: 'bounced', first: MINE, whole: 'd v7 f0 l1', last: 'A v1 f0 l2', free: 0 },
      'to-device': { how: 'bounced', seen: MINE },
      lines: { a: 'direct', b: 'bounced', x: 'direct' },
    }),
    forbids: ['leak'],
    witness: { lost: reached((run) => resultNamed(run, 'neighbour') === 'ZERO') },
    faults: [
      'hw-cache-007-never-bounces',
      'hw-cache-007-copies-parts',
      'hw-cache-007-keeps-neighbours',
    ],
  }),
  property({
    rules: ['HW-CACHE-009'],
    plan: `Maintenance that is left out shows in the data, and nowhere else. The hooks of the exporter, a
      flush, or a coherent device keep it from being seen.
      - a device that reads without a sync; a drawing that is not flushed
      - the same with the hooks, with the flush, with a coherent device: no move of a cache matters`,
    programs: [
      program('no-sync', {
        setup: mapped('bidirectional', 'caches: moves'),
        tasks: { A: 'hw.store(c, 0, 1); hw.dma(d, read, m); hw.finish(d); hw.records()' },
      }),
      program('no-flush', {
        setup: mapped('bidirectional', 'caches: moves'),
        tasks: {
          A: 'hw.dma(d, draw, m, 1, 7); hw.finish(d); hw.wait(1000); hw.peek(g, 0); hw.records()',
        },
      }),
      program('hooks', {
        setup: `${mapped('bidirectional', 'caches: moves')}; r = resv.create()`,
        tasks: {
          A: `hw.begin(m, r, true); hw.store(c, 0, 1); hw.end(m); hw.dma(d, read, m); hw.finish(d)
            hw.records()`,
        },
      }),
      program('flush', {
        setup: mapped('bidirectional', 'caches: moves'),
        tasks: {
          A: 'hw.dma(d, draw, m, 1, 7); hw.finish(d); hw.flush(d); hw.peek(g, 0); hw.records()',
        },
      }),
      program('coherent', {
        setup: `hw.platform(caches: moves); d = hw.device(true); g = hw.alloc(); m = hw.map(d, g)
          c = hw.cpuMap(g)`,
        tasks: { A: 'hw.store(c, 0, 1); hw.dma(d, read, m); hw.finish(d); hw.records()' },
      }),
    ],
    schedules: [{ kind: 'stateful', statesMax: 5000 }],
    ...exactly({
      'no-sync': [`A:,,${MINE},`, 'A:,,ZERO,'],
      'no-flush': [`A:,,,${ITS},`, 'A:,,,ZERO,'],
      hooks: [`A:0,,,,${MINE},`],
      flush: [`A:,,,${ITS},`],
      coherent: [`A:,,${MINE},`],
    }),
    witness: { stale: reached((run) => run.outcome === 'A:,,ZERO,') },
    faults: [
      'hw-cache-009-is-noticed',
      'hw-cache-006-end-does-nothing',
      'hw-cache-008-flush-forgets',
    ],
  }),
];
