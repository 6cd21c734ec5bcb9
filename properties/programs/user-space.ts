import { DmaBuf } from '../../impl/dma-buf/dma-buf.ts';
import type { DmaFence } from '../../impl/dma-buf/dma-fence.ts';
import { TimelineFile } from '../../impl/dma-buf/sw-sync.ts';
import { SyncFile } from '../../impl/dma-buf/sync-file.ts';
import type { SyncTimeline } from '../../impl/dma-buf/sync-timeline.ts';
import type { Stack } from '../../impl/stack.ts';
import { EpollCalls } from '../../impl/uapi/epoll-calls.ts';
import type { StateVisitor } from '../../impl/kernel/object.ts';
import { FileCalls } from '../../impl/uapi/file-calls.ts';
import { FileTable } from '../../impl/uapi/file-table.ts';
import { MemoryCalls } from '../../impl/uapi/mapping.ts';
import { PollCalls } from '../../impl/uapi/poll.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { ReadWriteCalls } from '../../impl/uapi/read-write.ts';
import type { UserPointer } from '../../impl/uapi/user-memory.ts';
import type { Environment } from './environment.ts';
import { type Arguments, ProgramError } from './operation.ts';
import type { Processes } from './processes.ts';

const NAME = 'user space';

/** The system calls of a program: each works on the process of whoever makes it. */
export class UserCalls {
  readonly stack: Stack;
  readonly files: FileCalls;
  readonly readWrite: ReadWriteCalls;
  readonly polls: PollCalls;
  readonly epolls: EpollCalls;
  /** What the program calls the descriptors that it has put into epoll sets. */
  readonly registered: string[] = [];
  private readonly processes: Processes;

  constructor({ stack, processes }: Environment) {
    this.stack = stack;
    this.processes = processes;
    this.files = new FileCalls(stack);
    this.readWrite = new ReadWriteCalls(stack);
    this.polls = new PollCalls(stack);
    this.epolls = new EpollCalls(stack);
  }

  get memory(): MemoryCalls {
    return MemoryCalls.ofCurrent(this.stack.world);
  }

  visitState(visit: StateVisitor): void {
    visit('registered', this.registered);
  }

  /** The process of whoever asks. */
  get process(): Process {
    const { world } = this.stack;
    return this.processes.of(world.current) ?? world.fault('bug', 'a task has no process');
  }

  get table(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }
}

/** The system calls of this run's program. */
export function userCalls(environment: Environment): UserCalls {
  const known = environment.value(NAME);
  if (known instanceof UserCalls) return known;
  const calls = new UserCalls(environment);
  environment.bind(NAME, calls);
  return calls;
}

/** The descriptor that an argument names; -1 for one that could not be made, or not yet. */
export function descriptor(environment: Environment, name: string | number): number {
  if (typeof name === 'number') return name;
  const value = environment.value(name);
  return typeof value === 'number' && value >= 0 ? value : -1;
}

/** The descriptor in the argument `key`: a name, or a number. */
export function descriptorArgument(
  environment: Environment,
  args: Arguments,
  key: string = 'fd',
): number {
  return descriptor(environment, args.either(key));
}

/**
 * Binds `f` to the descriptor, `f.file`, `f.fence`, `f.timeline`, `f.buffer` or `f.resv` to what
 * is behind it.
 */
export function bindDescriptor(environment: Environment, out: string | null, fd: number): void {
  if (out === null) return;
  environment.bind(out, fd);
  const ops = fd < 0 ? undefined : userCalls(environment).table.at(fd)?.ops;
  if (ops instanceof TimelineFile) environment.bind(`${out}.timeline`, ops.timeline);
  if (ops instanceof DmaBuf) {
    environment.bind(`${out}.buffer`, ops);
    environment.bind(`${out}.resv`, ops.resv);
  }
  if (!(ops instanceof SyncFile)) return;
  environment.bind(`${out}.file`, ops);
  const fence = ops.fence.value;
  if (fence !== null) environment.bind(`${out}.fence`, fence);
}

/** The fence that a descriptor carried when it was made. */
export function fenceBehind(environment: Environment, name: string): DmaFence {
  return environment.fence(`${name}.fence`);
}

/** The timeline that a descriptor was opened for; it may be closed. */
export function timelineBehind(environment: Environment, name: string): SyncTimeline {
  return environment.find(`${name}.timeline`, environment.stack.types.SyncTimeline);
}

/** A structure in memory that is `ok`, `readOnly`, or not mapped at all (`bad`). */
export function structureIn(memory: string, fields: Record<string, unknown>): UserPointer {
  switch (memory) {
    case 'ok':
      return { fields, isReadable: true, isWritable: true };
    case 'readOnly':
      return { fields, isReadable: true, isWritable: false };
    case 'bad':
      return { fields, isReadable: false, isWritable: false };
    default:
      throw new ProgramError(`no memory is ${memory}`);
  }
}
