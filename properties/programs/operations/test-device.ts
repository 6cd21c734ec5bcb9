import { DmaFence } from '../../../impl/dma-buf/dma-fence.ts';
import { DmaResv } from '../../../impl/dma-buf/dma-resv.ts';
import { ContractWatch } from '../../test-device/contract-watch.ts';
import { DeviceContext } from '../../test-device/device-context.ts';
import { deviceTypesOf } from '../../test-device/device-types.ts';
import { TestDevice } from '../../test-device/device.ts';
import { ORIGINS } from '../../test-device/fence-origins.ts';
import { COPIES, DRIVER_KINDS, RECOVERIES, REMEDIES, WORKS } from '../../test-device/options.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';

function oneOf<T extends string>(args: Arguments, name: string, allowed: readonly T[]): T {
  const value = args.text(name, allowed[0]);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new ProgramError(`${value} is none of ${allowed.join(', ')}`);
  return found;
}

function deviceOf(environment: Environment, args: Arguments): TestDevice {
  return environment.find(args.text('device'), TestDevice);
}

function watchOf(environment: Environment, args: Arguments): ContractWatch {
  return environment.find(`${args.text('device')}.watch`, ContractWatch);
}

function resvOf(environment: Environment, args: Arguments): DmaResv | null {
  return args.has('resv') ? environment.find(args.text('resv'), DmaResv) : null;
}

/** Calls about the small device that keeps the contract. */
defineOperations([
  {
    name: 'gpu.create',
    parameters: ['recovery', 'resets', 'remedy', 'copies', 'kind', 'full'],
    *run(environment, args, out) {
      const { stack } = environment;
      const types = deviceTypesOf(stack.types);
      const options = {
        recovery: oneOf(args, 'recovery', RECOVERIES),
        resets: args.boolean('resets', true),
        remedy: oneOf(args, 'remedy', REMEDIES),
        copies: oneOf(args, 'copies', COPIES),
        kind: oneOf(args, 'kind', DRIVER_KINDS),
        isFull: args.boolean('full', false),
      };
      const device = new types.TestDevice(stack, options, types);
      environment.bind(out, device);
      const watch = new ContractWatch(device);
      stack.world.observe(watch);
      environment.bind(`${out ?? 'gpu'}.watch`, watch);
      return null;
    },
  },
  {
    name: 'gpu.context',
    parameters: ['device', 'longRunning'],
    *run(environment, args, out) {
      const device = deviceOf(environment, args);
      const number = yield* environment.stack.fences.contextAlloc(1);
      const isLongRunning = args.boolean('longRunning', false);
      environment.bind(out, new DeviceContext(device, number, isLongRunning));
      return null;
    },
  },
  {
    // 0 and a fence, or nothing where the work has none, or an error.
    name: 'gpu.submit',
    parameters: ['context', 'work', 'resv'],
    *run(environment, args, out) {
      const context = environment.find(args.text('context'), DeviceContext);
      const work = oneOf(args, 'work', WORKS);
      const submitted = yield* context.device.submit(context, work, resvOf(environment, args));
      environment.bind(out, submitted instanceof DmaFence ? submitted : null);
      if (typeof submitted === 'number') return submitted;
      if (submitted === null) return 'no fence';
      environment.ownFence(submitted);
      return 0;
    },
  },
  {
    name: 'gpu.request',
    parameters: ['context', 'origin', 'resv', 'timeout'],
    *run(environment, args, out) {
      const context = environment.find(args.text('context'), DeviceContext);
      const { device } = context;
      const request = {
        origin: oneOf(args, 'origin', ORIGINS),
        hasTimeout: args.boolean('timeout', false),
      };
      const resv = resvOf(environment, args);
      if (resv === null) throw new ProgramError('gpu.request: a fence has to go somewhere');
      const origins = new device.types.FenceOrigins(device);
      const fence = yield* origins.request(context, request, resv);
      environment.bind(out, fence instanceof DmaFence ? fence : null);
      if (typeof fence === 'number') return fence;
      environment.ownFence(fence);
      return 0;
    },
  },
  {
    // How many jobs without fences have come to their end, and how many were killed.
    name: 'gpu.work',
    parameters: ['context'],
    *run(environment, args) {
      const { finished, killed } = environment.find(args.text('context'), DeviceContext);
      return `${finished} finished, ${killed} killed`;
    },
  },
  {
    // User space says what it waits for, before it does what others wait for.
    name: 'gpu.userWaits',
    parameters: ['device', 'fence'],
    *run(environment, args) {
      const fence = environment.fence(args.text('fence'));
      watchOf(environment, args).userWaits.push(fence.label);
      return null;
    },
  },
  {
    // Memory is taken from the device, as reclaim and notifiers do.
    name: 'gpu.takeBack',
    parameters: ['device', 'place'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      const { memory } = environment.stack.world;
      const place = oneOf(args, 'place', ['reclaim', 'notifier']);
      const lock = place === 'reclaim' ? memory.reclaim : memory.notifier;
      lock.enter();
      const isFree = yield* device.paging.takeBack();
      lock.leave();
      return isFree;
    },
  },
  {
    // Somebody comes by, and ends what is done.
    name: 'gpu.collect',
    parameters: ['device'],
    *run(environment, args) {
      return yield* deviceOf(environment, args).collect();
    },
  },
  {
    name: 'gpu.pending',
    parameters: ['device'],
    *run(environment, args) {
      const device = deviceOf(environment, args);
      device.world.memory.reads(device, 'jobs', 'full');
      return device.jobs.length;
    },
  },
  {
    name: 'gpu.unload',
    parameters: ['device'],
    *run(environment, args) {
      return yield* deviceOf(environment, args).unload();
    },
  },
]);
