import type { Access, KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject } from '../../impl/kernel/object.ts';
import type { WorldEvent, WorldOptions } from '../../impl/kernel/world.ts';
import type { Stack } from '../../impl/stack.ts';
import type { EventName, ObjectKind } from '../../model/events.ts';
import type { ModelEvent } from '../../model/lifecycle.ts';
import { monitorTable } from '../../model/lifecycles.ts';

/** A way to make an event happen: code that a new task runs. */
export interface Operation {
  readonly name: string;
  /** Events of the object that it can emit. None: it only moves what is around the object. */
  readonly emits: readonly EventName[];
  /** Those of them with which it can begin; default: all. */
  readonly begins?: readonly EventName[];
  /** The code, or null when there is nothing to do it with, or to. Asking changes nothing. */
  readonly body: () => KernelTask<unknown> | null;
  /** Events that answer it: it returns what the path says of the last one of them. */
  readonly answers?: readonly EventName[];
  /** Events after which it is stopped on its way; default: after each. */
  readonly stops?: readonly EventName[];
  /** It is stopped on its way before it emits anything: where it matters what it has seen. */
  readonly isQuiet?: boolean;
  /** Nature fails its allocations. */
  readonly isStarved?: boolean;
  /** Nature fails its allocations from this event of the object on. */
  readonly starvedAfter?: EventName;
  /** A signal is pending for its task from the start. */
  readonly isInterrupted?: boolean;
  /** It takes away what other tasks use: they must be through first, unless they are readers. */
  readonly isEnd?: () => boolean;
  /** It needs nothing but an RCU read section. */
  readonly isReader?: boolean;
  /** It runs in the one task that holds what it takes, such as a sleeping lock. */
  readonly isSession?: boolean;
  /** It runs in the task of this name, one of the scene's `callers`. */
  readonly by?: string;
}

/** Something to point at while a task waits for its turn; nobody else looks at it. */
class Turn extends KernelObject {
  readonly pause: Cell;

  constructor(stack: Stack) {
    super(stack.world, 'turn');
    this.isStatic = true;
    this.pause = new Cell(this, PAUSE, 0);
  }

  visitState(): void {}
}

const PAUSE = 'pause';

/**
 * One object under test and what stands around it, in a fresh stack. A scene holds pointers and
 * knows operations; what state anything is in, only the stack knows.
 */
export abstract class Scene {
  readonly stack: Stack;
  abstract readonly kind: ObjectKind;
  abstract readonly operations: readonly Operation[];
  /** Tasks that are there from the start, each for operations of its own; numbered from 1. */
  readonly callers: readonly string[] = [];
  /** The object under test: the first of its kind that speaks. */
  subject: KernelObject | null = null;
  private readonly turn: Turn;

  constructor(stack: Stack) {
    this.stack = stack;
    this.turn = new Turn(stack);
  }

  /** The machine's event for something that happened; null when it is not about the object. */
  translate(event: WorldEvent): ModelEvent | null {
    if (this.subject === null && event.object.kind === this.kind) this.subject = event.object;
    return event.object === this.subject ? this.take(event) : null;
  }

  protected take(event: WorldEvent): ModelEvent | null {
    return monitorTable(this.kind, this.stack.world.build).lifecycle.take(event);
  }

  /** Tasks are also stopped after this event of another object. */
  stopsAfter(_event: WorldEvent): boolean {
    return false;
  }

  /** Tasks are also stopped before this access. */
  stopsBefore(access: Access): boolean {
    return this.isPause(access);
  }

  /** A task waits for its turn. */
  isPause(access: Access): boolean {
    return access.place === this.turn && access.field === PAUSE;
  }

  /** Gives the turn away. */
  *pause(): KernelTask<void> {
    yield* this.turn.pause.read();
  }
}

/** How a kind of object is put on the scene. */
export interface SceneKind {
  /** Tasks that are stopped on their way at the same time, awake. */
  readonly liveMax: number;
  /** Tasks that sleep at the same time. */
  readonly asleepMax: number;
  /** It matters what the objects around it are like; they are no part of its machine. */
  readonly isSurrounded: boolean;
  readonly kind: ObjectKind;
  readonly world: WorldOptions;
  readonly set: (stack: Stack) => Scene;
}
