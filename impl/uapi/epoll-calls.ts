import type { KernelTask } from '../kernel/access.ts';
import { EBADF, EINVAL, ENOMEM, EPERM } from '../kernel/errno.ts';
import type { Stack } from '../stack.ts';
import { type EpollEvent, EventPoll } from './epoll.ts';
import { FileTable } from './file-table.ts';
import { File, O_RDWR } from './file.ts';

export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

/** The request of `epoll_ctl`. */
export interface EpollChange {
  readonly operation: number;
  readonly fd: number;
  readonly events: number;
  /** Handed back with every event. */
  readonly data: number;
}

/** The system calls of epoll. */
export class EpollCalls {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  protected get files(): FileTable {
    return FileTable.ofCurrent(this.stack.world);
  }

  /** @kernel do_epoll_create */
  *create(isCloseOnExec = true): KernelTask<number> {
    if (!(yield* this.stack.world.memory.reserve('GFP_KERNEL'))) return -ENOMEM;
    const fd = yield* this.files.getUnused(isCloseOnExec);
    if (fd < 0) return fd;
    const set = new EventPoll(this.stack);
    yield* this.files.install(fd, new File(this.stack, set, O_RDWR));
    return fd;
  }

  /** @kernel do_epoll_ctl @rule SYNCFILE-031 @rule SWSYNC-025 */
  *control(epfd: number, change: EpollChange): KernelTask<number> {
    const file = yield* this.files.fget(epfd);
    if (file === null) return -EBADF;
    const target = yield* this.files.fget(change.fd);
    let result = -EBADF;
    if (target !== null) {
      result = yield* this.apply(file, target, change);
      yield* target.put();
    }
    yield* file.put();
    yield* this.stack.world.current.runReturnWork();
    return result;
  }

  protected *apply(file: File, target: File, change: EpollChange): KernelTask<number> {
    if (target.ops.poll === undefined) return -EPERM;
    const set = file.ops;
    if (file === target || !(set instanceof EventPoll)) return -EINVAL;
    switch (change.operation) {
      case EPOLL_CTL_ADD:
        return yield* set.insert(target, change.fd, change.events, change.data);
      case EPOLL_CTL_DEL:
        return yield* set.delete(target, change.fd);
      case EPOLL_CTL_MOD:
        return yield* set.modify(target, change.fd, change.events, change.data);
      default:
        return -EINVAL;
    }
  }

  /** The ready events, or a negative error. @kernel do_epoll_wait */
  *wait(epfd: number, eventsMax: number, timeoutMs: number): KernelTask<EpollEvent[] | number> {
    if (eventsMax <= 0) return -EINVAL;
    const file = yield* this.files.fget(epfd);
    if (file === null) return -EBADF;
    const events =
      file.ops instanceof EventPoll ? yield* file.ops.waitEvents(eventsMax, timeoutMs) : -EINVAL;
    yield* file.put();
    yield* this.stack.world.current.runReturnWork();
    return events;
  }
}
