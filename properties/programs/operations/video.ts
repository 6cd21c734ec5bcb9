import type { KernelTask } from '../../../impl/kernel/access.ts';
import { VideoDevice } from '../../../impl/media/video-device.ts';
import type { UserPlane } from '../../../impl/media/vb2-planes.ts';
import {
  V4L2_BUF_FLAG_DONE,
  V4L2_BUF_FLAG_ERROR,
  V4L2_BUF_FLAG_LAST,
  V4L2_BUF_FLAG_MAPPED,
  V4L2_BUF_FLAG_PREPARED,
  V4L2_BUF_FLAG_QUEUED,
  V4L2_BUF_TYPE_VIDEO_CAPTURE,
  V4L2_BUF_TYPE_VIDEO_OUTPUT,
  VB2_MEMORY_DMABUF,
  VB2_MEMORY_MMAP,
  VIDIOC_DQBUF,
  VIDIOC_EXPBUF,
  VIDIOC_PREPARE_BUF,
  VIDIOC_QBUF,
  VIDIOC_QUERYBUF,
  VIDIOC_REQBUFS,
  VIDIOC_STREAMOFF,
  VIDIOC_STREAMON,
} from '../../../impl/media/video-uapi.ts';
import { O_CLOEXEC, O_NONBLOCK } from '../../../impl/uapi/file.ts';
import { numberField, type UserPointer } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { maskArgument, maskText } from '../mask.ts';
import {
  type Arguments,
  defineOperations,
  type Operation,
  ProgramError,
  type Result,
} from '../operation.ts';
import {
  bindDescriptor,
  descriptor,
  descriptorArgument,
  structureIn,
  userCalls,
} from '../user-space.ts';

const TYPES: Readonly<Record<string, number>> = {
  capture: V4L2_BUF_TYPE_VIDEO_CAPTURE,
  output: V4L2_BUF_TYPE_VIDEO_OUTPUT,
  overlay: 3,
};
const MEMORIES: Readonly<Record<string, number>> = {
  mmap: VB2_MEMORY_MMAP,
  user: 2,
  overlay: 3,
  dmabuf: VB2_MEMORY_DMABUF,
};
const FLAGS = {
  mapped: V4L2_BUF_FLAG_MAPPED,
  queued: V4L2_BUF_FLAG_QUEUED,
  done: V4L2_BUF_FLAG_DONE,
  error: V4L2_BUF_FLAG_ERROR,
  prepared: V4L2_BUF_FLAG_PREPARED,
  last: V4L2_BUF_FLAG_LAST,
};
const EXPORT_FLAGS = {
  readOnly: 0,
  writeOnly: 1,
  readWrite: 2,
  nonBlock: O_NONBLOCK,
  closeOnExec: O_CLOEXEC,
};

function word(words: Readonly<Record<string, number>>, args: Arguments, name: string): number {
  const given = args.text(name, Object.keys(words)[0]);
  const value = words[given];
  if (value === undefined) throw new ProgramError(`no ${name} is ${given}`);
  return value;
}

const typeOf = (args: Arguments): number => word(TYPES, args, 'type');

/** A request on a video device. */
function* request(
  environment: Environment,
  args: Arguments,
  command: number,
  fields: Record<string, unknown>,
): KernelTask<{ readonly result: number; readonly argument: UserPointer }> {
  const argument = structureIn(args.text('memory', 'ok'), { type: typeOf(args), ...fields });
  const fd = descriptorArgument(environment, args);
  const result = yield* userCalls(environment).files.ioctl(fd, command, argument);
  return { result, argument };
}

/** One number of several for each plane: the last one stands for all behind it. */
function numberAt(args: Arguments, name: string, index: number): number {
  if (!args.has(name)) return 0;
  const list = args.names(name);
  return Number(list[index] ?? list.at(-1) ?? 0);
}

/** The planes as the program describes them: descriptors, by name or number. */
function planesIn(environment: Environment, args: Arguments): UserPlane[] {
  if (!args.has('planes')) return [{ fd: 0, length: 0, bytesUsed: 0, dataOffset: 0 }];
  return args.names('planes').map((name, index) => ({
    fd: descriptor(
      environment,
      name !== null && /^-?\d+$/.test(name) ? Number(name) : (name ?? -1),
    ),
    length: numberAt(args, 'lengths', index),
    bytesUsed: numberAt(args, 'used', index),
    dataOffset: numberAt(args, 'offsets', index),
  }));
}

/** `0 done+error`: the number of a buffer, and what is said of it. */
export function bufferText(argument: UserPointer): string {
  const flags = maskText(numberField(argument, 'flags') & ~V4L2_BUF_FLAG_MAPPED, FLAGS);
  return `${numberField(argument, 'index')} ${flags}`;
}

function planeText({ fd, length, bytesUsed, dataOffset }: UserPlane): string {
  return `fd ${fd} length ${length} used ${bytesUsed} offset ${dataOffset}`;
}

/** Queues or prepares a buffer: 0, or a negative error. */
function offering(name: string, command: number): Operation {
  return {
    name,
    parameters: [
      ...['fd', 'index', 'planes', 'lengths', 'mode', 'type', 'used', 'offsets', 'memory'],
    ],
    *run(environment, args) {
      const planes = planesIn(environment, args);
      const fields = {
        index: args.number('index', 0),
        memory: args.has('mode')
          ? word(MEMORIES, args, 'mode')
          : MEMORIES[args.has('planes') ? 'dmabuf' : 'mmap'],
        planes,
      };
      return (yield* request(environment, args, command, fields)).result;
    },
  };
}

function switching(name: string, command: number): Operation {
  return {
    name,
    parameters: ['fd', 'type', 'memory'],
    *run(environment, args) {
      return (yield* request(environment, args, command, {})).result;
    },
  };
}

function* exportBuffer(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const { result, argument } = yield* request(environment, args, VIDIOC_EXPBUF, {
    index: args.number('index', 0),
    plane: args.number('plane', 0),
    flags: maskArgument(args, 'flags', EXPORT_FLAGS, 'readWrite+closeOnExec'),
  });
  bindDescriptor(environment, out, result < 0 ? result : numberField(argument, 'fd'));
  return result;
}

/** Requests on video devices, as user space makes them. */
defineOperations([
  {
    name: 'vb2.open',
    parameters: ['device', 'nonblocking'],
    *run(environment, args, out) {
      const device = environment.find(args.text('device'), VideoDevice);
      const isNonblocking = args.boolean('nonblocking', false);
      const fd = yield* userCalls(environment).files.openVideo(device, isNonblocking);
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    // How many buffers there are now, or a negative error.
    name: 'vb2.request',
    parameters: ['fd', 'count', 'mode', 'type', 'memory'],
    *run(environment, args) {
      const count = args.number('count', 1);
      const fields = { count, memory: word(MEMORIES, args, 'mode') };
      const { result, argument } = yield* request(environment, args, VIDIOC_REQBUFS, fields);
      return result < 0 ? result : numberField(argument, 'count');
    },
  },
  {
    // `queued: fd 4 length 4096 used 0 offset 0`, for each plane.
    name: 'vb2.query',
    parameters: ['fd', 'index', 'type', 'memory'],
    *run(environment, args) {
      const fields = { index: args.number('index', 0) };
      const { result, argument } = yield* request(environment, args, VIDIOC_QUERYBUF, fields);
      if (result < 0) return result;
      const planes = argument.fields['planes'] as readonly UserPlane[]; // the request wrote them
      const flags = maskText(numberField(argument, 'flags') & ~V4L2_BUF_FLAG_MAPPED, FLAGS);
      return `${flags}: ${planes.map(planeText).join('; ')}`;
    },
  },
  offering('vb2.prepare', VIDIOC_PREPARE_BUF),
  offering('vb2.queue', VIDIOC_QBUF),
  {
    // The buffer, and what is said of it; or a negative error.
    name: 'vb2.dequeue',
    parameters: ['fd', 'type', 'memory'],
    *run(environment, args) {
      const { result, argument } = yield* request(environment, args, VIDIOC_DQBUF, {});
      return result < 0 ? result : bufferText(argument);
    },
  },
  switching('vb2.streamOn', VIDIOC_STREAMON),
  switching('vb2.streamOff', VIDIOC_STREAMOFF),
  {
    name: 'vb2.export',
    parameters: ['fd', 'index', 'plane', 'flags', 'type', 'memory'],
    run: exportBuffer,
  },
]);
