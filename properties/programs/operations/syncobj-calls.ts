import {
  DRM_IOCTL_SYNCOBJ_CREATE,
  DRM_IOCTL_SYNCOBJ_DESTROY,
  DRM_IOCTL_SYNCOBJ_EVENTFD,
  DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE,
  DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD,
  DRM_IOCTL_SYNCOBJ_RESET,
  DRM_IOCTL_SYNCOBJ_SIGNAL,
  DRM_IOCTL_SYNCOBJ_TRANSFER,
} from '../../../impl/drm/syncobj-uapi.ts';
import { SyncobjFile } from '../../../impl/drm/syncobj-fds.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { EBADF } from '../../../impl/kernel/errno.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Operation, type Result } from '../operation.ts';
import { severalFields } from '../syncobj-arrays.ts';
import { bindDescriptor, descriptorArgument, userCalls } from '../user-space.ts';
import { deviceFile, handleArgument, request } from './drm.ts';
import { waitFlags } from './syncobj.ts';

/** Binds `h` to the handle, and `h.syncobj` to what is behind it now. */
function bindSyncobj(
  environment: Environment,
  args: Arguments,
  out: string | null,
  handle: number,
): void {
  if (out === null) return;
  environment.bind(out, handle);
  const known = deviceFile(environment, args)?.syncobjs.syncobjs.value;
  const syncobj = known?.find(([number]) => number === handle)?.[1] ?? null;
  environment.bind(`${out}.syncobj`, syncobj);
}

/** Who looks at what was not made finds NULL, which is a finding and no wrong program. */
function bindNothing(environment: Environment, out: string | null): void {
  if (out !== null) environment.bind(`${out}.syncobj`, null);
}

/** The handle, or a negative error. */
function* create(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const fields = { flags: args.number('flags', 0) };
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_CREATE, fields);
  if (answer.result < 0) {
    bindNothing(environment, out);
    return answer.result;
  }
  bindSyncobj(environment, args, out, answer.number('handle'));
  return answer.number('handle');
}

/** 0 and the descriptor, or a negative error. `f.syncobj` is what it stands for, if that is it. */
function* toFd(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, {
    handle: handleArgument(environment, args),
    flags: args.number('flags', 0),
    pad: args.number('pad', 0),
  });
  if (answer.result < 0) return answer.result;
  const fd = answer.number('fd');
  bindDescriptor(environment, out, fd);
  const ops = userCalls(environment).table.at(fd)?.ops;
  if (out !== null && ops instanceof SyncobjFile) environment.bind(`${out}.syncobj`, ops.syncobj);
  return 0;
}

/** The new handle, 0 for an import into `handle`, or a negative error. */
function* fromFd(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const flags = args.number('flags', 0);
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, {
    handle: args.has('handle') ? handleArgument(environment, args) : 0,
    fd: descriptorArgument(environment, args),
    flags,
    pad: args.number('pad', 0),
  });
  if (answer.result < 0) bindNothing(environment, out);
  if (answer.result < 0 || flags !== 0) return answer.result;
  bindSyncobj(environment, args, out, answer.number('handle'));
  return answer.number('handle');
}

function* transfer(environment: Environment, args: Arguments): KernelTask<Result> {
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_TRANSFER, {
    src_handle: handleArgument(environment, args, 'source'),
    src_point: args.number('sourcePoint', 0),
    dst_handle: handleArgument(environment, args, 'target'),
    dst_point: args.number('targetPoint', 0),
    flags: waitFlags(args),
    pad: args.number('pad', 0),
  });
  return answer.result;
}

function* eventfd(environment: Environment, args: Arguments): KernelTask<Result> {
  const answer = yield* request(environment, args, DRM_IOCTL_SYNCOBJ_EVENTFD, {
    handle: handleArgument(environment, args),
    point: args.number('point', 0),
    fd: descriptorArgument(environment, args),
    flags: waitFlags(args),
    pad: args.number('pad', 0),
  });
  return answer.result;
}

function ofSeveral(name: string, command: number): Operation {
  return {
    name,
    parameters: ['device', 'handles', 'count', 'pad', 'memory', 'mapped'],
    *run(environment, args) {
      const fields = { ...severalFields(environment, args), pad: args.number('pad', 0) };
      return (yield* request(environment, args, command, fields)).result;
    },
  };
}

/** Requests about synchronisation objects, as programs make them. */
defineOperations([
  {
    // What a driver does with a handle in a job: the label of the fence, or a negative error.
    name: 'so.findFence',
    parameters: ['device', 'handle', 'point', 'flags'],
    *run(environment, args, out) {
      const file = deviceFile(environment, args);
      if (file === null) return -EBADF;
      const fence = yield* environment.stack.syncobjs.findFence(file, {
        handle: handleArgument(environment, args),
        point: BigInt(args.number('point', 0)),
        flags: waitFlags(args),
      });
      if (typeof fence === 'number') return fence;
      environment.bind(out, fence);
      environment.ownFence(fence);
      return fence.label;
    },
  },
  { name: 'so.create', parameters: ['device', 'flags', 'memory'], run: create },
  {
    name: 'so.destroy',
    parameters: ['device', 'handle', 'pad', 'memory'],
    *run(environment, args) {
      const fields = { handle: handleArgument(environment, args), pad: args.number('pad', 0) };
      return (yield* request(environment, args, DRM_IOCTL_SYNCOBJ_DESTROY, fields)).result;
    },
  },
  { name: 'so.toFd', parameters: ['device', 'handle', 'flags', 'pad', 'memory'], run: toFd },
  {
    name: 'so.fromFd',
    parameters: ['device', 'fd', 'flags', 'handle', 'pad', 'memory'],
    run: fromFd,
  },
  ofSeveral('so.reset', DRM_IOCTL_SYNCOBJ_RESET),
  ofSeveral('so.signal', DRM_IOCTL_SYNCOBJ_SIGNAL),
  {
    name: 'so.transfer',
    parameters: [
      'device',
      'source',
      'sourcePoint',
      'target',
      'targetPoint',
      'flags',
      'pad',
      'memory',
    ],
    run: transfer,
  },
  {
    name: 'so.eventfd',
    parameters: ['device', 'handle', 'point', 'fd', 'flags', 'pad', 'memory'],
    run: eventfd,
  },
]);
