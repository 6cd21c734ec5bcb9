import { Access, type Gate, type KernelTask, type Place } from './access.ts';
import { MAX_SCHEDULE_TIMEOUT, type Timer } from './clock.ts';
import type { BufferedWord } from './store-buffer.ts';
import { TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_RUNNING, type TaskState } from './task-state.ts';
import type { Task } from './task.ts';

/** A task's sleeping and waking. Its state word is shared with everybody who may wake it. */
export class Sleeper implements Gate, BufferedWord<TaskState> {
  /** What accesses to the state word point at. */
  readonly place: Place;
  readonly field = 'state';
  private readonly task: Task;
  private readonly store: Access;
  private readonly plainStore: Access;
  private readonly look: Access;
  private readonly wake: Access;
  private readonly asleep: Access;
  private readonly pend: Access;
  /** It has stored that it is about to sleep, and neither slept nor taken that back. */
  private isPreparing = false;

  constructor(task: Task) {
    this.task = task;
    const place = { label: task.name };
    this.place = place;
    this.store = new Access('write', 'full', place, 'state', 'write');
    this.plainStore = new Access('write', 'once', place, 'state', 'write');
    this.look = new Access('read', 'once', place, 'state', 'look at');
    this.wake = new Access('update', 'full', place, 'state', 'wake');
    this.asleep = new Access('wait', 'acquire', place, '', 'schedule', this);
    this.pend = new Access('read', 'once', place, 'signalPending', 'test');
  }

  get blockedBy(): string {
    return 'it sleeps and nobody wakes it';
  }

  ready(): boolean {
    const state = this.seenBy(this.task);
    if (state === TASK_RUNNING) return true;
    if (state === TASK_KILLABLE) return this.task.isKilled;
    return state === TASK_INTERRUPTIBLE && this.task.signalPending;
  }

  /** As the task itself sees it: what it has stored last may be on its way to memory. */
  get runs(): boolean {
    return this.seenBy(this.task) === TASK_RUNNING;
  }

  /**
   * The task says that it is about to sleep, and nobody has woken it since: whatever sleeps now
   * takes that back, so that the wake-up which it stands for is lost.
   */
  get isAboutToSleep(): boolean {
    if (!this.isPreparing) return false;
    this.task.world.touch(this.place, 'state', 'read', 'once');
    return !this.runs;
  }

  /** @kernel set_current_state */
  *setState(state: TaskState): KernelTask<void> {
    if (this.task.world.stops(this.store)) yield this.store;
    this.writesState();
    this.task.state = state;
    this.isPreparing = state !== TASK_RUNNING;
  }

  /**
   * For those who hold a lock that wakers take: nothing else keeps this store before what they
   * look at next. @kernel __set_current_state
   */
  *setStateUnordered(state: TaskState): KernelTask<void> {
    if (this.task.world.stops(this.plainStore)) yield this.plainStore;
    this.storeState(state);
  }

  /** @kernel __set_current_state, where no ordering with wakers is needed */
  setRunning(): void {
    this.storeState(TASK_RUNNING);
  }

  /** The state word, as somebody else sees it. @kernel READ_ONCE(task->__state) */
  *readState(): KernelTask<TaskState> {
    if (this.task.world.stops(this.look)) yield this.look;
    const { world } = this.task;
    world.touch(this.place, 'state', 'read', 'once');
    const state = this.seenBy(world.current);
    world.current.observe(state);
    return state;
  }

  land(state: TaskState): void {
    this.task.world.touch(this.place, 'state', 'write', 'once');
    this.task.state = state;
  }

  /** Others only ever store that it runs: storing that once more changes nothing. */
  private storeState(state: TaskState): void {
    this.isPreparing = state !== TASK_RUNNING;
    const { buffer } = this.task.cpu;
    if (buffer === null) this.land(state);
    else if (state !== TASK_RUNNING || this.seenBy(this.task) !== state) {
      buffer.store(this, state, 'once');
    }
  }

  private seenBy(looker: Task): TaskState {
    const { state, world } = this.task;
    if (!world.hasBuffers) return state;
    return looker.cpu.buffer?.load<TaskState>(this, state) ?? state;
  }

  /** @kernel signal_pending */
  *isSignalPending(): KernelTask<boolean> {
    if (this.task.world.stops(this.pend)) yield this.pend;
    this.task.world.touch(this.place, 'signalPending', 'read', 'once');
    this.task.observe(this.task.signalPending ? 1 : 0);
    return this.task.signalPending;
  }

  /** Sleeps unless somebody has woken the task since it set its state. @kernel schedule */
  *schedule(): KernelTask<void> {
    this.task.world.memory.mustNotBeAtomic('schedule');
    if (this.task.world.stops(this.asleep)) yield this.asleep;
    this.writesState();
    this.task.state = TASK_RUNNING;
    this.isPreparing = false;
  }

  /** With a full barrier: this is what a sleeper and those who wake it agree on. */
  private writesState(): void {
    this.task.world.barrier();
    this.task.world.touch(this.place, 'state', 'write', 'full');
  }

  /** Returns what is left of `timeout` (jiffies), 0 when it ran out. @kernel schedule_timeout */
  *scheduleTimeout(timeout: number): KernelTask<number> {
    if (timeout === MAX_SCHEDULE_TIMEOUT) {
      yield* this.schedule();
      return timeout;
    }
    const clock = this.task.world.clock;
    const { label } = this.place;
    const timer: Timer = { label, expires: clock.now + timeout, run: () => this.wakeUp() };
    clock.arm(timer);
    yield* this.schedule();
    yield* clock.cancelSync(timer);
    const left = Math.max(0, timer.expires - clock.now);
    this.task.observe(left);
    return left;
  }

  /** @kernel wake_up_process */
  *wakeUp(): KernelTask<void> {
    if (this.task.world.stops(this.wake)) yield this.wake;
    this.writesState();
    this.task.state = TASK_RUNNING;
  }

  /** A signal for the process: interruptible sleeps end. @kernel signal_wake_up */
  *interrupt(): KernelTask<void> {
    if (this.task.world.stops(this.wake)) yield this.wake;
    this.writesState();
    this.task.world.touch(this.place, 'signalPending', 'write', 'full');
    this.task.signalPending = true;
    if (this.task.state === TASK_INTERRUPTIBLE) this.task.state = TASK_RUNNING;
  }

  /** A signal that ends the process. @kernel send_sig SIGKILL */
  *kill(): KernelTask<void> {
    yield* this.interrupt();
    this.task.isKilled = true;
  }

  /** @kernel fatal_signal_pending */
  *isFatalSignalPending(): KernelTask<boolean> {
    if (this.task.world.stops(this.pend)) yield this.pend;
    this.task.world.touch(this.place, 'signalPending', 'read', 'once');
    this.task.observe(this.task.isKilled ? 1 : 0);
    return this.task.isKilled;
  }
}
