import { DrmDevice } from '../../../impl/drm/drm-device.ts';
import { type DrmDriver, VGEM, VIRTIO_GPU, VKMS } from '../../../impl/drm/drm-driver.ts';
import { DrmFile } from '../../../impl/drm/drm-file.ts';
import {
  DRM_IOCTL_GEM_CLOSE,
  DRM_IOCTL_GEM_FLINK,
  DRM_IOCTL_GEM_OPEN,
  DRM_IOCTL_GET_CAP,
  DRM_IOCTL_MODE_CREATE_DUMB,
  DRM_IOCTL_MODE_DESTROY_DUMB,
  DRM_IOCTL_MODE_MAP_DUMB,
} from '../../../impl/drm/drm-ioctls.ts';
import { GemObject } from '../../../impl/drm/gem-object.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF } from '../../../impl/kernel/errno.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { numberField } from '../../../impl/uapi/user-memory.ts';
import { DriverWatch } from '../driver-watch.ts';
import type { Environment } from '../environment.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, structureIn, userCalls } from '../user-space.ts';
import { LOOK } from './inspect.ts';

/** `bare` can neither show its memory to others, nor use theirs. */
const DRIVERS: Readonly<Record<string, DrmDriver>> = {
  vgem: VGEM,
  vkms: VKMS,
  virtio_gpu: VIRTIO_GPU,
  bare: { ...VGEM, name: 'bare', tableImport: 'absent', hasTables: false },
};

/** A handle by name, or as a number; 0 for one that could not be made, or not yet. */
export function handleArgument(environment: Environment, args: Arguments, key = 'handle'): number {
  const given = args.either(key);
  if (typeof given === 'number') return given;
  const value = environment.value(given);
  return typeof value === 'number' && value > 0 ? value : 0;
}

/** A request on a device file. The structure is in memory that is `ok`, `readOnly` or `bad`. */
export function* request(
  environment: Environment,
  args: Arguments,
  command: number,
  fields: Record<string, unknown>,
): KernelTask<{ readonly result: number; number(name: string): number }> {
  const argument = structureIn(args.text('memory', 'ok'), fields);
  const fd = descriptorArgument(environment, args, 'device');
  const result = yield* userCalls(environment).files.ioctl(fd, command, argument);
  return { result, number: (name) => numberField(argument, name) };
}

/** The device file behind a descriptor of the caller, as a debugger finds it; null: it is closed. */
export function deviceFile(environment: Environment, args: Arguments): DrmFile | null {
  const ops = userCalls(environment).table.at(descriptorArgument(environment, args, 'device'))?.ops;
  return ops instanceof DrmFile ? ops : null;
}

/** Binds `g` to the handle, `g.object` and `g.resv` to what is behind it now. */
export function bindHandle(
  environment: Environment,
  args: Arguments,
  out: string | null,
  handle: number,
): void {
  if (out === null) return;
  environment.bind(out, handle);
  const file = deviceFile(environment, args);
  const object = file?.handles.value.find(([number]) => number === handle)?.[1] ?? null;
  if (object === null) return;
  environment.bind(`${out}.object`, object);
  environment.bind(`${out}.resv`, object.resv);
}

/** The handle, or a negative error. */
function* createDumb(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const answer = yield* request(environment, args, DRM_IOCTL_MODE_CREATE_DUMB, {
    width: args.number('width', 32),
    height: args.number('height', 32),
    bpp: args.number('bpp', 32),
    flags: args.number('flags', 0),
  });
  if (answer.result < 0) return answer.result;
  bindHandle(environment, args, out, answer.number('handle'));
  if (out !== null) {
    environment.bind(
      `${out}.measures`,
      `pitch ${answer.number('pitch')} size ${answer.number('size')}`,
    );
  }
  return answer.number('handle');
}

/** Where the device file shows an object: an offset for mappings, or a negative error. */
function* offsetOf(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const handle = handleArgument(environment, args);
  const answer = yield* request(environment, args, DRM_IOCTL_MODE_MAP_DUMB, { handle });
  if (answer.result === 0) environment.bind(out, answer.number('offset'));
  return answer.result;
}

function closing(name: string, command: number): Parameters<typeof defineOperations>[0][number] {
  return {
    name,
    parameters: ['device', 'handle', 'pad', 'memory'],
    *run(environment, args) {
      const handle = handleArgument(environment, args);
      const fields = { handle, pad: args.number('pad', 0) };
      return (yield* request(environment, args, command, fields)).result;
    },
  };
}

/** Graphics devices and their buffers. */
defineOperations([
  {
    name: 'drm.device',
    parameters: ['driver'],
    *run(environment, args, out) {
      const driver = DRIVERS[args.text('driver', 'vgem')];
      if (driver === undefined)
        throw new ProgramError(`no driver is called ${args.text('driver')}`);
      environment.bind(out, new DrmDevice(environment.stack, driver));
      return null;
    },
  },
  {
    // A device whose driver looks around whenever a file gets or closes a handle.
    name: 'drm.watched',
    parameters: ['driver'],
    *run(environment, args, out) {
      const { stack } = environment;
      const driver = DRIVERS[args.text('driver', 'vgem')];
      if (driver === undefined)
        throw new ProgramError(`no driver is called ${args.text('driver')}`);
      const watch = new DriverWatch(stack.world);
      environment.bind(out, new DrmDevice(stack, watch.driver(driver)));
      if (out !== null) environment.bind(`${out}.watch`, watch);
      return null;
    },
  },
  {
    // What the driver has seen, in order.
    name: 'drm.seen',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const watch = environment.find(`${args.text('device')}.watch`, DriverWatch);
      looksAt(watch);
      return watch.seen.join(', ');
    },
  },
  {
    name: 'drm.unplug',
    parameters: ['device'],
    *run(environment, args) {
      yield* environment.find(args.text('device'), DrmDevice).unplug();
      return null;
    },
  },
  {
    name: 'drm.open',
    parameters: ['device'],
    *run(environment, args, out) {
      const device = environment.find(args.text('device'), DrmDevice);
      const fd = yield* userCalls(environment).files.openDrm(device);
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // The value of a capability, or a negative error.
    name: 'drm.cap',
    parameters: ['device', 'capability', 'memory'],
    *run(environment, args) {
      const fields = { capability: args.number('capability') };
      const answer = yield* request(environment, args, DRM_IOCTL_GET_CAP, fields);
      return answer.result < 0 ? answer.result : answer.number('value');
    },
  },
  {
    // Any request, with nothing but zeros.
    name: 'drm.ioctl',
    parameters: ['device', 'command', 'memory'],
    *run(environment, args) {
      return (yield* request(environment, args, args.number('command'), {})).result;
    },
  },
  {
    name: 'dumb.create',
    parameters: ['device', 'width', 'height', 'bpp', 'flags', 'memory'],
    run: createDumb,
  },
  {
    // What the kernel said of a new buffer: `pitch 128 size 4096`.
    name: 'dumb.measures',
    parameters: ['handle'],
    *run(environment, args) {
      const measures = environment.value(`${args.text('handle')}.measures`);
      return typeof measures === 'string' ? measures : null;
    },
  },
  { name: 'dumb.offset', parameters: ['device', 'handle', 'memory'], run: offsetOf },
  closing('dumb.destroy', DRM_IOCTL_MODE_DESTROY_DUMB),
  closing('gem.close', DRM_IOCTL_GEM_CLOSE),
  {
    // The name of an object for all files of its device, or a negative error.
    name: 'gem.flink',
    parameters: ['device', 'handle', 'memory'],
    *run(environment, args, out) {
      const handle = handleArgument(environment, args);
      const answer = yield* request(environment, args, DRM_IOCTL_GEM_FLINK, { handle });
      if (answer.result < 0) return answer.result;
      environment.bind(out, answer.number('name'));
      return answer.number('name');
    },
  },
  {
    // A handle for a name, or a negative error.
    name: 'gem.open',
    parameters: ['device', 'name', 'memory'],
    *run(environment, args, out) {
      const name = handleArgument(environment, args, 'name');
      const answer = yield* request(environment, args, DRM_IOCTL_GEM_OPEN, { name });
      if (answer.result < 0) return answer.result;
      bindHandle(environment, args, out, answer.number('handle'));
      return answer.number('handle');
    },
  },
  {
    // A handle for an object that the driver makes itself, of any number of pages.
    name: 'gem.create',
    parameters: ['device', 'pages'],
    *run(environment, args, out) {
      const file = deviceFile(environment, args);
      if (file === null) return -EBADF;
      const object = yield* file.device.createObject(args.number('pages') * PAGE_SIZE, null);
      if (typeof object === 'number') return object;
      const handle = yield* environment.stack.gemHandles.create(file, object);
      yield* object.put();
      if (handle > 0) bindHandle(environment, args, out, handle);
      return handle;
    },
  },
  {
    // Looks up what a job names, and lets go of it: how many objects, or a negative error.
    name: 'gem.lookupAll',
    parameters: ['device', 'handles', 'memory'],
    *run(environment, args) {
      const file = deviceFile(environment, args);
      if (file === null) return -EBADF;
      const handles = args.names('handles').map((name) => {
        const value = name === null ? 0 : (environment.value(name) ?? Number(name));
        return typeof value === 'number' && value > 0 ? value : 0;
      });
      const { gemLookup } = environment.stack;
      const pointer = structureIn(args.text('memory', 'ok'), { handles });
      const array = yield* gemLookup.lookupAll(file, pointer);
      if (typeof array === 'number') return array;
      const { length } = array.objects;
      yield* gemLookup.putAll(array);
      return length;
    },
  },
  {
    // `references 2 handles 1 pins 0`, and `exported` while it has a buffer.
    name: 'gem.look',
    parameters: ['handle'],
    *run(environment, args) {
      yield LOOK;
      const object = environment.find(`${args.text('handle')}.object`, GemObject);
      looksAt(object);
      if (object.freedBy !== null) return 'freed';
      const counts = `references ${object.references.value} handles ${object.handleCount.value}`;
      const exported = object.buffer.value === null ? '' : ' exported';
      return `${counts} pins ${object.pins.value}${exported}`;
    },
  },
]);
