import { EVENTS_FIELD } from '../../impl/kernel/footprint.ts';
import type { Violation } from '../../impl/kernel/violation.ts';
import type { KernelTask } from '../../impl/kernel/access.ts';
import { LANE_BASE, type Task } from '../../impl/kernel/task.ts';
import type { World } from '../../impl/kernel/world.ts';
import { INTACT, Stack, type StackTypes } from '../../impl/stack.ts';
import type { Process } from '../../impl/uapi/process.ts';
import { drive } from '../explore/drive.ts';
import type { StateKey } from '../../impl/kernel/state-key.ts';
import type { Execution } from '../explore/subject.ts';
import { Environment } from '../programs/environment.ts';
import {
  Arguments,
  operation,
  ProgramError,
  type Operation,
  type Result,
} from '../programs/operation.ts';
import { processOf } from '../programs/processes.ts';
import type { Call, Program, TaskProgram } from '../programs/program.ts';
import { FIRST, type Strategy } from '../schedules/strategy.ts';
import type { Finding } from './finding.ts';
import type { CallRecord } from './history.ts';
import { Log, type Sighting } from './log.ts';
import type { CallMoment, Judge } from './judge.ts';

export interface RunOptions {
  readonly types?: StackTypes;
  readonly judges?: readonly Judge[];
  readonly stepsMax?: number;
  readonly tracksObservations?: boolean;
  /** What else will be said of the run, as far as it is decided by now. */
  readonly view?: (run: Run) => string;
  /** Keep every event and trace point, for properties that look at them. Default: yes. */
  readonly notes?: boolean;
  /** Nobody asks for the choices of the run: a replay is not wanted. Default: no. */
  readonly isUncounted?: boolean;
  /** Called when the tasks start: what has happened so far is set-up. */
  readonly onStart?: (world: World) => void;
  /** Called when nothing can run any more, before the program gives everything back. */
  readonly onEnd?: (world: World) => void;
  /** Called before every step, with the task whose access comes next. */
  readonly onStep?: (task: Task) => void;
  /** Called before a step that had an alternative, with the choice that was made. */
  readonly onChoice?: (world: World, choice: number) => unknown;
  /** Wraps the code of each task, to change how it runs without changing it. */
  readonly wrap?: (body: KernelTask<void>, task: Task) => KernelTask<void>;
}

/** A task that could not go on when nothing could run any more. */
export interface Blocked {
  readonly task: string;
  readonly at: string;
  readonly why: string;
}

/** One execution of a program under one schedule, and everything that was seen. */
export class Run implements Execution {
  readonly program: Program;
  readonly stack: Stack;
  readonly environment: Environment;
  readonly calls: CallRecord[] = [];
  /** Every choice that had an alternative. */
  readonly choices: number[] = [];
  readonly blocked: Blocked[] = [];
  private readonly log = new Log();
  findings: readonly Finding[] = [];
  /** The run was cut because it had too many steps. */
  isEndless = false;
  private readonly options: RunOptions;
  /** Judges that want to hear of calls that come back. */
  private readonly listeners: readonly Judge[];
  private readonly choosers: readonly Judge[];
  private isStarted = false;
  /** Judges that care for moments of calls. */
  private readonly tracking: readonly Judge[];
  /** The call that each task is in, by the task's number. */
  private readonly open: (CallRecord | undefined)[] = [];

  constructor(program: Program, options: RunOptions = {}) {
    this.program = program;
    this.options = options;
    this.stack = new Stack(
      { ...program.world, tracksObservations: options.tracksObservations ?? false },
      options.types ?? INTACT,
    );
    this.environment = new Environment(this.stack, program);
    this.listeners = (options.judges ?? []).filter((judge) => judge.returned !== undefined);
    this.choosers = (options.judges ?? []).filter((judge) => judge.choosing !== undefined);
    for (const judge of options.judges ?? []) this.world.observe(judge);
    this.tracking = (options.judges ?? []).filter((judge) => judge.called !== undefined);
    if (options.notes ?? true) this.world.observe(this.log);
  }

  get world(): World {
    return this.stack.world;
  }

  /** Who looks at choices, or could want to make them again, has them counted. */
  get isUncounted(): boolean {
    const { isUncounted, onChoice } = this.options;
    return isUncounted === true && onChoice === undefined && this.choosers.length === 0;
  }

  /** Who is called at steps, or changes how code runs, has every step made by itself. */
  get isUnwatched(): boolean {
    const { onStep, wrap } = this.options;
    return onStep === undefined && wrap === undefined && this.tracking.length === 0;
  }

  /** Events and trace points, in order. */
  get sightings(): readonly Sighting[] {
    return this.log.sightings;
  }

  get violations(): readonly Violation[] {
    return this.world.violations;
  }

  /** Runs to the end and lets the judges speak. */
  execute(strategy: Strategy): this {
    this.begin();
    this.end(drive(this, strategy, this.options.stepsMax));
    return this;
  }

  /** Makes everything that the program finds, and starts its tasks. */
  begin(): this {
    this.alone(this.program.setup, 'setup');
    if (this.world.crashed) return this;
    this.startTasks();
    this.isStarted = true;
    this.options.onStart?.(this.world);
    return this;
  }

  perform(choice: number, count: number): void {
    const { world } = this;
    if (count > 1) {
      this.choices.push(choice);
      for (const judge of this.choosers) judge.choosing?.(world, count);
      this.options.onChoice?.(world, choice);
    }
    const task = world.choiceTasks[choice];
    const isLane = task === undefined || task.index >= LANE_BASE;
    const record = isLane ? undefined : this.open[task.index];
    if (task !== undefined) this.options.onStep?.(task);
    // The call may come back in this very step, and its judges want to know when it began.
    const isBegun = record === undefined || record.begin > 0;
    if (record !== undefined && !isBegun) record.begin = world.steps + 1;
    world.perform(choice);
    if (record !== undefined && !isBegun) this.noteMoment('begun', record);
  }

  end(isCut: boolean): void {
    if (this.isStarted) {
      this.isEndless = isCut;
      this.noteBlocked();
      this.options.onEnd?.(this.world);
      if (this.isOver) this.wrapUp();
    }
    this.findings = (this.options.judges ?? []).flatMap((judge) => judge.finish(this));
  }

  /** Every task came to its end and nothing crashed. */
  get isOver(): boolean {
    return !this.world.crashed && this.blocked.length === 0 && !this.isEndless;
  }

  /** The calls that have begun, or are next, and have not come back. */
  get underWay(): readonly CallRecord[] {
    const open: CallRecord[] = [];
    for (const record of this.open) if (record?.end === null) open.push(record);
    return open;
  }

  /** Results of a task's calls, in order; calls that did not return are missing. */
  resultsOf(task: string): Result[] {
    const mine = this.calls.filter((record) => record.task === task && record.end !== null);
    return mine.map((record) => record.result);
  }

  /** The result of a task's only call of `op`; undefined when it did not return. */
  resultOf(task: string, op: string): Result | undefined {
    const found = this.calls.find((record) => record.task === task && record.call.op === op);
    return found === undefined || found.end === null ? undefined : found.result;
  }

  /** What was returned, in one line: equal lines are equal outcomes. */
  get outcome(): string {
    const names = this.program.tasks.map((task) => task.name);
    const parts = names.map((name) => `${name}:${this.resultsOf(name).join(',')}`);
    for (const { task } of this.blocked) parts.push(`${task} blocks`);
    if (this.world.crashed) parts.push('crash');
    return parts.join(' ');
  }

  /** What the program holds, what was answered, and what the judges have in mind. */
  visitState(key: StateKey): void {
    for (const task of this.program.tasks) {
      key.part();
      key.add(task.name);
      for (const result of this.resultsOf(task.name)) key.add(result);
    }
    this.environment.visitState(key);
    for (const judge of this.options.judges ?? []) judge.visitState?.(key, this);
    if (this.options.view !== undefined) this.visitView(key, this.options.view);
  }

  private visitView(key: StateKey, view: (run: Run) => string): void {
    key.part();
    try {
      key.add(view(this));
    } catch (error) {
      // What it asks for may not have been made yet.
      if (!(error instanceof ProgramError)) throw error;
    }
  }

  private startTasks(): void {
    const { world, program } = this;
    const { processes } = this.environment;
    // Steps are counted from here: interrupts of the set-up are part of the set-up.
    world.steps = 0;
    for (const judge of this.options.judges ?? []) judge.tasksStart?.(world);
    const cpus = new Map<number, Task['cpu']>();
    for (const lane of program.tasks) {
      const cpu = cpus.get(lane.cpu) ?? world.addCpu();
      cpus.set(lane.cpu, cpu);
      const task = world.addTask(lane.name, cpu, lane.context);
      processes.named(processOf(lane)).adopt(task);
    }
    for (const [index, lane] of program.tasks.entries()) {
      const task = world.tasks[index + 1];
      if (task === undefined) continue;
      const plain = this.threadOf(task, lane);
      const body = this.options.wrap === undefined ? plain : this.options.wrap(plain, task);
      if (lane.context === 'hardirq') world.raise(task, body, false);
      else task.start(body);
    }
  }

  /** What a task does. Those of other processes wait until they are forked, and end them. */
  private threadOf(task: Task, lane: TaskProgram): KernelTask<void> {
    const { processes } = this.environment;
    const process = processes.named(processOf(lane));
    if (lane.process === undefined && !processes.canBeKilled) return this.callAll(task, lane.calls);
    return this.mortal(task, lane, process);
  }

  private *mortal(task: Task, lane: TaskProgram, process: Process): KernelTask<void> {
    if (!process.isBorn) yield* process.awaitBirth();
    yield* this.callAll(task, lane.calls);
    if (task.isKilled || lane.process !== undefined) yield* process.endThread();
  }

  private *callAll(task: Task, calls: readonly Call[]): KernelTask<void> {
    const { environment, world } = this;
    const { canBeKilled } = environment.processes;
    let position = 0;
    for (const call of calls) {
      if (canBeKilled && (yield* task.sleeper.isSignalPending()) && task.isKilled) return;
      task.beginCall();
      const record: CallRecord = {
        task: task.name,
        position,
        call,
        begin: 0,
        end: null,
        result: null,
      };
      this.calls.push(record);
      this.open[task.index] = record;
      this.noteMoment('made', record);
      const { run, args } = compiled(call);
      record.result = yield* run(environment, args, call.out ?? null);
      // Also what a look-up has dropped that lost its race, in a call that failed for that.
      if (task.returnWork.length > 0) yield* task.runReturnWork();
      world.lockdep.checkReturned(task);
      record.end = world.steps;
      for (const judge of this.listeners) judge.returned?.(record, this);
      this.tell();
      position += 1;
    }
  }

  /** The beginnings and ends of calls are part of what a run tells. */
  private tell(): void {
    const { world } = this;
    // Asking for its sleeper makes one, and most runs have nobody who listens.
    if (world.footprint === null) return;
    world.touch(world.current.sleeper.place, EVENTS_FIELD, 'tell', 'full');
  }

  private noteMoment(moment: CallMoment, record: CallRecord): void {
    this.tell();
    for (const judge of this.tracking) judge.called?.(moment, record, this);
  }

  private bodyOf(call: Call): KernelTask<Result> {
    const { run, args } = compiled(call);
    return run(this.environment, args, call.out ?? null);
  }

  /** Runs calls with nobody else around. */
  private alone(calls: readonly Call[], name: string): void {
    const { world } = this;
    try {
      for (const [position, call] of calls.entries()) {
        world.boot.beginCall();
        const begin = world.steps;
        const result = world.runNow(this.bodyOf(call));
        this.calls.push({ task: name, position, call, begin, end: world.steps, result });
      }
    } catch (error) {
      world.crash(error);
    }
  }

  /** Gives everything back, so that what is left afterwards has leaked. */
  private wrapUp(): void {
    this.alone(this.program.teardown, 'teardown');
    if (this.world.crashed) return;
    const { world } = this;
    try {
      world.boot.beginCall();
      for (const process of this.environment.processes.all) world.runNow(process.exit());
      world.runNow(this.environment.dropAll());
      this.isEndless = drive(this, FIRST, this.options.stepsMax);
    } catch (error) {
      world.crash(error);
    }
  }

  private noteBlocked(): void {
    if (this.world.crashed || this.isEndless) return;
    for (const task of [...this.world.tasks, ...this.world.lanes]) {
      const access = task.pending;
      if (access === null || task.isIdle) continue;
      const why =
        access.gate !== null && !access.gate.ready(task)
          ? access.gate.blockedBy
          : 'its processor does not come back to it';
      this.blocked.push({ task: task.name, at: access.label, why });
    }
  }
}

interface Compiled {
  readonly run: Operation['run'];
  readonly args: Arguments;
}

/** Programs run again and again: their calls are looked up once. */
const COMPILED = new WeakMap<Call, Compiled>();

function compiled(call: Call): Compiled {
  let found = COMPILED.get(call);
  if (found === undefined) {
    found = { run: operation(call.op).run, args: new Arguments(call.op, call.args) };
    COMPILED.set(call, found);
  }
  return found;
}
