import type { EventName, Tracepoint } from '../../model/events.ts';
import { Access, type AccessOrder, type KernelTask, type Place } from './access.ts';
import { runAlone } from './alone.ts';
import type { Choices } from './choices.ts';
import type { Clock } from './clock.ts';
import { Cpu } from './cpu.ts';
import { EVENTS_FIELD, type Footprint, KERNEL_LOG, type TouchKind } from './footprint.ts';
import type { WatchedHardware } from './hardware-ledger.ts';
import { Lockdep } from './lockdep.ts';
import { Memory } from './memory.ts';
import type { KernelObject } from './object.ts';
import type { HardwareRecord, Observer, TraceRecord } from './observer.ts';
import { Rcu } from './rcu.ts';
import { Signals } from './signals.ts';
import { StoreBuffer } from './store-buffer.ts';
import type { Whim } from './whim.ts';
import { LANE_BASE, Task, type TaskContext } from './task.ts';
import type { WorkQueue } from './work-queue.ts';
import { INTACT_PARTS, type WorldParts } from './world-parts.ts';
import { buildOf, type KernelOptions, type WorldOptions } from './world-options.ts';
import { KernelCrash, ObserverError, oopsOf, type Violation } from './violation.ts';

export type { Observer, TraceRecord, WorldEvent } from './observer.ts';
export type { WorldOptions } from './world-options.ts';

const START: Access = new Access('local', 'plain', { label: '' }, '', 'enter');

/**
 * One simulated machine: processors, tasks, interrupts, memory, clock. It performs one step at a
 * time and knows no strategy; the caller picks among the choices that it offers.
 */
export class World {
  readonly tasks: Task[] = [];
  /** Interrupt work, clock, worker; sorted by number. */
  readonly lanes: Task[] = [];
  readonly cpus: Cpu[] = [];
  readonly workQueues: WorkQueue[] = [];
  readonly memory: Memory;
  readonly lockdep: Lockdep;
  readonly rcu: Rcu;
  readonly clock: Clock;
  /** What nature may do at any moment, whoever else does what. */
  readonly whims: Whim[] = [];
  readonly tracksObservations: boolean;
  readonly build: KernelOptions;
  /** Processors have store buffers; most worlds are spared the question. */
  readonly hasBuffers: boolean;
  readonly violations: Violation[] = [];
  /** Builds everything that exists before the program's tasks run. */
  readonly boot: Task;

  current: Task;
  /** Which outcome nature chose for the access being performed. */
  alternative = 0;
  steps = 0;
  failuresLeft: number;
  interruptionsLeft: number;
  /** How many mistakes hardware may still make. */
  hardwareFaultsLeft: number;
  /** Nature has a say in accesses: which outcome, and so which alternatives. */
  asksNature: boolean;
  /** Steps of tasks and workers, and what they lead to: not what hardware and clock do by themselves. */
  taskSteps = 0;
  /** The run is over: something crashed. */
  crashed = false;
  /** Nobody could run before this step, and so at its head nobody can who waits for no time. */
  isIdleStep = false;
  /** Up to this step a task may go on by itself; 0: every step is asked for. See `stops`. */
  private inPlaceMax = 0;

  private readonly choices: Choices;
  /** The choices of this moment: task, alternative; index 0 is "nothing special". */
  readonly choiceTasks: Task[];
  readonly choiceAlternatives: number[];

  /** Hears of everything that steps touch; null unless somebody asked for it. */
  footprint: Footprint | null = null;
  /** Hears only of the accesses of the code, not of looks, and not of what is told. */
  accesses: Footprint | null = null;

  private readonly observers: Observer[] = [];
  private readonly eventObservers: Observer[] = [];
  private readonly stepObservers: Observer[] = [];
  private readonly traceObservers: Observer[] = [];

  constructor(options: WorldOptions = {}, parts: WorldParts = INTACT_PARTS) {
    this.choices = new parts.Choices(this);
    this.choiceTasks = this.choices.tasks;
    this.choiceAlternatives = this.choices.alternatives;
    this.tracksObservations = options.tracksObservations ?? false;
    this.build = buildOf(options);
    this.hasBuffers = options.memory === 'tso';
    this.failuresLeft = options.failuresMax ?? 0;
    this.interruptionsLeft = options.interruptionsMax ?? 0;
    this.hardwareFaultsLeft = options.hardwareFaultsMax ?? 0;
    this.asksNature = this.failuresLeft > 0 || this.hardwareFaultsLeft > 0;
    this.boot = this.addTask('boot', this.addCpu());
    this.current = this.boot;
    this.memory = new Memory(this);
    this.lockdep = new Lockdep(this);
    this.rcu = new Rcu(this);
    this.clock = new parts.Clock(this, options.time ?? 'discrete', parts.Alarms);
    if (this.interruptionsLeft > 0) this.whims.push(new Signals(this));
  }

  addCpu(): Cpu {
    const cpu = this.newCpu(this.cpus.length);
    this.cpus.push(cpu);
    return cpu;
  }

  /** Nobody looks on while the boot processor, number 0, sets things up. */
  private newCpu(index: number): Cpu {
    const cpu = new Cpu(index);
    if (this.hasBuffers && index > 0) cpu.buffer = new StoreBuffer(this, cpu);
    return cpu;
  }

  addTask(name: string, cpu: Cpu = this.addCpu(), context: TaskContext = 'process'): Task {
    const task = new Task(this, name, this.tasks.length, cpu, context);
    this.tasks.push(task);
    return task;
  }

  /** Makes an interrupt deliverable: it enters at a step at which its CPU takes interrupts. */
  raise(interrupt: Task, body: KernelTask<void>, urgent: boolean, enter: Access = START): void {
    interrupt.body = body;
    interrupt.pending = enter;
    interrupt.urgent = urgent;
    if (urgent) interrupt.cpu.urgentPending += 1;
  }

  /**
   * A lane of the machine itself: interrupt work, clock, worker. Lanes are made when first needed,
   * and numbered by kind, so that names do not depend on the order of events.
   */
  addLane(name: string, number: number, context: TaskContext, cpu: Cpu | null = null): Task {
    const index = LANE_BASE + number;
    let at = this.lanes.length;
    for (let before = 0; before < this.lanes.length; before += 1) {
      const lane = this.lanes[before];
      if (lane?.index === index) {
        if (lane.name !== name) throw new Error(`${name} has the number of the lane ${lane.name}`);
        return lane;
      }
      if (lane !== undefined && lane.index > index && at === this.lanes.length) at = before;
    }
    const lane = new Task(this, name, index, cpu ?? this.newCpu(index), context);
    this.lanes.splice(at, 0, lane);
    return lane;
  }

  observe(observer: Observer): void {
    this.observers.push(observer);
    if (observer.event !== undefined) this.eventObservers.push(observer);
    if (observer.stepped !== undefined) {
      this.stepObservers.push(observer);
      this.inPlaceMax = 0; // from now on every step is heard of
    }
    if (observer.tracepoint !== undefined) this.traceObservers.push(observer);
  }

  /** A step touches something that is no kernel object: the clock, the state word of a task. */
  touch(place: Place, field: string, kind: TouchKind, order: AccessOrder): void {
    if (this.footprint !== null) this.footprint.touched(place, field, kind, order);
    // What is told, and what those remember who were told, is no memory of the kernel.
    if (this.accesses !== null && field !== EVENTS_FIELD) {
      this.accesses.touched(place, field, kind, order);
    }
  }

  /** Where stores of the processor that runs wait; null when they are seen at once. */
  get ownBuffer(): StoreBuffer | null {
    return this.hasBuffers ? this.current.cpu.buffer : null;
  }

  /** A full barrier, or an atomic operation: what this processor has stored lands. */
  barrier(): void {
    if (this.hasBuffers) this.current.cpu.buffer?.drain();
  }

  /** Somebody who watches the run sees a field, in the middle of a step. */
  looked(place: Place, field: string): void {
    if (this.footprint !== null) this.footprint.touched(place, field, 'look', 'full');
  }

  /** Tells the judges that `object` took an event, at the step that commits it. */
  emit(
    object: KernelObject,
    name: EventName,
    result: number | null = null,
    detail = 0,
    subject: KernelObject | null = null,
  ): void {
    if (this.eventObservers.length === 0) return;
    this.touch(object, EVENTS_FIELD, 'tell', 'full');
    const event = { object, name, result, detail, subject, task: this.current, step: this.steps };
    try {
      for (const observer of this.eventObservers) observer.event?.(event);
    } catch (error) {
      throw new ObserverError(error);
    }
  }

  /** Somebody listens to events. */
  get isHeard(): boolean {
    return this.eventObservers.length > 0;
  }

  /** Simulated hardware is there; who keeps its books begins now. */
  hardwareMade(hardware: WatchedHardware): void {
    for (const observer of [...this.observers]) observer.hardwareMade?.(hardware, this);
  }

  /** Hardware, or an oracle that watches it, has noted something. */
  noted(record: HardwareRecord): void {
    for (const observer of this.observers) observer.hardware?.(record);
  }

  /** Trace points cost nothing while nobody listens. */
  trace(name: Tracepoint, object: KernelObject, record?: TraceRecord | null, detail = 0): void {
    if (this.isTraced) this.touch(object, EVENTS_FIELD, 'tell', 'full');
    for (const one of this.traceObservers) one.tracepoint?.(name, object, record ?? null, detail);
  }

  /** Somebody listens to trace points: their records must be made. @kernel trace_*_enabled */
  get isTraced(): boolean {
    return this.traceObservers.length > 0;
  }

  /** A complaint that does not stop the operation (`WARN`, lock reports). */
  complain(
    kind: Violation['kind'],
    message: string,
    object: KernelObject | null = null,
  ): Violation {
    const violation: Violation = {
      kind,
      message,
      step: this.steps,
      task: this.current,
      object,
    };
    this.touch(KERNEL_LOG, 'violations', 'write', 'once');
    this.violations.push(violation);
    for (const observer of this.observers) observer.violation?.(violation);
    return violation;
  }

  /** `WARN_ON(condition)`: complains, and tells whether it did. */
  warnOn(condition: boolean, message: string, object: KernelObject | null = null): boolean {
    if (condition) this.complain('warn', message, object);
    return condition;
  }

  /** What the kernel does not survive: `BUG`, a wild access, a smashed stack. */
  fault(kind: Violation['kind'], message: string, object: KernelObject | null = null): never {
    throw new KernelCrash(this.complain(kind, message, object));
  }

  /** `BUG_ON(condition)`. */
  bugOn(condition: boolean, message: string, object: KernelObject | null = null): void {
    if (condition) this.fault('bug', message, object);
  }

  /** Kernel code could not go on: the run is over. What others threw is thrown again. */
  crash(error: unknown): void {
    const oops = oopsOf(error);
    if (oops !== null) this.complain(oops.kind, oops.message);
    this.crashed = true;
  }

  /** Runs code to its end without a schedule: for set-up, before any other task exists. */
  runNow<T>(body: KernelTask<T>): T {
    return runAlone(this, body);
  }

  /** Lists the choices of this moment and returns how many there are; 0 means quiescent. */
  enumerate(): number {
    return this.choices.enumerate();
  }

  /** Looks for choice 0 alone, for `perform(0)`; false: quiescent. */
  hasNext(): boolean {
    return this.choices.first();
  }

  /**
   * Who drives the world would take choice 0 each time, up to this step, and nobody hears of single
   * steps: a task that would be asked to go on may do so by itself.
   */
  letGoOn(stepsMax: number): void {
    const isHeard = this.stepObservers.length > 0 || this.footprint !== null;
    const isWatched = isHeard || this.accesses !== null || this.hasBuffers;
    this.inPlaceMax = isWatched ? 0 : stepsMax;
  }

  /**
   * True: the task that runs has to yield at `access`, so that somebody chooses who goes on. False:
   * it would be chosen, and this was the step; the access is performed without a way back through
   * all callers. What has its books kept from its first access on begins with a step that is asked
   * for; so does a lane that waits for work.
   */
  stops(access: Access): boolean {
    if (this.steps >= this.inPlaceMax) return true;
    const task = this.current;
    if (task.accesses === 0 || access === task.idleAt || !task.cpu.lets(task)) return true;
    if (access.gate !== null && !access.gate.ready(task)) return true;
    task.pending = access;
    this.alternative = 0;
    this.isIdleStep = false;
    this.steps += 1;
    task.accesses += 1;
    if (task.isActing) this.taskSteps += 1;
    return false;
  }

  /** Performs the choice with this index, out of the last `enumerate`. */
  perform(choice: number): void {
    const task = this.choiceTasks[choice];
    const alternative = this.choiceAlternatives[choice];
    if (task === undefined || alternative === undefined) {
      throw new Error(`choice ${choice} of ${this.choiceTasks.length} does not exist`);
    }
    this.isIdleStep = this.choices.isIdle;
    this.step(task, alternative);
    this.isIdleStep = false;
  }

  /** Lets one task perform its pending access. */
  step(task: Task, alternative: number): void {
    const access = task.pending;
    const body = task.body;
    if (access === null || body === null) throw new Error(`${task.name} has nothing to run`);
    const before = this.current;
    this.current = task;
    this.alternative = alternative;
    this.steps += 1;
    task.accesses += 1;
    if (task.isActing) this.taskSteps += 1;
    if (task.context !== 'process' && !task.entered) task.cpu.enterInterrupt(task);
    this.resume(task, body);
    if (this.hasBuffers && access.kind === 'drain') this.current = before; // who ran goes on
    for (const observer of this.stepObservers) observer.stepped?.(task, access, alternative);
  }

  /** Lets code run up to its first access, in a step of somebody else. */
  enter(task: Task, body: KernelTask<void>): void {
    const { current, inPlaceMax } = this;
    this.current = task;
    this.inPlaceMax = 0;
    this.resume(task, body);
    this.inPlaceMax = this.crashed ? 0 : inPlaceMax;
    this.current = current;
  }

  /** Lets code run up to its next access, its end, or its crash. */
  resume(task: Task, body: KernelTask<void>): void {
    try {
      if (this.hasBuffers) task.cpu.buffer?.enter(task);
      const next = body.next();
      if (next.done === true) this.finish(task);
      else task.pending = next.value;
    } catch (error) {
      this.crash(error);
      task.pending = null;
      task.body = null;
    }
  }

  isRunnable(task: Task): boolean {
    if (task.pending === null || !task.cpu.lets(task)) return false;
    const { gate } = task.pending;
    return gate === null || gate.ready(task);
  }

  private finish(task: Task): void {
    task.body = null;
    task.pending = null;
    task.forget();
    this.lockdep.checkLeft(task);
    if (!task.entered) return;
    task.cpu.leaveInterrupt(task);
    task.returned?.();
  }
}
