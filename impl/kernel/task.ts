import type { FileTable } from '../uapi/file-table.ts';
import type { MemoryCalls } from '../uapi/mapping.ts';
import type { Access, KernelTask } from './access.ts';
import { Alarm } from './alarm.ts';
import type { Cpu } from './cpu.ts';
import type { HeldLock } from './lockdep.ts';
import { Sleeper } from './sched.ts';
import type { StateKey } from './state-key.ts';
import { TASK_RUNNING, type TaskState } from './task-state.ts';
import type { World } from './world.ts';

/** Where code runs: decides what it may do, and whom it interrupts. */
export type TaskContext = 'process' | 'softirq' | 'hardirq';

/** Lanes are numbered from here, after all tasks. */
export const LANE_BASE = 256;

/** Deeper recursion than this is a stack overflow. Unit: nested release or callback calls. */
export const CALL_DEPTH_MAX = 32;

/** Code that runs alone for longer than this does not end. Unit: accesses. */
export const ALONE_STEPS_MAX = 5_000_000;

/** One lane of execution: a process-context task or an interrupt on some CPU. */
export class Task {
  readonly world: World;
  readonly name: string;
  readonly index: number;
  readonly cpu: Cpu;
  readonly context: TaskContext;
  /** What it runs; null before it is started and after it ended. */
  body: KernelTask<void> | null = null;
  /** The access that the next step performs; null when there is nothing to run. */
  pending: Access | null = null;
  /** For interrupts: entered, and not left yet. */
  entered = false;
  /** For interrupts: the one that they came on top of, if any. */
  interrupted: Task | null = null;
  /** For interrupts: called when the processor has come back from it. */
  returned: (() => void) | null = null;
  /** An interrupt that was raised with others waiting keeps its CPU from going on first. */
  urgent = false;
  /** Where a lane of the machine waits for work; it is no deadlock when it waits there for ever. */
  idleAt: Access | null = null;
  /** Nature drives this lane: while it is idle it may step at any moment, whoever else does what. */
  isNatures = false;

  private sleeping: Sleeper | null = null;
  private waiting: Alarm | null = null;
  state: TaskState = TASK_RUNNING;
  /** A signal of the process is pending: interruptible sleeps end. */
  signalPending = false;
  /** The pending signal ends the process. @kernel fatal_signal_pending */
  isKilled = false;
  /** It is on its way out, and gives back what its process had. @kernel PF_EXITING */
  isExiting = false;
  /** The first thread of its process; threads of no process stand for themselves. @kernel group_leader */
  groupLeader: Task = this;
  /** Bounds nested releases and callbacks. */
  depth = 0;
  preemptCount = 0;
  rcuDepth = 0;
  /** Depth of `dma_fence_begin_signalling` sections. */
  signallingDepth = 0;
  readonly held: HeldLock[] = [];
  /** What it has said about its allocations: bits of `gfp.ts`. @kernel current->flags */
  allocationScope = 0;

  /** Descriptors of its process; null for kernel tasks. @kernel current->files */
  files: FileTable | null = null;
  /** Memory of its process; null for kernel tasks. @kernel current->mm */
  memory: MemoryCalls | null = null;
  /** Name of its process, at most 15 characters. @kernel current->comm */
  comm = 'init';

  /** What is left to do before it returns to user space. @kernel task_work_add */
  readonly returnWork: (() => KernelTask<void>)[] = [];

  /** Number of the current call in its program, and of the allocations made in it. */
  call = 0;
  allocations = 0;
  /** Steps of the world before the first access of the current call. */
  callStart = 0;
  /** Accesses that the current call has performed since it began, or since it forgot. */
  accesses = 0;
  /** What the current call has seen so far; kept only while the world tracks observations. */
  readonly observations: number[] = [];

  constructor(world: World, name: string, index: number, cpu: Cpu, context: TaskContext) {
    this.world = world;
    this.name = name;
    this.index = index;
    this.cpu = cpu;
    this.context = context;
  }

  /** Made when it is first needed: most tasks never sleep. */
  get sleeper(): Sleeper {
    this.sleeping ??= new Sleeper(this);
    return this.sleeping;
  }

  /** The same for waiting for a time. */
  get alarm(): Alarm {
    this.waiting ??= new Alarm(this);
    return this.waiting;
  }

  /** A task of a program, or a worker: what it does, nature does not do by itself. */
  get isActing(): boolean {
    return this.context === 'process' && !this.isNatures;
  }

  get waitsForTime(): boolean {
    return this.waiting !== null && this.waiting.isSet && this.pending === this.waiting.access;
  }

  /** Starts `body`. Code before its first access runs now, as part of the current step. */
  start(body: KernelTask<void>): void {
    this.body = body;
    this.world.enter(this, body);
  }

  /** See `Sleeper.isAboutToSleep`. */
  get isAboutToSleep(): boolean {
    return this.sleeping !== null && this.sleeping.isAboutToSleep;
  }

  /** A service lane between two pieces of work: going on with it is not "nothing special". */
  get isIdle(): boolean {
    return this.idleAt !== null && this.pending === this.idleAt;
  }

  /** A spinlock is held, preemption is off, or this is an interrupt. */
  get isAtomic(): boolean {
    return this.preemptCount > 0 || this.context !== 'process';
  }

  /** Does what was put off until now; system calls end with it. @kernel task_work_run */
  *runReturnWork(): KernelTask<void> {
    for (let work = this.returnWork.shift(); work !== undefined; work = this.returnWork.shift()) {
      yield* work();
    }
  }

  /** Begins a new call of the program: names and observations start afresh. */
  beginCall(): void {
    this.call += 1;
    this.callStart = this.world.steps;
    this.allocations = 0;
    this.forget();
  }

  /**
   * Code is at the head of a loop, or of its call: how often it came here decides nothing, and of
   * all that it has seen only `live` does. Other values than these may not be used again.
   */
  forget(...live: readonly number[]): void {
    this.accesses = 0;
    if (this.observations.length > 0) this.observations.length = 0;
    for (const value of live) this.observe(value);
  }

  /** Everything about the task that decides how it goes on. */
  visitState(key: StateKey): void {
    key.part();
    key.add(this.index);
    key.add(this.pending === null ? 'ended' : this.call);
    key.add(this.accesses);
    key.add(this.pending?.verb ?? null);
    key.add(this.pending?.field ?? null);
    for (const seen of this.observations) key.add(seen);
    key.add(this.allocations);
    key.add(this.state);
    key.add(this.signalPending);
    key.add(this.isKilled);
    key.add(this.isExiting);
    key.add(this.entered);
    key.add(this.urgent);
    key.add(this.interrupted?.index ?? -1);
    key.add(this.preemptCount);
    key.add(this.rcuDepth);
    key.add(this.signallingDepth);
    key.add(this.allocationScope);
    key.add(this.returnWork.length);
    for (const { label, how } of this.held) {
      key.add(label);
      if (how !== undefined) key.add(how.isTried ? 'tried' : 'shared');
    }
  }

  /** How it would give its processor back, if it ended now; null when that is as it got it. */
  get leftBehind(): string | null {
    if (this.held.length > 0) {
      return `with locks held: ${this.held.map((lock) => lock.label).join(', ')}`;
    }
    if (this.preemptCount !== 0) return 'with preemption off';
    if (this.context === 'process' && !this.cpu.irqsEnabled) return 'with interrupts off';
    if (this.rcuDepth !== 0) return 'in an RCU read section';
    if (this.signallingDepth !== 0) return 'in a signalling section';
    if (this.allocationScope !== 0) return 'with a limit on allocations';
    const runs = this.sleeping?.runs ?? true;
    return runs ? null : 'in the state of a sleeper';
  }

  /** Enters a function that can nest without bound when it is wrong. Pair with `leave`. */
  enter(what: string): void {
    this.depth += 1;
    if (this.depth > CALL_DEPTH_MAX) this.world.fault('stack-overflow', `${what} nests too deeply`);
  }

  leave(): void {
    this.depth -= 1;
  }

  /** Notes what a step returned to the task: the explorer's idea of its local state. */
  observe(value: number): void {
    if (this.world.tracksObservations) this.observations.push(value);
  }
}
