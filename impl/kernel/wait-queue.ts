import type { KernelTask } from './access.ts';
import type { KernelObject, StateValue } from './object.ts';
import { type Noted, PlainList } from './plain.ts';
import { SpinLock } from './spinlock.ts';

/** One sleeper on a wait queue. @kernel struct wait_queue_entry */
export interface WaitEntry extends Noted {
  /** Who sleeps, as state keys show it. */
  readonly sleeper: StateValue;
  /** Runs under the queue's lock. `events` says what happened, 0 when the waker does not say. */
  wake(events: number): KernelTask<void>;
}

/** @kernel wait_queue_head_t */
export class WaitQueue {
  readonly lock: SpinLock;
  /** Under `lock`. */
  readonly entries: PlainList<WaitEntry>;
  private readonly place: KernelObject;

  constructor(place: KernelObject, field: string, className: string) {
    this.place = place;
    this.lock = new SpinLock(place, `${field}.lock`, className);
    this.entries = new PlainList<WaitEntry>(place, `${field}.entries`);
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
    this.entries.remove(entry);
    this.lock.releaseIrqrestore(flags);
  }

  /** @kernel wake_up_all */
  *wakeAll(events = 0): KernelTask<void> {
    const flags = yield* this.lock.acquireIrqsave();
    yield* this.wakeAllLocked(events);
    this.lock.releaseIrqrestore(flags);
  }

  /** Who sleeps here, in order, and who holds the lock: for state keys. */
  get state(): readonly StateValue[] {
    return [this.lock.holder?.name ?? 'free', ...this.entries.value.map(({ sleeper }) => sleeper)];
  }

  /** For queues whose lock protects more than the queue. @kernel wake_up_locked_poll */
  *wakeAllLocked(events: number): KernelTask<void> {
    this.lock.assertHeld('__wake_up_locked');
    for (const entry of this.entries.copy()) yield* entry.wake(events);
    this.place.world.memory.reads(this.place, 'wait queue', 'once');
  }
}
