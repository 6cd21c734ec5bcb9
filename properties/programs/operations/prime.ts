import {
  DRM_IOCTL_PRIME_FD_TO_HANDLE,
  DRM_IOCTL_PRIME_HANDLE_TO_FD,
  DRM_IOCTL_VGEM_FENCE_ATTACH,
  DRM_IOCTL_VGEM_FENCE_SIGNAL,
} from '../../../impl/drm/drm-ioctls.ts';
import { GemObject } from '../../../impl/drm/gem-object.ts';
import { VGEM_FENCE_WRITE } from '../../../impl/drm/vgem-fences.ts';
import { DMA_BIDIRECTIONAL } from '../../../impl/dma-buf/dma-buf-ops.ts';
import { PAGE_SIZE } from '../../../impl/uapi/pages.ts';
import { O_CLOEXEC, O_RDWR } from '../../../impl/uapi/file.ts';
import { bufferOf } from '../buffers.ts';
import { looksAt } from '../looks-at.ts';
import { type Arguments, defineOperations, ProgramError } from '../operation.ts';
import { bindDescriptor, descriptorArgument } from '../user-space.ts';
import { bindHandle, deviceFile, handleArgument, request } from './drm.ts';
import { LOOK } from './inspect.ts';

const FLAGS: Readonly<Record<string, number>> = { rw: O_RDWR, cloexec: O_CLOEXEC, none: 0 };

/** Flags are written as words or as a number: `rw+cloexec`, 64. */
function flagsOf(args: Arguments, absent: string): number {
  const given = args.has('flags') ? args.either('flags') : absent;
  if (typeof given === 'number') return given;
  let flags = 0;
  for (const word of given.split('+')) {
    const flag = FLAGS[word];
    if (flag === undefined) throw new ProgramError(`there is no flag ${word}`);
    flags |= flag;
  }
  return flags;
}

/** Sharing objects between devices, and vgem's fences on them. */
defineOperations([
  {
    name: 'prime.export',
    parameters: ['device', 'handle', 'flags', 'memory'],
    *run(environment, args, out) {
      const fields = {
        handle: handleArgument(environment, args),
        flags: flagsOf(args, 'rw+cloexec'),
      };
      const answer = yield* request(environment, args, DRM_IOCTL_PRIME_HANDLE_TO_FD, fields);
      if (answer.result < 0) return answer.result;
      bindDescriptor(environment, out, answer.number('fd'));
      return 0;
    },
  },
  {
    // The handle, or a negative error.
    name: 'prime.import',
    parameters: ['device', 'fd', 'flags', 'memory'],
    *run(environment, args, out) {
      const fields = { fd: descriptorArgument(environment, args), flags: args.number('flags', 0) };
      const answer = yield* request(environment, args, DRM_IOCTL_PRIME_FD_TO_HANDLE, fields);
      if (answer.result < 0) return answer.result;
      bindHandle(environment, args, out, answer.number('handle'));
      return answer.number('handle');
    },
  },
  {
    // How many buffers a device file knows under a handle.
    name: 'prime.entries',
    parameters: ['device'],
    *run(environment, args) {
      yield LOOK;
      const file = deviceFile(environment, args);
      looksAt(file);
      return file?.prime.members.value.length ?? null;
    },
  },
  {
    // Devices that have attached, and mappings that the core keeps for them: `2 attached 2 mapped`.
    name: 'prime.attachments',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      const buffer = bufferOf(environment, args, 'fd');
      const attachments = buffer.attachments.value;
      looksAt(buffer, ...attachments);
      const mapped = attachments.filter(({ cached }) => cached.value !== null);
      const oneWay = mapped.filter(({ cachedDirection }) => {
        return cachedDirection.value !== DMA_BIDIRECTIONAL;
      });
      const rest = oneWay.length === 0 ? '' : ` ${oneWay.length} one way`;
      return `${attachments.length} attached ${mapped.length} mapped${rest}`;
    },
  },
  {
    // How much the mappings of a buffer show. Unit: pages.
    name: 'prime.pages',
    parameters: ['fd'],
    *run(environment, args) {
      yield LOOK;
      const buffer = bufferOf(environment, args, 'fd');
      const attachments = buffer.attachments.value;
      looksAt(buffer, ...attachments);
      const tables = attachments.map(({ cached }) => cached.value);
      const segments = tables.flatMap((table) => table?.segments ?? []);
      return segments.reduce((sum, { length }) => sum + length, 0) / PAGE_SIZE;
    },
  },
  {
    // The object behind a handle shares its reservation with a buffer.
    name: 'prime.sharesResv',
    parameters: ['handle', 'fd'],
    *run(environment, args) {
      const object = environment.find(`${args.text('handle')}.object`, GemObject);
      return object.resv === bufferOf(environment, args, 'fd').resv;
    },
  },
  {
    name: 'prime.sameObject',
    parameters: ['handle', 'handle2'],
    *run(environment, args) {
      const [object, other] = [args.text('handle'), args.text('handle2')].map((name) =>
        environment.value(`${name}.object`),
      );
      // Nothing is there when it was closed before its maker came back.
      return object instanceof GemObject && other instanceof GemObject ? object === other : null;
    },
  },
  {
    // The number of the new fence, or a negative error. Binds `v.fence` to the fence.
    name: 'vgem.attach',
    parameters: ['device', 'handle', 'write', 'flags', 'pad', 'memory'],
    *run(environment, args, out) {
      const fields = {
        handle: handleArgument(environment, args),
        flags: args.number('flags', args.boolean('write', false) ? VGEM_FENCE_WRITE : 0),
        pad: args.number('pad', 0),
      };
      const answer = yield* request(environment, args, DRM_IOCTL_VGEM_FENCE_ATTACH, fields);
      if (answer.result < 0) return answer.result;
      const number = answer.number('out_fence');
      environment.bind(out, number);
      if (out === null) return number;
      const fences = deviceFile(environment, args)?.vgemFences.fences.value;
      const fence = fences?.find(([known]) => known === number)?.[1] ?? null;
      if (fence !== null) environment.bind(`${out}.fence`, fence);
      return number;
    },
  },
  {
    name: 'vgem.signal',
    parameters: ['device', 'fence', 'flags', 'memory'],
    *run(environment, args) {
      const fields = {
        fence: handleArgument(environment, args, 'fence'),
        flags: args.number('flags', 0),
      };
      return (yield* request(environment, args, DRM_IOCTL_VGEM_FENCE_SIGNAL, fields)).result;
    },
  },
]);
