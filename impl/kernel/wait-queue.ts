import type { KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import { SpinLock } from './spinlock.ts';

/** One sleeper on a wait queue; `wake` runs under the queue's lock. */
export interface WaitEntry {
  readonly key: number;
  wake(): KernelTask<void>;
}

/** @kernel wait_queue_head_t */
export class WaitQueue {
  readonly lock: SpinLock;
  /** Registered under `lock`. */
  readonly entries: WaitEntry[] = [];
  private readonly place: KernelObject;

  constructor(place: KernelObject, field: string, className: string) {
    this.place = place;
    this.lock = new SpinLock(place, `${field}.lock`, className);
  }

  /** @kernel add_wait_queue */
  *add(entry: WaitEntry): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    this.entries.push(entry);
    this.lock.releaseIrqrestore(flags);
  }

  /** @kernel remove_wait_queue */
  *remove(entry: WaitEntry): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
    this.lock.releaseIrqrestore(flags);
  }

  /** @kernel wake_up_all */
  *wakeAll(): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    for (const entry of [...this.entries]) yield* entry.wake();
    this.place.world.memory.touch(this.place, 'wait queue');
    this.lock.releaseIrqrestore(flags);
  }
}
