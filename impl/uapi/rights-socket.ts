import type { KernelTask } from '../kernel/access.ts';
import { EAGAIN, EBADF, EINTR } from '../kernel/errno.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainList } from '../kernel/plain.ts';
import { TASK_INTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Task } from '../kernel/task.ts';
import { type WaitEntry, WaitQueue } from '../kernel/wait-queue.ts';
import type { Stack } from '../stack.ts';
import { FileTable } from './file-table.ts';
import type { File } from './file.ts';

/** A message with one file in it. @kernel struct scm_fp_list */
class Message extends KernelObject {
  /** With a reference: a file under way stays open, whoever closes it. */
  readonly file: File;

  constructor(file: File) {
    super(file.world, 'message');
    this.file = file;
  }

  visitState(visit: StateVisitor): void {
    visit('file', this.file);
  }
}

/** Who waits for a message. */
class Receiver implements WaitEntry {
  readonly sleeper: string;
  readonly key: number;
  private readonly task: Task;

  constructor(task: Task) {
    this.task = task;
    this.key = task.index;
    this.sleeper = task.name;
  }

  *wake(): KernelTask<void> {
    yield* this.task.sleeper.wakeUp();
  }
}

/** Where a process gets descriptors of others from. @kernel struct unix_sock */
export class RightsSocket extends KernelObject {
  /** Under the lock of `waiters`. @kernel sk_receive_queue */
  readonly messages: PlainList<Message>;
  readonly waiters: WaitQueue;

  constructor(stack: Stack) {
    super(stack.world, 'socket');
    this.isStatic = true;
    this.messages = new PlainList<Message>(this, 'messages');
    this.waiters = new WaitQueue(this, 'waiters', 'rlock-AF_UNIX');
  }

  /** Sends what is behind a descriptor of the caller. @kernel unix_attach_fds */
  *send(fd: number): KernelTask<number> {
    const file = yield* FileTable.ofCurrent(this.world).fget(fd);
    if (file === null) return -EBADF;
    const message = new Message(file);
    const flags = yield* this.waiters.lock.acquireIrqsave();
    this.messages.push(message);
    yield* this.waiters.wakeAllLocked(0);
    this.waiters.lock.releaseIrqrestore(flags);
    return 0;
  }

  /** A descriptor for what was sent, or a negative error. @kernel scm_detach_fds */
  *receive(canWait: boolean): KernelTask<number> {
    const message = canWait ? yield* this.waitForMessage() : yield* this.take();
    if (message === null) return canWait ? -EINTR : -EAGAIN;
    const { file } = message;
    this.world.memory.free(message);
    const files = FileTable.ofCurrent(this.world);
    const fd = yield* files.getUnused(true);
    if (fd < 0) yield* file.put();
    else yield* files.install(fd, file);
    yield* this.world.current.runReturnWork();
    return fd;
  }

  /** The oldest message, or null. */
  protected *take(): KernelTask<Message | null> {
    const flags = yield* this.waiters.lock.acquireIrqsave();
    const message = this.messages.at(0);
    if (message !== null) this.messages.remove(message);
    this.waiters.lock.releaseIrqrestore(flags);
    return message;
  }

  /** Null when a signal came first. @kernel unix_stream_data_wait */
  protected *waitForMessage(): KernelTask<Message | null> {
    const { current } = this.world;
    const entry = new Receiver(current);
    yield* this.waiters.add(entry);
    let message: Message | null = null;
    for (;;) {
      yield* current.sleeper.setState(TASK_INTERRUPTIBLE);
      message = yield* this.take();
      if (message !== null || (yield* current.sleeper.isSignalPending())) break;
      yield* current.sleeper.schedule();
    }
    current.sleeper.setRunning();
    yield* this.waiters.remove(entry);
    return message;
  }

  /** What nobody has received is dropped. @kernel unix_release_sock */
  *release(): KernelTask<void> {
    for (let message = yield* this.take(); message !== null; message = yield* this.take()) {
      yield* message.file.put();
      this.world.memory.free(message);
    }
  }

  visitState(visit: StateVisitor): void {
    visit('messages', this.messages.value);
    visit('waiters', this.waiters.state);
  }
}
