import { errnoName } from '../../../impl/kernel/errno.ts';
import { ATTRIBUTES } from '../../../impl/hw/cpu-cache.ts';
import { CpuMapping } from '../../../impl/hw/cpu-mapping.ts';
import type { PageNumber, Zone } from '../../../impl/hw/physical-memory.ts';
import { PAGE_LINES, type PlatformOptions } from '../../../impl/hw/platform-options.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import { tokenOf } from '../../../impl/hw/token.ts';
import { TimeWatch } from '../../hardware/time-watch.ts';
import { PageBlock } from '../../hardware/page-block.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations } from '../operation.ts';
import { oneOf } from './choice.ts';

const ZONES: readonly Zone[] = ['system', 'cma', 'vram'];
const HABITS = ['lazy', 'eager', 'prefetching', 'moves'] as const;
const UNMAPPINGS = ['strict', 'deferred'] as const;

/** Small enough for every search; programs say what they need more of. */
const SYSTEM_PAGES = 24;
const SMALL = { cmaPages: 8, vramPages: 8, aperturePages: 4 };
const ONE_LATENCY: readonly number[] = [1000];
const LATENCIES: readonly number[] = [1000, 10_000, 50_000];

function optionsOf(args: Arguments): Partial<PlatformOptions> {
  return {
    ...SMALL,
    systemPages: args.number('system', SYSTEM_PAGES),
    caches: oneOf(args, 'caches', HABITS),
    cacheMovesMax: args.number('moves', 1),
    cacheMoveLines: 1,
    unmapping: oneOf(args, 'unmapping', UNMAPPINGS),
    interruptNs: args.boolean('latencies', false) ? LATENCIES : ONE_LATENCY,
    losesMaskedEdges: args.boolean('lossy', false),
    iotlbEntries: args.number('iotlb', 16),
    faultQueueEntries: args.number('faultQueue', 16),
    quarantinePages: args.number('quarantine', 8),
  };
}

export function platformOf(environment: Environment, args: Arguments): Platform {
  return environment.find(args.text('platform', 'p'), Platform);
}

export function blockOf(environment: Environment, args: Arguments): PageBlock {
  return environment.find(args.text('block'), PageBlock);
}

function mappingOf(environment: Environment, args: Arguments): CpuMapping {
  return environment.find(args.text('mapping'), CpuMapping);
}

/** The page and the line in it of a line of a block. */
function placeOf({ pages }: PageBlock, line: number): { page: PageNumber; line: number } {
  return { page: pages[Math.floor(line / PAGE_LINES)] ?? 0, line: line % PAGE_LINES };
}

/** Calls about the simulated machine and its memory. */
defineOperations([
  {
    name: 'hw.platform',
    parameters: [
      'caches',
      'moves',
      'unmapping',
      'latencies',
      'lossy',
      'iotlb',
      'faultQueue',
      'quarantine',
      'system',
    ],
    *run(environment, args, out) {
      const { world, types } = environment.stack;
      environment.bind(out ?? 'p', new Platform(world, optionsOf(args), types.hardware));
      return null;
    },
  },
  {
    // The numbers of the pages, or an error.
    name: 'hw.alloc',
    parameters: ['zone', 'count', 'owner', 'clear', 'movable', 'platform'],
    *run(environment, args, out) {
      const platform = platformOf(environment, args);
      const block = new PageBlock(platform);
      const isMovable = args.boolean('movable', false);
      const pages = yield* platform.pages.allocate({
        zone: oneOf(args, 'zone', ZONES),
        count: args.number('count', 1),
        owner: args.number('owner', 1),
        isCleared: args.boolean('clear', true),
        ...(isMovable ? { movable: block } : {}),
      });
      if (typeof pages === 'number') return errnoName(pages);
      block.pages = pages;
      environment.bind(out, block);
      return pages.join(',');
    },
  },
  {
    name: 'hw.pages',
    parameters: ['block'],
    *run(environment, args) {
      const block = blockOf(environment, args);
      block.world.touch(block, 'pages', 'read', 'once');
      return block.pages.join(',');
    },
  },
  {
    name: 'hw.free',
    parameters: ['block'],
    *run(environment, args) {
      const { platform, pages } = blockOf(environment, args);
      yield* platform.pages.release(pages);
      return null;
    },
  },
  {
    name: 'hw.pin',
    parameters: ['block', 'page', 'undo'],
    *run(environment, args) {
      const { platform, pages } = blockOf(environment, args);
      const page = pages[args.number('page', 0)] ?? 0;
      yield* args.boolean('undo', false) ? platform.pages.unpin(page) : platform.pages.pin(page);
      return null;
    },
  },
  {
    // What the ledger says of the first page: owner, pins, maps, epoch.
    name: 'hw.ledger',
    parameters: ['block'],
    *run(environment, args) {
      const { platform, pages } = blockOf(environment, args);
      const page = pages[0] ?? 0;
      platform.memory.touchPage(page, 'read');
      const { owner, pins, maps, epoch } = platform.memory.record(page);
      return `owner ${owner} pins ${pins} maps ${maps.length} epoch ${epoch}`;
    },
  },
  {
    // What is in memory, whatever caches say.
    name: 'hw.peek',
    parameters: ['block', 'line'],
    *run(environment, args) {
      const block = blockOf(environment, args);
      const { memory, oracle } = block.platform;
      const { page, line } = placeOf(block, args.number('line', 0));
      return oracle.text(memory.read(page, line));
    },
  },
  {
    name: 'hw.cpuMap',
    parameters: ['block', 'attribute'],
    *run(environment, args, out) {
      const { platform, pages } = blockOf(environment, args);
      const { CpuMapping: Mapping } = platform.types;
      const mapping = new Mapping(platform, pages, oneOf(args, 'attribute', ATTRIBUTES));
      mapping.isStatic = true;
      environment.bind(out, mapping);
      return null;
    },
  },
  {
    name: 'hw.cpuUnmap',
    parameters: ['mapping'],
    *run(environment, args) {
      mappingOf(environment, args).unmap();
      return null;
    },
  },
  {
    name: 'hw.load',
    parameters: ['mapping', 'line'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      const token = yield* mapping.read(args.number('line', 0));
      return mapping.platform.oracle.text(token);
    },
  },
  {
    name: 'hw.store',
    parameters: ['mapping', 'line', 'version'],
    *run(environment, args) {
      const mapping = mappingOf(environment, args);
      const line = args.number('line', 0);
      const writer = mapping.platform.oracle.writer(mapping.world.current.name);
      const version = args.number('version', 1);
      yield* mapping.write(line, tokenOf({ writer, version, frame: 0, line }));
      return null;
    },
  },
  {
    // Everything that this processor has combined leaves it.
    name: 'hw.fence',
    parameters: ['platform'],
    *run(environment, args) {
      const { cpuCache, world } = platformOf(environment, args);
      cpuCache.drainCombining(world.current.cpu);
      return null;
    },
  },
  {
    name: 'hw.cacheState',
    parameters: ['block', 'line'],
    *run(environment, args) {
      const block = blockOf(environment, args);
      const { page, line } = placeOf(block, args.number('line', 0));
      return ['absent', 'clean', 'dirty'][block.platform.cpuCache.stateOf(page, line)] ?? null;
    },
  },
  {
    // What the oracle has noted so far, each once.
    name: 'hw.records',
    parameters: ['platform'],
    *run(environment, args) {
      const { oracle, world } = platformOf(environment, args);
      world.touch(oracle, 'records', 'read', 'once');
      const texts = oracle.records.map(({ kind, actor, what }) => `${kind} by ${actor}: ${what}`);
      return texts.toSorted().join('; ');
    },
  },
  {
    // Somebody waits for so many nanoseconds.
    name: 'hw.wait',
    parameters: ['ns'],
    *run(environment, args) {
      const { clock } = environment.stack.world;
      yield* clock.waitUntil(clock.valueNs + args.number('ns'));
      return null;
    },
  },
  {
    // From now on the moments are kept at which time stops.
    name: 'hw.watchTime',
    parameters: [],
    *run(environment, _args, out) {
      const watch = new TimeWatch(environment.stack.world);
      environment.stack.world.observe(watch);
      environment.bind(out, watch);
      return null;
    },
  },
  {
    name: 'hw.times',
    parameters: ['watch'],
    *run(environment, args) {
      return environment.find(args.text('watch'), TimeWatch).times.join(',');
    },
  },
  {
    name: 'hw.time',
    parameters: ['platform'],
    *run(environment) {
      return environment.stack.world.clock.nanoseconds - BOOT_NS;
    },
  },
]);

/** The machine has been up for so long when a program starts. */
const BOOT_NS = 1_000_000_000;
