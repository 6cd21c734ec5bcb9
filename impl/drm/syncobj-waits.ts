import type { DmaFence } from '../dma-buf/dma-fence.ts';
import type { KernelTask } from '../kernel/access.ts';
import { JIFFY_NS, MAX_SCHEDULE_TIMEOUT } from '../kernel/clock.ts';
import { EFAULT, EINVAL, ENOMEM, ERESTARTSYS, ETIME } from '../kernel/errno.ts';
import { TASK_INTERRUPTIBLE } from '../kernel/task-state.ts';
import type { Stack } from '../stack.ts';
import type { UserArray } from '../uapi/user-array.ts';
import type { Syncobj } from './syncobj.ts';
import {
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE,
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
} from './syncobj-uapi.ts';
import type { SyncobjWaitEntry } from './syncobj-wait-entry.ts';

/** How long a lookup waits for a fence to be submitted. Unit: jiffies. @kernel DRM_SYNCOBJ_WAIT_FOR_SUBMIT_TIMEOUT */
export const SUBMIT_TIMEOUT = 5000;

/** "None was ready": what a wait for all tells then. */
export const NONE_SIGNALED = 0xffffffff;

const SUBMISSION: number =
  DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT | DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE;

/** A wait for several objects at once. */
export interface ArrayWait {
  readonly syncobjs: readonly Syncobj[];
  /** Null: point 0 of every one. */
  readonly points: UserArray | null;
  readonly flags: number;
  /** Unit: jiffies. */
  readonly timeout: number;
  /** Unit: nanoseconds. */
  readonly deadline: bigint | null;
}

/** What is left of the time, or a negative error; and the object that a successful wait tells. */
export interface ArrayWaited {
  readonly left: number;
  readonly first: number;
}

/** The entries of a wait, and what was found out about them so far. */
export interface Waiting extends ArrayWait {
  readonly entries: readonly SyncobjWaitEntry[];
  readonly isAll: boolean;
  /** A fence is enough, whether it is done or not. */
  readonly isForAvailable: boolean;
  first: number;
}

/** Waiting for objects: for a fence to be there, and for it to signal. */
export class SyncobjWaits {
  protected readonly stack: Stack;

  constructor(stack: Stack) {
    this.stack = stack;
  }

  /** User space decides how long it takes, so nothing may be held. @kernel lockdep_assert_none_held_once @rule SYNCOBJ-033 */
  mightWaitForUser(what: string): void {
    const { world } = this.stack;
    world.memory.mightSleep(what);
    const { held } = world.current;
    if (held.length === 0 || !world.build.lockProving || world.lockdep.isSilent) return;
    const names = held.map((lock) => lock.label).join(', ');
    world.complain('lock-misuse', `${what} waits for user space with locks held: ${names}`);
  }

  /** Jiffies until an absolute time; 0 when that is past, or no time at all. @kernel drm_timeout_abs_to_jiffies @rule SYNCOBJ-014 */
  timeoutOf(absoluteNs: bigint): number {
    if (absoluteNs === 0n) return 0;
    const now = BigInt(this.stack.world.clock.nanoseconds);
    if (absoluteNs <= now) return 0;
    const jiffies = Number((absoluteNs - now) / BigInt(JIFFY_NS));
    return Math.min(jiffies, MAX_SCHEDULE_TIMEOUT - 2) + 1;
  }

  /**
   * @kernel drm_syncobj_array_wait_timeout
   * @rule SYNCOBJ-015
   * @rule SYNCOBJ-016
   * @rule SYNCOBJ-017
   * @rule SYNCOBJ-018
   */
  *waitAll(wait: ArrayWait): KernelTask<ArrayWaited> {
    const { world } = this.stack;
    const { syncobjs, flags } = wait;
    if ((flags & SUBMISSION) !== 0) this.mightWaitForUser('drm_syncobj_array_wait_timeout');
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return failed(-ENOMEM);
    const points = wait.points === null ? [] : wait.points.read(syncobjs.length);
    if (points === null) return failed(-EFAULT);
    if (!(yield* world.memory.reserve('GFP_KERNEL'))) return failed(-ENOMEM);
    const { SyncobjWaitEntry: Entry } = this.stack.types;
    const waiting: Waiting = {
      ...wait,
      entries: syncobjs.map((_one, index) => new Entry(this.stack, points[index] ?? 0n)),
      isAll: (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL) !== 0,
      isForAvailable: (flags & DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE) !== 0,
      first: NONE_SIGNALED,
    };
    const ready = yield* this.scan(waiting);
    let left = wait.timeout;
    if (ready < 0) left = ready;
    else if (!this.isEnough(waiting, ready)) left = yield* this.sleep(waiting);
    yield* this.cleanUp(waiting);
    return { left, first: waiting.first };
  }

  protected isEnough({ isAll, syncobjs }: Waiting, ready: number): boolean {
    return ready === syncobjs.length || (ready > 0 && !isAll);
  }

  /**
   * Captures what is there. How many are ready, or a negative error when one has nothing to wait for.
   *
   * @rule SYNCOBJ-016
   */
  protected *scan(waiting: Waiting): KernelTask<number> {
    const { stack } = this;
    let ready = 0;
    for (const [index, syncobj] of waiting.syncobjs.entries()) {
      const entry = entryAt(waiting, index);
      const fence = yield* syncobj.fenceGet();
      const found = fence === null ? -EINVAL : yield* stack.syncobjs.findPoint(fence, entry.point);
      if (typeof found === 'number') {
        if (this.isRegistering(waiting.flags)) continue;
        return found;
      }
      entry.fence.writeStable(found);
      if (!waiting.isForAvailable && !(yield* found.isSignaled())) continue;
      if (ready === 0) waiting.first = index;
      ready += 1;
    }
    return ready;
  }

  /** The wait goes on where there is no fence yet. */
  protected isRegistering(flags: number): boolean {
    return (flags & SUBMISSION) !== 0;
  }

  /** What is left of the time, or a negative error. @rule SYNCOBJ-015 @rule SYNCOBJ-019 */
  protected *sleep(waiting: Waiting): KernelTask<number> {
    const { sleeper } = this.stack.world.current;
    if (this.isRegistering(waiting.flags)) {
      for (const [index, syncobj] of waiting.syncobjs.entries()) {
        yield* syncobj.addWait(entryAt(waiting, index));
      }
    }
    if (waiting.deadline !== null) yield* this.forwardDeadline(waiting, waiting.deadline);
    let left = waiting.timeout;
    for (;;) {
      yield* this.prepare();
      if (yield* this.isDone(waiting)) break;
      left = yield* this.sleepOn(left);
      if (left < 0) break;
    }
    sleeper.setRunning();
    return left;
  }

  /** From here on whoever wakes this task keeps it from sleeping: its looks come behind that. */
  protected *prepare(): KernelTask<void> {
    yield* this.stack.world.current.sleeper.setState(TASK_INTERRUPTIBLE);
  }

  /** What is left of the time, or why not to sleep any longer: time first. @rule SYNCOBJ-015 */
  protected *sleepOn(left: number): KernelTask<number> {
    const { sleeper } = this.stack.world.current;
    if (left === 0) return -ETIME;
    if (yield* sleeper.isSignalPending()) return -ERESTARTSYS;
    return yield* sleeper.scheduleTimeout(left);
  }

  /** Only to fences that are there by now. @rule SYNCOBJ-021 */
  protected *forwardDeadline(waiting: Waiting, deadline: bigint): KernelTask<void> {
    for (const entry of waiting.entries) {
      const fence = yield* entry.fence.read();
      if (fence !== null) yield* fence.setDeadline(deadline);
    }
  }

  /** Looks at all again. @rule SYNCOBJ-017 @rule SYNCOBJ-020 */
  protected *isDone(waiting: Waiting): KernelTask<boolean> {
    let ready = 0;
    for (const [index, entry] of waiting.entries.entries()) {
      const fence = yield* entry.fence.read();
      if (fence === null || !(yield* this.isReady(waiting, entry, fence))) continue;
      if (!waiting.isAll) {
        waiting.first = index;
        return true;
      }
      ready += 1;
    }
    return ready === waiting.entries.length;
  }

  /** Whoever signals the fence wakes the waiter from now on, unless it is done. */
  protected *isReady(
    waiting: Waiting,
    entry: SyncobjWaitEntry,
    fence: DmaFence,
  ): KernelTask<boolean> {
    if (waiting.isForAvailable || (yield* fence.isSignaled())) return true;
    if (entry.callback !== null) return false;
    const callback = entry.makeCallback();
    if ((yield* fence.addCallback(callback)) === 0) {
      entry.callback = callback;
      return false;
    }
    this.stack.world.memory.free(callback);
    return true;
  }

  protected *cleanUp(waiting: Waiting): KernelTask<void> {
    for (const [index, syncobj] of waiting.syncobjs.entries()) {
      const entry = entryAt(waiting, index);
      yield* syncobj.removeWait(entry);
      yield* this.end(entry);
    }
  }

  /** Nobody can reach the entry any more. */
  protected *end(entry: SyncobjWaitEntry): KernelTask<void> {
    const { memory } = this.stack.world;
    const fence = entry.fence.readStable();
    if (fence !== null && entry.callback !== null) {
      yield* fence.removeCallback(entry.callback);
      memory.free(entry.callback);
    }
    if (fence !== null) yield* fence.put();
    memory.free(entry);
  }

  /**
   * Waits until there is a fence for a point; it, with a reference, or a negative error.
   *
   * @kernel drm_syncobj_find_fence
   * @rule SYNCOBJ-029
   */
  *waitForSubmit(syncobj: Syncobj, point: bigint): KernelTask<DmaFence | number> {
    const { types, world } = this.stack;
    const { sleeper } = world.current;
    const entry = new types.SyncobjWaitEntry(this.stack, point);
    yield* syncobj.addWait(entry);
    let left = SUBMIT_TIMEOUT;
    for (;;) {
      yield* this.prepare();
      if ((yield* entry.fence.read()) !== null) break;
      left = yield* this.sleepOn(left);
      if (left < 0) break;
    }
    sleeper.setRunning();
    yield* syncobj.removeWait(entry);
    const fence = entry.fence.readStable();
    world.memory.free(entry);
    if (left >= 0 && fence !== null) return fence;
    // It came after the last look.
    if (fence !== null) yield* fence.put();
    return left;
  }
}

function entryAt({ entries }: Waiting, index: number): SyncobjWaitEntry {
  const entry = entries[index];
  if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
  return entry;
}

function failed(error: number): ArrayWaited {
  return { left: error, first: NONE_SIGNALED };
}
