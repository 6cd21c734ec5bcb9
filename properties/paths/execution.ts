import type { KernelTask } from '../../impl/kernel/access.ts';
import { TASK_RUNNING } from '../../impl/kernel/task-state.ts';
import type { Task } from '../../impl/kernel/task.ts';
import type { World, WorldEvent } from '../../impl/kernel/world.ts';
import { Stack, type StackTypes } from '../../impl/stack.ts';
import { FileTable } from '../../impl/uapi/file-table.ts';
import type { EventName } from '../../model/events.ts';
import { Referee, type Ground } from './referee.ts';
import { decisionText } from './script.ts';
import type { Operation, Scene, SceneKind } from './scene.ts';

/** A task that gets nowhere in this many steps waits for something in a loop. Unit: steps. */
const GO_STEPS_MAX = 500;

/** Start an operation in a task of its own, or let a task go on from where it was stopped. */
export type Decision =
  | { readonly kind: 'start'; readonly operation: number }
  | { readonly kind: 'go'; readonly task: number };

/** A decision, and the events that it can lead to; null: any. */
export interface Candidate {
  readonly decision: Decision;
  readonly emits: readonly EventName[] | null;
  /** Those that can come next. */
  readonly begins: readonly EventName[] | null;
  /** It need not lead to any of them yet. */
  readonly isQuiet: boolean;
}

/** A task that is stopped on its way. */
export interface Late {
  /** It waits to be woken: it does nothing by itself. */
  readonly isAsleep: boolean;
  /** Equal for tasks that can go on in the same ways. */
  readonly where: string;
  /** Null: any. */
  readonly emits: readonly EventName[] | null;
}

/** A task and what it was started for. */
interface Running {
  readonly task: Task;
  operation: Operation;
  /** The transition that answers it, as far as it has come. */
  answer: number | null;
  /** Nature has begun to fail its allocations on its way. */
  isStarved?: boolean;
}

/** A task that runs one operation after the other. */
interface Session extends Running {
  /** What it does when it goes on. */
  next: KernelTask<unknown> | null;
}

/** What a caller has to do before it is asked. */
const NOTHING: Operation = { name: 'wait', emits: [], body: () => null };

/** The session in which an operation runs; null when it has a task of its own. */
function sessionOf({ isSession, by }: Operation): string | null {
  return by ?? (isSession === true ? 'session' : null);
}

/**
 * One run, decision by decision: a task goes on until the object under test speaks, until it is
 * stopped on its way, or until it cannot go on.
 */
export class Execution {
  readonly referee: Referee;
  readonly world: World;
  readonly scene: Scene;
  /** What was decided so far, as scripts write it. */
  readonly decided: string[] = [];
  private readonly running: Running[] = [];
  private readonly sessions = new Map<string, Session>();
  private isStopped = false;
  /** Events after which the task that goes on is stopped; null: after each. */
  private stops: Operation['stops'] | null = null;

  constructor(ground: Ground, kind: SceneKind, types: StackTypes) {
    this.referee = new Referee(ground);
    const stack = new Stack({ ...kind.world, tracksObservations: true }, types);
    this.world = stack.world;
    this.world.boot.files = new FileTable(this.world);
    this.scene = kind.set(stack);
    this.world.observe(this);
    for (const caller of this.scene.callers) this.openSession(caller, { ...NOTHING, name: caller });
  }

  event(event: WorldEvent): void {
    const taken = this.scene.translate(event);
    if (taken === null) {
      if (this.scene.stopsAfter(event)) this.isStopped = true;
      return;
    }
    if (this.stops?.includes(taken.type) !== false) this.isStopped = true;
    const { subject } = this.scene;
    // What is said of the object by others, or on its behalf, is no result of its own.
    const result = event.object === subject ? event.result : null;
    const view = subject?.abstract() ?? null;
    this.referee.take({ event: taken, result, view }, this.world);
    const running = this.running.find(({ task }) => task === event.task);
    if (running?.operation.answers?.includes(taken.type) === true) {
      running.answer = this.referee.cells.at(-1) ?? null;
    }
    if (running !== undefined && running.operation.starvedAfter === taken.type) {
      running.isStarved = true;
      this.world.failuresLeft += 1;
    }
  }

  /** False when the decision cannot be made. */
  perform(decision: Decision): boolean {
    const isMade = this.make(decision);
    if (isMade) this.decided.push(decisionText(decision, this));
    return isMade;
  }

  private make(decision: Decision): boolean {
    if (decision.kind === 'start') return this.start(decision.operation);
    const task = this.taskAt(decision.task);
    if (task === null) return false;
    this.go(task);
    return true;
  }

  private taskAt(index: number): Task | null {
    const { tasks, lanes } = this.world;
    return tasks[index] ?? lanes.find((lane) => lane.index === index) ?? null;
  }

  private start(number: number): boolean {
    const operation = this.scene.operations[number];
    const body = operation?.body() ?? null;
    if (operation === undefined || body === null) return false;
    if (operation.isStarved === true) this.world.failuresLeft += 1;
    const name = sessionOf(operation);
    if (name !== null) return this.startSession(name, operation, body);
    const task = this.addTask(operation);
    this.isStopped = false;
    this.stops = operation.stops ?? null;
    const running = { task, operation, answer: null };
    this.running.push(running);
    task.start(this.run(running, body));
    const isWaiting = task.pending === null || this.scene.stopsBefore(task.pending);
    if (!this.isStopped && !isWaiting) this.go(task);
    return true;
  }

  private startSession(name: string, operation: Operation, body: KernelTask<unknown>): boolean {
    const session = this.sessions.get(name) ?? this.openSession(name, operation);
    if (!this.isIdle(session)) return false;
    session.operation = operation;
    session.isStarved = false;
    session.task.beginCall();
    session.next = body;
    this.go(session.task);
    return true;
  }

  private openSession(name: string, operation: Operation): Session {
    const task = this.addTask(operation);
    const session = { task, operation, answer: null, next: null };
    this.sessions.set(name, session);
    this.running.push(session);
    task.start(this.serve(session));
    return session;
  }

  private addTask(operation: Operation): Task {
    const task = this.world.addTask(operation.name);
    task.files = this.world.boot.files;
    task.signalPending = operation.isInterrupted ?? false;
    return task;
  }

  /** What the session runs: one operation after the other, each when it is its turn. */
  private *serve(session: Session): KernelTask<void> {
    for (;;) {
      yield* this.scene.pause();
      const body = session.next;
      session.next = null;
      if (body !== null) yield* this.run(session, body);
    }
  }

  /** Runs an operation, and holds what it returns against the event that answers it. */
  private *run(running: Running, body: KernelTask<unknown>): KernelTask<void> {
    running.answer = null;
    const value = yield* body;
    if (running.answer === null || this.referee.isOut) return;
    this.referee.returned(running.answer, Number(value), this.world);
  }

  private isIdle({ task: { pending } }: Session): boolean {
    return pending !== null && this.scene.isPause(pending);
  }

  private go(task: Task): void {
    const { world, scene } = this;
    const running = this.running.find((entry) => entry.task === task);
    const operation = running?.operation;
    this.isStopped = false;
    this.stops = operation?.stops ?? null;
    for (let steps = 0; steps < GO_STEPS_MAX; steps += 1) {
      const access = task.pending;
      if (access === null || !world.isRunnable(task)) return;
      if (steps > 0 && (task.isIdle || scene.stopsBefore(access))) return;
      const isStarved = operation?.isStarved === true || running?.isStarved === true;
      const isFailing = isStarved && access.kind === 'choose';
      world.step(task, isFailing ? 1 : 0);
      if (this.isStopped || world.crashed || this.referee.isOut) return;
    }
  }

  /** Tasks that are stopped on their way. */
  private get busy(): readonly Running[] {
    const idle = new Set<Running>();
    for (const session of this.sessions.values()) if (this.isIdle(session)) idle.add(session);
    return this.running.filter((entry) => entry.task.pending !== null && !idle.has(entry));
  }

  /** The tasks that are stopped on their way: where, and what they can still emit. */
  get late(): readonly Late[] {
    return this.busy.map(({ task, operation: { name, emits } }) => ({
      where: `${name} ${whereIs(task)}`,
      emits,
      isAsleep: task.state !== TASK_RUNNING,
    }));
  }

  /** What stands around the object; fences that are over and done with tell as much as one. */
  get around(): string {
    const { subject } = this.scene;
    const others = this.world.memory.live().filter((object) => object !== subject);
    return [...new Set(others.map((object) => JSON.stringify(object.abstract())))]
      .toSorted()
      .join(' ');
  }

  /** Everything that can be done next. Equal candidates of one search are one object. */
  candidates(known: Map<string, Candidate>): Candidate[] {
    const found: Candidate[] = [];
    const isBusy = this.busy.some(({ operation }) => operation.isReader !== true);
    for (const [number, operation] of this.scene.operations.entries()) {
      const session = this.sessions.get(sessionOf(operation) ?? '');
      if (session !== undefined && !this.isIdle(session)) continue;
      if ((isBusy && operation.isEnd?.() === true) || operation.body() === null) continue;
      found.push(once(known, operation.name, () => starting(number, operation)));
    }
    for (const { task, operation } of this.busy) {
      if (!this.world.isRunnable(task)) continue;
      const name = `${operation.name} ${task.index}`;
      found.push(once(known, name, () => going(task, operation.emits)));
    }
    for (const lane of this.world.lanes) {
      if (this.world.isRunnable(lane)) {
        found.push(once(known, `lane ${lane.index}`, () => going(lane, null)));
      }
    }
    return found;
  }

  /** Equal for moments from which the same can follow. */
  get key(): string {
    const { world } = this;
    const tasks = this.late.map(({ where }) => where).toSorted();
    const lanes = world.lanes.map((lane) => `${lane.name.replace(/\d+/, '')} ${whereIs(lane)}`);
    const parts = [this.referee.state, tasks, lanes, world.clock.armed.length, this.around];
    return JSON.stringify(parts);
  }
}

function whereIs({ pending, state, signalPending, observations }: Task): string {
  if (pending === null) return '';
  const { verb, field, place } = pending;
  return `${verb} ${place.label.replace(/[\d.:]+/, '')} ${field} ${state} ${signalPending} ${observations.join(' ')}`;
}

function starting(operation: number, { emits, begins, isQuiet }: Operation): Candidate {
  return {
    decision: { kind: 'start', operation },
    emits,
    begins: begins ?? emits,
    isQuiet: isQuiet ?? emits.length === 0,
  };
}

function going(task: Task, emits: Candidate['emits']): Candidate {
  return { decision: { kind: 'go', task: task.index }, emits, begins: emits, isQuiet: true };
}

function once(known: Map<string, Candidate>, name: string, make: () => Candidate): Candidate {
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}
