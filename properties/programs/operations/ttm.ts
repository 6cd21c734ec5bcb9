import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { TtmBulkMove } from '../../../impl/drm/ttm/ttm-bulk-move.ts';
import { TtmDevice } from '../../../impl/drm/ttm/ttm-device.ts';
import { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import type {
  TtmContext,
  TtmMemoryType,
  TtmPlace,
  TtmPlacement,
} from '../../../impl/drm/ttm/ttm-place.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { O_RDWR } from '../../../impl/uapi/file.ts';
import { WwAcquireContext } from '../../../impl/kernel/ww-context.ts';
import { bufferOf, ownBuffer } from '../buffers.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Operation, ProgramError } from '../operation.ts';
import { MEMORY_TYPES, TtmGpu } from '../ttm-gpu.ts';

export function ttmDeviceOf(environment: Environment, args: Arguments): TtmDevice {
  return environment.find(args.text('device'), TtmDevice);
}

export function ttmObjectOf(environment: Environment, args: Arguments): TtmObject {
  return environment.find(args.text('object'), TtmObject);
}

export function memoryTypeOf(name: string): TtmMemoryType {
  const found = MEMORY_TYPES[name];
  if (found === undefined) throw new ProgramError(`${name} is none of system, tt, vram`);
  return found;
}

/**
 * Places as programs write them: `vram`, or a range of it with its first page and the first one
 * behind it, `vram_0_2`; `desired_` and `fallback_` in front say when a place counts.
 */
function placeOf(word: string): TtmPlace {
  const parts = word.split('_');
  const isDesired = parts[0] === 'desired';
  const isFallback = parts[0] === 'fallback';
  const [name = '', first, end] = isDesired || isFallback ? parts.slice(1) : parts;
  return {
    memoryType: memoryTypeOf(name),
    first: Number(first ?? 0),
    end: end === undefined ? null : Number(end),
    isDesired,
    isFallback,
  };
}

export function placesOf(args: Arguments): TtmPlacement {
  return args.names('places').map((word) => placeOf(word ?? ''));
}

function contextOf(environment: Environment, args: Arguments): TtmContext {
  return {
    isInterruptible: args.boolean('interruptible', false),
    isImpatient: args.boolean('impatient', false),
    resv: args.has('shared') ? environment.find(args.text('shared'), DmaResv) : null,
  };
}

/** The program has a reference on the object. */
function bindObject(environment: Environment, out: string | null, object: TtmObject): void {
  environment.bind(out, object);
  environment.bind(`${out ?? 'object'}.resv`, object.resv);
  environment.own(object, () => object.put(), true);
}

const HOW = ['interruptible', 'impatient', 'shared'] as const;

/** A new object in a place; null, or the object on the way to nothing, when there is none. */
function* create(environment: Environment, args: Arguments): KernelTask<TtmObject | number> {
  const { stack } = environment;
  const device = ttmDeviceOf(environment, args);
  const resv = args.has('resv') ? environment.find(args.text('resv'), DmaResv) : null;
  if (!(yield* stack.world.memory.reserve('GFP_KERNEL'))) return -12;
  const object = new stack.types.TtmObject(device, {
    ...{ pages: args.number('pages', 1), resv, imported: null, origin: null },
  });
  // Nobody knows a new one; a shared reservation may be the program's already.
  const isHeld = resv !== null && resv.lock.isHeld;
  if (!isHeld) yield* object.resv.acquire();
  const error = yield* device.placing.validate(
    object,
    placesOf(args),
    contextOf(environment, args),
  );
  if (!isHeld) yield* object.resv.release();
  if (error === 0) return object;
  yield* object.put();
  return error;
}

/** A call under the object's reservation, which is taken for it, or is held already. */
function* reserved<T>(object: TtmObject, body: () => KernelTask<T>): KernelTask<T> {
  const { resv } = object;
  if (resv.lock.isHeld) return yield* body();
  yield* resv.acquire();
  const result = yield* body();
  yield* resv.release();
  return result;
}

function onObject(name: string, run: (object: TtmObject) => KernelTask<void>): Operation {
  return {
    name,
    parameters: ['object'],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      yield* reserved(object, () => run(object));
      return null;
    },
  };
}

/** Calls about objects that move. */
defineOperations([
  {
    // `vram` and `tt` are pages; `evictTo` is a list of places.
    name: 'ttm.device',
    parameters: ['vram', 'tt', 'evictTo', 'automatic', 'hops', 'binds', 'fills', 'clears'],
    *run(environment, args, out) {
      const { stack } = environment;
      const evictTo = args.has('evictTo') ? args.names('evictTo') : ['system'];
      const options = {
        isAutomatic: args.boolean('automatic', false),
        evictTo: evictTo.map((name) => memoryTypeOf(name ?? '')),
        hops: args.boolean('hops', false),
        bindsByJobs: args.boolean('binds', false),
        fills: args.boolean('fills', false),
      };
      const context = yield* stack.fences.contextAlloc(1);
      const gpu = new TtmGpu(stack, options, context);
      const device = new stack.types.TtmDevice(stack, gpu, {
        vramPages: args.number('vram', 2),
        ttPages: args.number('tt', 4),
        clearsOnFree: args.boolean('clears', false),
      });
      environment.bind(out, device);
      environment.own(gpu, () => gpu.stop(), true);
      environment.ownToTheEnd(device, () => device.fini());
      return null;
    },
  },
  {
    name: 'ttm.create',
    parameters: ['device', 'places', 'pages', 'resv', ...HOW],
    *run(environment, args, out) {
      const object = yield* create(environment, args);
      if (typeof object === 'number') return object;
      bindObject(environment, out, object);
      return 0;
    },
  },
  {
    // With a context the reservation is locked for it, and -EDEADLK comes back.
    name: 'ttm.validate',
    parameters: ['object', 'places', ...HOW],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      const { placing } = object.device;
      const context = contextOf(environment, args);
      return yield* reserved(object, () => placing.validate(object, placesOf(args), context));
    },
  },
  {
    name: 'ttm.lock',
    parameters: ['object', 'context'],
    *run(environment, args) {
      const context = environment.find(args.text('context'), WwAcquireContext);
      return yield* ttmObjectOf(environment, args).resv.acquire(context);
    },
  },
  {
    // Gives it back if the task has it.
    name: 'ttm.unlock',
    parameters: ['object'],
    *run(environment, args) {
      const { resv } = ttmObjectOf(environment, args);
      if (resv.lock.isHeld) yield* resv.release();
      return null;
    },
  },
  {
    name: 'ttm.put',
    parameters: ['object'],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      environment.disown(object);
      yield* object.put();
      return null;
    },
  },
  onObject('ttm.pin', (object) => object.pin()),
  onObject('ttm.unpin', (object) => object.unpin()),
  onObject('ttm.touch', (object) => object.touch()),
  {
    name: 'ttm.bulk',
    parameters: ['device'],
    *run(environment, args, out) {
      const device = ttmDeviceOf(environment, args);
      const bulk = new environment.stack.types.TtmBulkMove(device);
      bulk.isStatic = true;
      environment.bind(out, bulk);
      return null;
    },
  },
  {
    name: 'ttm.setBulk',
    parameters: ['object', 'bulk'],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      const bulk = args.has('bulk') ? environment.find(args.text('bulk'), TtmBulkMove) : null;
      yield* reserved(object, () => object.setBulkMove(bulk));
      return null;
    },
  },
  {
    // All that stand together were used just now; the reservation is the one that they share.
    name: 'ttm.bulkTail',
    parameters: ['device', 'bulk', 'resv'],
    *run(environment, args) {
      const { lruLock, lru } = ttmDeviceOf(environment, args);
      const bulk = environment.find(args.text('bulk'), TtmBulkMove);
      const resv = environment.find(args.text('resv'), DmaResv);
      yield* resv.acquire();
      yield* lruLock.acquire();
      lru.moveBulkToTail(bulk);
      lruLock.release();
      yield* resv.release();
      return null;
    },
  },
  {
    name: 'ttm.export',
    parameters: ['object'],
    *run(environment, args, out) {
      const object = ttmObjectOf(environment, args);
      const exporter = new environment.stack.types.TtmExport(object);
      const buffer = yield* exporter.export(O_RDWR);
      if (typeof buffer === 'number') return buffer;
      environment.bind(out, buffer);
      ownBuffer(environment, buffer);
      return 0;
    },
  },
  {
    name: 'ttm.import',
    parameters: ['device', 'buffer'],
    *run(environment, args, out) {
      const { imports } = ttmDeviceOf(environment, args);
      const object = yield* imports.import(bufferOf(environment, args));
      if (typeof object === 'number') return object;
      bindObject(environment, out, object);
      return 0;
    },
  },
]);
