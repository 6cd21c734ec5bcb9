import type { KernelTask } from '../kernel/access.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { noteOf } from '../kernel/object.ts';
import type { Task } from '../kernel/task.ts';
import type { WaitEntry, WaitQueue } from '../kernel/wait-queue.ts';

/** A task that sleeps on an epoll set. @kernel init_wait */
export class EpollWait implements WaitEntry {
  private readonly task: Task;
  private readonly queue: WaitQueue;

  constructor(task: Task, queue: WaitQueue) {
    this.task = task;
    this.queue = queue;
  }

  get sleeper(): string {
    return this.task.name;
  }

  get key(): number {
    return noteOf(this.sleeper);
  }

  /** Woken once, it has left the queue. @kernel ep_autoremove_wake_function */
  *wake(): KernelTask<void> {
    this.queue.entries.remove(this);
    yield* this.task.sleeper.wakeUp();
  }

  /** False when time is up. @kernel schedule_hrtimeout_range */
  *schedule(expires: number): KernelTask<boolean> {
    const { sleeper, world } = this.task;
    const isEndless = expires === MAX_SCHEDULE_TIMEOUT;
    const left = isEndless ? MAX_SCHEDULE_TIMEOUT : Math.max(0, expires - world.clock.now);
    return (yield* sleeper.scheduleTimeout(left)) > 0;
  }
}
