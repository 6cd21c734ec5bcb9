import type { DrmDevice } from '../../impl/drm/drm-device.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { TASK_INTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { Stack } from '../../impl/stack.ts';
import type { Mapping } from '../../impl/uapi/mapping.ts';
import { Process } from '../../impl/uapi/process.ts';
import type { Outcome } from './answer.ts';
import type { Call } from './operation.ts';

/** A thread that runs one operation. */
export interface Thread {
  readonly task: Task;
  outcome: Outcome | null;
}

/**
 * The program's side of a replay: its process, and the slots that stand for descriptors, mappings
 * and threads. The machine has one processor.
 */
export class UserSpace {
  readonly stack: Stack;
  readonly process: Process;
  readonly main: Task;
  /** Full descriptor slots and the numbers in them. */
  readonly descriptors: Map<number, number> = new Map();
  readonly mappings: Map<number, Mapping> = new Map();
  /** Devices that the kernel has, by the numbers of the recordings. */
  readonly graphics: readonly DrmDevice[];
  /** Full slots of device files and the descriptors in them. */
  readonly devices: Map<number, number> = new Map();
  /** Handle slots: just numbers, looked up in whatever file a call names. */
  readonly objects: Map<number, { readonly device: number; readonly handle: number }> = new Map();
  /** Handle slots of synchronisation objects: just numbers, too. */
  readonly syncobjs: Map<number, number> = new Map();
  /** Numbers of vgem's fences. */
  readonly fences: Map<number, number> = new Map();
  /** Numbers of framebuffers, by device slot and framebuffer slot. */
  readonly framebuffers: Map<string, number> = new Map();
  /** Threads that were not joined yet. */
  readonly threads: Map<number, Thread> = new Map();
  private readonly spawned: Thread[] = [];
  /** The thread that the program waits for right now. */
  private joining: Thread | null = null;

  constructor(stack: Stack, graphics: readonly DrmDevice[] = []) {
    this.stack = stack;
    this.graphics = graphics;
    this.process = new Process(stack, 'init');
    this.main = this.process.addThread('main');
  }

  /** An empty slot means descriptor -1. */
  fd(slot: number): number {
    return this.descriptors.get(slot) ?? -1;
  }

  /** The descriptor of a device file; an empty slot means -1. */
  device(slot: number): number {
    return this.devices.get(slot) ?? -1;
  }

  /** An empty slot means 0, which is no handle. */
  handle(slot: number): number {
    return this.objects.get(slot)?.handle ?? 0;
  }

  /** Fills a slot of device files; what was there is closed. */
  *storeDevice(slot: number, fd: number): KernelTask<void> {
    const before = this.devices.get(slot);
    this.devices.set(slot, fd);
    if (before !== undefined) yield* this.process.fileCalls.close(before);
  }

  /** Fills a descriptor slot; what was there is closed. */
  *store(slot: number, fd: number): KernelTask<void> {
    const before = this.descriptors.get(slot);
    this.descriptors.set(slot, fd);
    if (before !== undefined) yield* this.process.fileCalls.close(before);
  }

  /** Stores the result of a call that makes a descriptor; a failed one leaves the slot alone. */
  *keep(slot: number, fd: number): KernelTask<Outcome> {
    if (fd >= 0) yield* this.store(slot, fd);
    return { result: fd < 0 ? fd : 0 };
  }

  /** Fills a mapping slot; what was there is unmapped. */
  *storeMapping(slot: number, mapping: Mapping): KernelTask<void> {
    const before = this.mappings.get(slot);
    this.mappings.set(slot, mapping);
    if (before !== undefined) yield* this.process.memoryCalls.munmap(before);
  }

  *sleep(milliseconds: number): KernelTask<void> {
    const { sleeper } = this.stack.world.current;
    yield* sleeper.setState(TASK_INTERRUPTIBLE);
    yield* sleeper.scheduleTimeout(milliseconds);
  }

  /** Starts a thread; a running one in the slot is forgotten, not stopped. */
  spawn(slot: number, call: Call): Thread {
    const task = this.process.addThread(`thread${this.spawned.length}`, this.main.cpu);
    const thread: Thread = { task, outcome: null };
    this.spawned.push(thread);
    this.threads.set(slot, thread);
    task.start(this.threadBody(thread, call));
    return thread;
  }

  private *threadBody(thread: Thread, call: Call): KernelTask<void> {
    thread.outcome = yield* call(this);
    if (this.joining === thread) yield* this.main.sleeper.wakeUp();
  }

  /** Waits for a thread; false when time ran out first. */
  *waitFor(thread: Thread, milliseconds: number): KernelTask<boolean> {
    const { sleeper } = this.main;
    let left = milliseconds;
    this.joining = thread;
    while (thread.outcome === null && left > 0) {
      yield* sleeper.setState(TASK_INTERRUPTIBLE);
      if (thread.outcome !== null) break;
      left = yield* sleeper.scheduleTimeout(left);
    }
    sleeper.setRunning();
    this.joining = null;
    return thread.outcome !== null;
  }

  /** The program ends: threads are killed, and everything is closed at once. */
  *exit(): KernelTask<void> {
    for (const thread of this.spawned) {
      while (thread.outcome === null) {
        yield* thread.task.sleeper.interrupt();
        yield* this.waitFor(thread, 1);
      }
    }
    yield* this.process.exit();
  }
}
