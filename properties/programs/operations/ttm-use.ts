import { SIGNALED } from '../../../impl/dma-buf/fence-flags.ts';
import type { TtmDevice } from '../../../impl/drm/ttm/ttm-device.ts';
import { TtmObject } from '../../../impl/drm/ttm/ttm-object.ts';
import { TtmResource } from '../../../impl/drm/ttm/ttm-resource.ts';
import type { TtmUse } from '../../../impl/drm/ttm/ttm-users.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../impl/kernel/clock.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { gpuOf, MEMORY_TYPES } from '../ttm-gpu.ts';
import { TtmJob } from '../ttm-job.ts';
import { LOOK } from './inspect.ts';
import { nameOfUsage } from './resv.ts';
import { memoryTypeOf, ttmDeviceOf, ttmObjectOf } from './ttm.ts';

const USES: readonly TtmUse[] = ['read', 'write', 'explicit'];

function useOf(args: Arguments): TtmUse {
  const word = args.text('use');
  const use = USES.find((candidate) => candidate === word);
  if (use === undefined) throw new ProgramError(`${word} is none of ${USES.join(', ')}`);
  return use;
}

/** `vram 0`: a place, and the first page in it. */
function whereIs(resource: TtmResource | null): string {
  if (resource === null) return 'nowhere';
  const { memoryType, size } = resource.manager;
  const name = Object.keys(MEMORY_TYPES).find((key) => MEMORY_TYPES[key] === memoryType) ?? '';
  return size === null ? name : `${name} ${resource.start.value}`;
}

function pendingUsages(object: TtmObject): string {
  const resv = object.resvWord.value;
  const list = resv.fences.value;
  looksAt(resv, list);
  const usages: string[] = [];
  for (let index = 0; list !== null && index < list.count.value; index += 1) {
    const { fence, usage } = list.slot(index);
    looksAt(fence);
    if ((fence.flags.bits & SIGNALED) === 0) usages.push(nameOfUsage(usage));
  }
  return usages.join(' ');
}

function lookAtOrder(device: TtmDevice, name: string): Result {
  const manager = device.manager(memoryTypeOf(name));
  looksAt(manager);
  const resources = manager.lru.value.filter((entry) => entry instanceof TtmResource);
  return resources
    .map(({ object }) => (object.value.isGhost ? 'ghost' : object.value.label))
    .join(' ');
}

/** Submits a job under the object's reservation, taken for it unless it is held; with a reference. */
function* submit(environment: Environment, args: Arguments): KernelTask<TtmJob | number> {
  const object = ttmObjectOf(environment, args);
  const isHeld = object.resv.lock.isHeld;
  if (!isHeld) yield* object.resv.acquire();
  const stamp = args.has('stamp') ? args.number('stamp') : null;
  const job = yield* gpuOf(object.device).submit(object, useOf(args), stamp);
  if (!isHeld) yield* object.resv.release();
  return job;
}

/** What devices and processes do with objects that move, and how those look. */
defineOperations([
  {
    // With a stamp it writes, without one it reads; `explicit` waits for moves only.
    name: 'ttm.submit',
    parameters: ['object', 'use', 'stamp'],
    *run(environment, args, out) {
      const job = yield* submit(environment, args);
      if (typeof job === 'number') return job;
      environment.bind(out, job);
      environment.bind(`${out ?? 'job'}.fence`, job.fence);
      environment.ownFence(job.fence);
      return 0;
    },
  },
  {
    // The device is through with a job: it signals.
    name: 'ttm.finish',
    parameters: ['device', 'job'],
    *run(environment, args) {
      const job = environment.find(args.text('job'), TtmJob);
      return yield* gpuOf(ttmDeviceOf(environment, args)).finish(job);
    },
  },
  {
    // The same for the oldest copy.
    name: 'ttm.finishCopy',
    parameters: ['device'],
    *run(environment, args) {
      return yield* gpuOf(ttmDeviceOf(environment, args)).finishCopy();
    },
  },
  {
    // Waits for a job, and says what it has read.
    name: 'ttm.result',
    parameters: ['job'],
    *run(environment, args) {
      const job = environment.find(args.text('job'), TtmJob);
      if (!job.isDone.get()) {
        yield* job.fence.waitTimeout(false, MAX_SCHEDULE_TIMEOUT);
      }
      return job.seen.get();
    },
  },
  {
    // The next moves fail.
    name: 'ttm.refuse',
    parameters: ['device', 'count'],
    *run(environment, args) {
      gpuOf(ttmDeviceOf(environment, args)).refusals.set(args.number('count'));
      return null;
    },
  },
  {
    // A process reads a page that it has mapped.
    name: 'ttm.load',
    parameters: ['object', 'page'],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      return yield* object.device.users.touch(object, args.number('page', 0), null);
    },
  },
  {
    name: 'ttm.store',
    parameters: ['object', 'stamp', 'page'],
    *run(environment, args) {
      const object = ttmObjectOf(environment, args);
      const stamp = args.number('stamp');
      return yield* object.device.users.touch(object, args.number('page', 0), stamp);
    },
  },
  {
    name: 'ttm.where',
    parameters: ['object'],
    *run(environment, args) {
      yield LOOK;
      const object = environment.find(args.text('object'), TtmObject);
      looksAt(object, object.resource.value);
      return whereIs(object.resource.value);
    },
  },
  {
    // Usages of the fences that are pending, in order.
    name: 'ttm.fences',
    parameters: ['object'],
    *run(environment, args) {
      yield LOOK;
      return pendingUsages(environment.find(args.text('object'), TtmObject));
    },
  },
  {
    // Who is in a place, who was used last comes last.
    name: 'ttm.order',
    parameters: ['device', 'place'],
    *run(environment, args) {
      yield LOOK;
      return lookAtOrder(ttmDeviceOf(environment, args), args.text('place'));
    },
  },
  {
    // Pages that are given out.
    name: 'ttm.usage',
    parameters: ['device', 'place'],
    *run(environment, args) {
      yield LOOK;
      const manager = ttmDeviceOf(environment, args).manager(memoryTypeOf(args.text('place')));
      looksAt(manager);
      return manager.usage.value;
    },
  },
  {
    // Copies that are queued.
    name: 'ttm.copies',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const gpu = gpuOf(ttmDeviceOf(environment, args));
      looksAt(gpu);
      return gpu.copies.value.length;
    },
  },
]);
