import type { KernelTask } from '../../impl/kernel/access.ts';
import { Cell } from '../../impl/kernel/cell.ts';
import { KernelObject, type StateVisitor } from '../../impl/kernel/object.ts';
import { PlainWord } from '../../impl/kernel/plain.ts';
import { TASK_UNINTERRUPTIBLE } from '../../impl/kernel/task-state.ts';
import { WorkQueue } from '../../impl/kernel/work-queue.ts';
import { SpinLock } from '../../impl/kernel/spinlock.ts';
import type { InterruptLine } from '../../impl/hw/interrupt-line.ts';
import type { World } from '../../impl/kernel/world.ts';
import type { Platform } from '../../impl/hw/platform.ts';

/** What a handler does besides counting. */
export const HANDLERS = ['counts', 'acknowledges', 'locks', 'sleeps', 'defers', 'signs'] as const;
export type HandlerKind = (typeof HANDLERS)[number];

/** An interrupt line of a program, and a handler that counts how often it is called. */
export class ServedLine extends KernelObject {
  readonly line: InterruptLine;
  /** What the device says of a level. */
  readonly status: PlainWord<boolean>;
  readonly handled: Cell;
  /** Handlers of this line, and of all lines, that run now, and how often one met another. */
  readonly inside: Cell;
  readonly anywhere: Cell;
  private overlaps = 0;
  private meetings = 0;
  /** Work that handlers have left to others. */
  readonly later: WorkQueue;
  /** What the handler uses, and what goes away with the driver. */
  readonly lock: SpinLock;

  /** `anywhere`: shared by all lines whose handlers may meet. */
  constructor(platform: Platform, name: string, type: 'edge' | 'level', anywhere: Cell) {
    super(platform.world, 'servedLine');
    this.isStatic = true;
    this.status = new PlainWord<boolean>(this, 'status', false, 'once');
    this.handled = new Cell(this, 'handled', 0, 'full');
    this.inside = new Cell(this, 'inside', 0, 'full');
    this.anywhere = anywhere;
    this.later = new WorkQueue(this.world, `later/${name}`);
    this.lock = new SpinLock(this, 'lock', '&line->lock');
    this.line = platform.interrupts.addLine({ name, type, asserts: () => this.status.get() });
  }

  *handle(kind: HandlerKind, data: HandlerData): KernelTask<void> {
    if ((yield* this.inside.fetchAdd(1)) > 0) this.overlaps += 1;
    if ((yield* this.anywhere.fetchAdd(1)) > 0) this.meetings += 1;
    yield* this.act(kind, data);
    yield* this.handled.fetchAdd(1);
    yield* this.anywhere.fetchAdd(-1);
    yield* this.inside.fetchAdd(-1);
  }

  private *act(kind: HandlerKind, data: HandlerData): KernelTask<void> {
    this.world.memory.reads(data, 'handler data', 'full');
    if (kind === 'signs') this.sign();
    if (kind === 'acknowledges') this.status.set(false);
    if (kind === 'sleeps') yield* this.world.current.sleeper.schedule();
    if (kind === 'defers') this.later.queue({ label: 'later', run: () => this.sleep() });
    if (kind !== 'locks') return;
    yield* this.lock.acquire();
    this.lock.release();
  }

  /** How often a handler of this line met another one of it, and one of any line. */
  get met(): string {
    return `${this.overlaps} of its own, ${this.meetings} of all`;
  }

  /** The handlers of all lines sign one list. */
  private sign(): void {
    const { place } = this.anywhere;
    if (place instanceof Anywhere) place.sign(this.label);
  }

  /** What a worker may do, and a handler may not. */
  private *sleep(): KernelTask<void> {
    const { sleeper } = this.world.current;
    yield* sleeper.setState(TASK_UNINTERRUPTIBLE);
    yield* sleeper.scheduleTimeout(1);
    yield* this.handled.fetchAdd(100);
  }

  /** The driver goes. */
  *teardown(data: HandlerData): KernelTask<void> {
    yield* this.line.release();
    this.world.memory.free(data);
  }

  visitState(visit: StateVisitor): void {
    visit('status', this.status.value);
    visit('inside', this.inside.value);
    visit('met', this.met);
    visit('handled', this.handled.value);
    visit('lock', this.lock.holder?.name ?? 'free');
  }
}

/** What the handlers of all lines of a program share. */
export class Anywhere extends KernelObject {
  /** How many of them run. */
  readonly running: Cell;
  /** Lines whose handlers have signed, in order. */
  readonly signatures: string[] = [];

  constructor(world: World) {
    super(world, 'anywhere');
    this.isStatic = true;
    this.running = new Cell(this, 'running', 0, 'full');
  }

  sign(name: string): void {
    this.world.touch(this, 'signatures', 'write', 'once');
    this.signatures.push(name);
  }

  visitState(visit: StateVisitor): void {
    visit('running', this.running.value);
    visit('signatures', this.signatures);
  }
}

/** Memory of the driver that its handler uses; freed when the driver goes. */
export class HandlerData extends KernelObject {
  constructor(line: ServedLine) {
    super(line.world, 'handlerData');
  }

  visitState(_visit: StateVisitor): void {}
}
