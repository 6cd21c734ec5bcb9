import {
  SW_SYNC_GET_DEADLINE,
  SW_SYNC_IOC_CREATE_FENCE,
  SW_SYNC_IOC_INC,
} from '../../../impl/dma-buf/sw-sync.ts';
import {
  SYNC_IOC_FILE_INFO,
  SYNC_IOC_MERGE,
  SYNC_IOC_SET_DEADLINE,
  type FenceInfo,
} from '../../../impl/dma-buf/sync-file-ioctls.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { numberField, type UserPointer, wideField } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, ProgramError, type Result } from '../operation.ts';
import { bindDescriptor, descriptorArgument, structureIn, userCalls } from '../user-space.ts';

/** How a program sees one record: `driver timeline status time`, with flags only if there are. */
function recordText(record: FenceInfo | null): string {
  if (record === null) return 'untouched';
  const { driverName, timelineName, status, flags, timestampNs } = record;
  const words = [driverName, timelineName, status, timestampNs];
  return flags === 0 ? words.join(' ') : `${words.join(' ')} flags ${flags}`;
}

function slotsOf(argument: UserPointer): readonly (FenceInfo | null)[] {
  const slots = argument.fields['sync_fence_info'];
  return Array.isArray(slots) ? (slots as (FenceInfo | null)[]) : []; // made in `info`
}

/** What the structure of a FILE_INFO holds: `NAME STATUS COUNT | record | record`. */
function infoText(argument: UserPointer): string {
  const { fields } = argument;
  const head = `${String(fields['name'])} ${String(fields['status'])} ${String(fields['num_fences'])}`;
  return [head, ...slotsOf(argument).map(recordText)].join(' | ');
}

/** The result of a request that makes a descriptor: 0, and the descriptor under `out`. */
function made(
  environment: Environment,
  out: string | null,
  result: number,
  argument: UserPointer,
): number {
  bindDescriptor(environment, out, result < 0 ? result : numberField(argument, 'fence'));
  return result;
}

function* createFence(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const fields = { value: args.number('value'), name: args.text('name', '') };
  const argument = structureIn(args.text('memory', 'ok'), fields);
  const fd = descriptorArgument(environment, args, 'timeline');
  const { files } = userCalls(environment);
  const result = yield* files.ioctl(fd, SW_SYNC_IOC_CREATE_FENCE, argument);
  return made(environment, out, result, argument);
}

function* merge(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const argument = structureIn(args.text('memory', 'ok'), {
    name: args.text('name', ''),
    fd2: descriptorArgument(environment, args, 'fd2'),
    flags: args.number('flags', 0),
    pad: args.number('pad', 0),
  });
  const { files } = userCalls(environment);
  const fd = descriptorArgument(environment, args);
  const result = yield* files.ioctl(fd, SYNC_IOC_MERGE, argument);
  if (out !== null) environment.bind(`${out}.argument`, argument);
  return made(environment, out, result, argument);
}

/** A negative error, or the text of what was written. */
function* info(environment: Environment, args: Arguments, out: string | null): KernelTask<Result> {
  const room = args.number('room', 0);
  const slots: (FenceInfo | null)[] = Array.from({ length: Math.min(room, 16) }, () => null);
  const isReachable = args.text('records', 'ok') === 'ok';
  const argument = structureIn(args.text('memory', 'ok'), {
    num_fences: room,
    flags: args.number('flags', 0),
    pad: args.number('pad', 0),
    sync_fence_info: isReachable ? slots : null,
  });
  const { files } = userCalls(environment);
  const fd = descriptorArgument(environment, args);
  const result = yield* files.ioctl(fd, SYNC_IOC_FILE_INFO, argument);
  if (out !== null) environment.bind(`${out}.argument`, argument);
  return result < 0 ? result : infoText(argument);
}

/** A negative error, or the deadline as text. */
function* getDeadline(environment: Environment, args: Arguments): KernelTask<Result> {
  const argument = structureIn(args.text('memory', 'ok'), {
    deadline_ns: args.number('deadlineNs', 0),
    pad: args.number('pad', 0),
    fence_fd: descriptorArgument(environment, args),
  });
  const timeline = descriptorArgument(environment, args, 'timeline');
  const { files } = userCalls(environment);
  const result = yield* files.ioctl(timeline, SW_SYNC_GET_DEADLINE, argument);
  return result < 0 ? result : String(wideField(argument, 'deadline_ns'));
}

/** The structure that an earlier call gave to the kernel. */
function argumentOf(environment: Environment, name: string): UserPointer {
  const argument = environment.value(`${name}.argument`);
  if (argument === undefined) throw new ProgramError(`${name} is no structure in memory`);
  return argument as UserPointer; // nothing else is bound to such a name
}

/** Requests on software timelines and sync_files, as programs make them. */
defineOperations([
  {
    name: 'sys.timeline',
    parameters: [],
    *run(environment, _args, out) {
      const fd = yield* userCalls(environment).files.openSwSync();
      bindDescriptor(environment, out, fd);
      return Math.min(fd, 0);
    },
  },
  {
    name: 'sys.createFence',
    parameters: ['timeline', 'value', 'name', 'memory'],
    run: createFence,
  },
  {
    name: 'sys.inc',
    parameters: ['timeline', 'value', 'memory'],
    *run(environment, args) {
      const argument = structureIn(args.text('memory', 'ok'), { value: args.number('value') });
      const fd = descriptorArgument(environment, args, 'timeline');
      return yield* userCalls(environment).files.ioctl(fd, SW_SYNC_IOC_INC, argument);
    },
  },
  {
    name: 'sys.merge',
    parameters: ['fd', 'fd2', 'name', 'flags', 'pad', 'memory'],
    run: merge,
  },
  {
    name: 'sys.info',
    parameters: ['fd', 'room', 'flags', 'pad', 'memory', 'records'],
    run: info,
  },
  {
    // The structure of an earlier `i = sys.info(...)`, as it is in memory now.
    name: 'sys.infoMemory',
    parameters: ['info'],
    *run(environment, args) {
      return infoText(argumentOf(environment, args.text('info')));
    },
  },
  {
    // Name and descriptor in the structure of an earlier `m = sys.merge(...)`.
    name: 'sys.mergeMemory',
    parameters: ['merge'],
    *run(environment, args) {
      const name = args.text('merge');
      const { fields } = argumentOf(environment, name);
      const isMade = fields['fence'] === environment.value(name);
      return `${String(fields['name'])} ${isMade ? 'made' : String(fields['fence'])}`;
    },
  },
  {
    name: 'sys.deadline',
    parameters: ['fd', 'deadlineNs', 'pad', 'memory'],
    *run(environment, args) {
      const argument = structureIn(args.text('memory', 'ok'), {
        deadline_ns: args.number('deadlineNs'),
        pad: args.number('pad', 0),
      });
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).files.ioctl(fd, SYNC_IOC_SET_DEADLINE, argument);
    },
  },
  {
    name: 'sys.getDeadline',
    parameters: ['timeline', 'fd', 'deadlineNs', 'pad', 'memory'],
    run: getDeadline,
  },
  {
    name: 'sys.ioctl',
    parameters: ['fd', 'command'],
    *run(environment, args) {
      const argument = structureIn('ok', {});
      const fd = descriptorArgument(environment, args);
      return yield* userCalls(environment).files.ioctl(fd, args.number('command'), argument);
    },
  },
]);
