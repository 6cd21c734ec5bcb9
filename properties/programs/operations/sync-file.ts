import { SYNC_IOC_FILE_INFO, SYNC_IOC_MERGE } from '../../../impl/dma-buf/sync-file-ioctls.ts';
import { SyncFile } from '../../../impl/dma-buf/sync-file.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { TASK_INTERRUPTIBLE } from '../../../impl/kernel/task-state.ts';
import type { Sleeper } from '../../../impl/kernel/sched.ts';
import type { WaitEntry, WaitQueue } from '../../../impl/kernel/wait-queue.ts';
import { FileTable } from '../../../impl/uapi/file-table.ts';
import { type File, POLLIN, type PollTable } from '../../../impl/uapi/file.ts';
import { numberField, userStructure } from '../../../impl/uapi/user-memory.ts';
import type { Environment } from '../environment.ts';
import { type Arguments, defineOperations, type Result } from '../operation.ts';

/** Statuses and "has a time" of the records that FILE_INFO filled. */
type Records = readonly { readonly status: number; readonly timestampNs: number }[];

/** A task inside poll(): registered once, asleep until a queue wakes it. */
class Poller implements PollTable {
  readonly events: number = POLLIN;
  private readonly sleeper: Sleeper;
  private readonly registered: { readonly queue: WaitQueue; readonly entry: WaitEntry }[] = [];
  /** A queue has woken it since it last looked. @kernel poll_wqueues.triggered */
  private isTriggered = false;

  constructor(sleeper: Sleeper) {
    this.sleeper = sleeper;
  }

  /** @kernel __pollwait */
  *wait(_file: File, queue: WaitQueue): KernelTask<void> {
    const sleeper = this.sleeper.place.label;
    const entry = { key: this.events, sleeper, wake: () => this.wake() };
    this.registered.push({ queue, entry });
    yield* queue.add(entry);
  }

  /** @kernel pollwake */
  private *wake(): KernelTask<void> {
    this.isTriggered = true;
    yield* this.sleeper.wakeUp();
  }

  /** @kernel do_poll */
  *poll(file: File): KernelTask<number> {
    let events = yield* file.poll(this);
    while (events === 0) {
      yield* this.sleeper.setState(TASK_INTERRUPTIBLE);
      if (!this.isTriggered) yield* this.sleeper.schedule();
      this.sleeper.setRunning();
      this.isTriggered = false;
      events = yield* file.poll(null);
    }
    for (const { queue, entry } of this.registered) yield* queue.remove(entry);
    return events;
  }
}

function syncFileOf(environment: Environment, args: Arguments): SyncFile {
  return environment.find(args.text('file'), SyncFile);
}

function filesOf(environment: Environment): FileTable {
  return FileTable.ofCurrent(environment.stack.world);
}

function* create(
  environment: Environment,
  args: Arguments,
  out: string | null,
): KernelTask<Result> {
  const syncFile = yield* environment.stack.syncFiles.create(environment.fence(args.text('fence')));
  if (syncFile === null) return 'NULL';
  environment.bind(out, syncFile);
  environment.own(syncFile, () => syncFile.file.put());
  return null;
}

/** `status 0 of 0 1+`: a `+` stands for a record with a time. ` (1)`: another number is reported. */
function* fileInfo(environment: Environment, args: Arguments): KernelTask<Result> {
  const room = args.number('room');
  const argument = userStructure({ num_fences: room, sync_fence_info: [] });
  const { syncFileIoctls } = environment.stack;
  const result = yield* syncFileIoctls.dispatch(
    syncFileOf(environment, args),
    SYNC_IOC_FILE_INFO,
    argument,
  );
  if (result < 0) return result;
  const records = argument.fields['sync_fence_info'] as Records; // FILE_INFO has filled it
  const parts = records.map(({ status, timestampNs }) => `${status}${timestampNs > 0 ? '+' : ''}`);
  const head = `status ${String(argument.fields['status'])}`;
  if (parts.length === 0) return head;
  const count = numberField(argument, 'num_fences');
  const told = count === parts.length ? '' : ` (${count})`;
  return `${head} of ${parts.join(' ')}${told}`;
}

/** Calls on sync_files from inside the kernel; descriptors are those of the calling task. */
defineOperations([
  { name: 'syncFile.create', parameters: ['fence'], run: create },
  {
    // Hands the file to the descriptor that comes back.
    name: 'syncFile.install',
    parameters: ['file'],
    *run(environment, args, out) {
      const files = filesOf(environment);
      const syncFile = syncFileOf(environment, args);
      const fd = yield* files.getUnused(true);
      environment.bind(out, fd);
      if (fd < 0) return fd;
      environment.disown(syncFile);
      yield* files.install(fd, syncFile.file);
      return fd;
    },
  },
  {
    // What the file is ready for, without registering for more.
    name: 'syncFile.poll',
    parameters: ['file'],
    *run(environment, args) {
      return yield* syncFileOf(environment, args).file.poll(null);
    },
  },
  {
    // poll() without a time-out.
    name: 'syncFile.wait',
    parameters: ['file'],
    *run(environment, args) {
      const { sleeper } = environment.stack.world.current;
      return yield* new Poller(sleeper).poll(syncFileOf(environment, args).file);
    },
  },
  {
    name: 'syncFile.put',
    parameters: ['file'],
    *run(environment, args) {
      const syncFile = syncFileOf(environment, args);
      environment.disown(syncFile);
      yield* syncFile.file.put();
      return null;
    },
  },
  {
    name: 'syncFile.close',
    parameters: ['fd'],
    *run(environment, args) {
      return yield* filesOf(environment).close(args.number('fd'));
    },
  },
  {
    // The name of the fence behind a descriptor.
    name: 'syncFile.getFence',
    parameters: ['fd'],
    *run(environment, args) {
      const fence = yield* environment.stack.syncFiles.getFence(args.number('fd'));
      if (fence === null) return 'NULL';
      environment.ownFence(fence);
      return fence.label;
    },
  },
  {
    // The descriptor of the merged file.
    name: 'syncFile.merge',
    parameters: ['file', 'fd'],
    *run(environment, args) {
      const argument = userStructure({ fd2: args.number('fd'), name: 'merged' });
      const { syncFileIoctls } = environment.stack;
      const result = yield* syncFileIoctls.dispatch(
        syncFileOf(environment, args),
        SYNC_IOC_MERGE,
        argument,
      );
      return result < 0 ? result : Number(argument.fields['fence']);
    },
  },
  { name: 'syncFile.fileInfo', parameters: ['file', 'room'], run: fileInfo },
]);
