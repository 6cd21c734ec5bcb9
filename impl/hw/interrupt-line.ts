import type { AbstractState } from '../../model/events.ts';
import { Access, type KernelTask } from '../kernel/access.ts';
import type { Cpu } from '../kernel/cpu.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import { PlainWord } from '../kernel/plain.ts';
import type { Task } from '../kernel/task.ts';
import { NatureAccess } from './injection.ts';
import type { InterruptController } from './interrupt-controller.ts';

/** What runs when the interrupt is taken, on its processor, with interrupts off there. */
export type InterruptHandler = () => KernelTask<void>;

export interface LineOptions {
  readonly name: string;
  /** `level`: it stands as long as the device says so; see `asserts`. */
  readonly type: 'edge' | 'level';
  /** For levels: the device's status, and its enable bits. */
  readonly asserts?: () => boolean;
}

/** What nature may do to an assertion besides picking a latency. */
const MISTAKES = ['lost', 'late'] as const;

/**
 * One interrupt line of the controller. An assertion makes it pending; it is delivered after a
 * while, as a step of its own, when it is not masked, no handler of it runs and its processor takes
 * interrupts.
 *
 * @rule HW-IRQ-001 HW-IRQ-002 HW-IRQ-003 HW-IRQ-004 HW-IRQ-005
 */
export class InterruptLine extends KernelObject {
  readonly options: LineOptions;
  readonly controller: InterruptController;
  readonly number: number;
  /** Assertions that have come and not been delivered: one is as good as many. */
  readonly isPending: PlainWord<boolean>;
  readonly isMasked: PlainWord<boolean>;
  readonly isInService: PlainWord<boolean>;
  /** How often a handler has been begun. */
  readonly deliveries: PlainWord<number>;
  /** The delivery is on its way to the processor. */
  readonly isLatched: PlainWord<boolean>;
  /** The device is there. */
  readonly isConnected: PlainWord<boolean>;
  protected handler: InterruptHandler | null = null;
  protected cpu: Cpu | null = null;
  private lane: Task | null = null;
  private readonly lanes = new Map<Cpu, Task>();
  private readonly asserting: NatureAccess;
  private readonly control: Access;

  constructor(controller: InterruptController, number: number, options: LineOptions) {
    super(controller.world, 'interruptLine');
    this.isStatic = true;
    this.controller = controller;
    this.number = number;
    this.options = options;
    this.isPending = new PlainWord<boolean>(this, 'isPending', false, 'once');
    this.isMasked = new PlainWord<boolean>(this, 'isMasked', false, 'once');
    this.isInService = new PlainWord<boolean>(this, 'isInService', false, 'full');
    this.isLatched = new PlainWord<boolean>(this, 'isLatched', false, 'once');
    this.isConnected = new PlainWord<boolean>(this, 'isConnected', true, 'once');
    this.deliveries = new PlainWord<number>(this, 'deliveries', 0, 'once');
    const ways = controller.options.interruptNs.length;
    this.asserting = new NatureAccess(this, '', 'assert', ways, MISTAKES.length);
    this.control = new Access('update', 'full', this, 'isMasked', 'write');
  }

  override get label(): string {
    return this.alias ?? `irq/${this.options.name}`;
  }

  /** Deliveries go to this processor from now on; without one, to one that does nothing else. */
  routeTo(cpu: Cpu): void {
    this.world.touch(this, 'cpu', 'write', 'once');
    this.cpu = cpu;
  }

  /** @kernel wantirq */
  *request(handler: InterruptHandler): KernelTask<void> {
    yield this.control;
    this.world.touch(this, 'handler', 'write', 'once');
    this.handler = handler;
    this.deliver(this.latencyNs(0));
  }

  /** Afterwards the handler does not run, and will not. @kernel free_irq */
  *release(): KernelTask<void> {
    yield* this.mask();
    yield* this.synchronize();
    this.world.touch(this, 'handler', 'write', 'once');
    this.handler = null;
  }

  /** The device wants attention: an edge, or its level may have changed. */
  *assert(): KernelTask<void> {
    const outcome = yield* this.asserting.ask();
    const { interruptNs, lateInterruptNs } = this.controller.options;
    if (!this.isConnected.get()) return;
    const mistake = MISTAKES[outcome - interruptNs.length];
    if (mistake === 'lost') this.lose();
    else this.become(mistake === 'late' ? lateInterruptNs : this.latencyNs(outcome));
  }

  /** A mistake of hardware: nobody has heard it. */
  protected lose(): void {
    // Nothing is pending that was not.
  }

  /** It is pending now, and taken so long from now. */
  protected become(latencyNs: number): void {
    const { type, asserts } = this.options;
    if (type === 'level' && asserts?.() === false) {
      this.withdraw();
      return;
    }
    const { losesMaskedEdges } = this.controller.options;
    if (type === 'edge' && losesMaskedEdges && this.isMasked.get()) return;
    this.want(latencyNs);
  }

  private want(latencyNs: number): void {
    const wasPending = this.isPending.get();
    this.isPending.set(true);
    this.world.emit(this, wasPending ? 'coalesce' : 'assert');
    this.deliver(latencyNs);
  }

  /** It is not wanted any more, and has not been taken. */
  private withdraw(): void {
    const wasPending = this.isPending.get();
    this.unlatch();
    this.isPending.set(false);
    if (wasPending) this.world.emit(this, 'withdraw');
  }

  /** The level of the device fell; it has seen to it in the same step. */
  lower(): void {
    if (this.options.type === 'level') this.withdraw();
  }

  /** The device is gone, and what it wanted with it. */
  disconnect(): void {
    this.isConnected.set(false);
    this.withdraw();
  }

  /** An interrupt that nobody has asked for. */
  injectSpurious(): void {
    if (this.isConnected.get()) this.want(this.latencyNs(0));
  }

  get hasHandler(): boolean {
    return this.handler !== null;
  }

  /** Edges are remembered meanwhile, unless the controller loses them. @kernel disable_irq_nosync */
  *mask(): KernelTask<void> {
    yield this.control;
    const wasMasked = this.isMasked.get();
    this.isMasked.set(true);
    this.unlatch();
    if (!wasMasked) this.world.emit(this, 'mask');
  }

  /** @kernel enable_irq */
  *unmask(): KernelTask<void> {
    yield this.control;
    const wasMasked = this.isMasked.get();
    this.isMasked.set(false);
    if (wasMasked) this.world.emit(this, 'unmask');
    this.deliver(this.latencyNs(0));
  }

  /**
   * Waits until no handler of the line runs, and none is on its way that was before the call.
   *
   * @kernel synchronize_irq
   */
  *synchronize(): KernelTask<void> {
    this.world.memory.mightSleep('synchronize_irq');
    const before = this.deliveries.value;
    const wasLatched = this.isLatched.value;
    const gate = {
      ready: (): boolean => this.hasSettled(wasLatched ? before : null),
      blockedBy: `a handler of ${this.label} runs, or will`,
    };
    yield new Access('wait', 'full', this, 'isInService', 'synchronize', gate);
    this.isInService.get();
    this.isLatched.get();
  }

  /** `before`: how many had been delivered when one was on its way; null when none was. */
  protected hasSettled(before: number | null): boolean {
    if (this.isInService.value) return false;
    return before === null || !this.isLatched.value || this.deliveries.value !== before;
  }

  protected latencyNs(way: number): number {
    return this.controller.options.interruptNs[way] ?? 0;
  }

  /** Sends it on its way, if it can be delivered. */
  protected deliver(latencyNs: number): void {
    const { world } = this;
    world.touch(this, 'handler', 'read', 'once');
    if (this.handler === null || !this.canDeliver()) return;
    this.isLatched.set(true);
    this.world.emit(this, 'latch');
    const lane = this.laneHere();
    this.lane = lane;
    world.raise(lane, this.serve(lane), false, lane.alarm.access);
    world.clock.alarms.set(lane.alarm, world.clock.valueNs + latencyNs, 0);
  }

  protected canDeliver(): boolean {
    if (!this.isPending.get() || this.isMasked.get()) return false;
    return !this.isInService.get() && !this.isLatched.get();
  }

  /** Who takes it when its time has come; null when nothing is on its way. For judges. */
  get latched(): Task | null {
    return this.isLatched.value ? this.lane : null;
  }

  /** The controller takes back what has not reached the processor. */
  protected unlatch(): void {
    const { lane, world } = this;
    if (!this.isLatched.get() || lane === null || lane.entered) return;
    this.isLatched.set(false);
    lane.pending = null;
    lane.body = null;
    world.clock.alarms.clear(lane.alarm);
  }

  protected laneHere(): Task {
    this.world.touch(this, 'cpu', 'read', 'once');
    this.cpu ??= this.controller.ownCpu(this.number);
    let lane = this.lanes.get(this.cpu);
    if (lane === undefined) {
      lane = this.controller.laneFor(this, this.cpu);
      lane.returned = () => this.end();
      this.lanes.set(this.cpu, lane);
    }
    return lane;
  }

  protected *serve(lane: Task): KernelTask<void> {
    const { clock } = this.world;
    clock.alarms.clear(lane.alarm);
    clock.reach(lane.alarm.dueNs);
    this.isLatched.set(false);
    this.isPending.set(false);
    this.isInService.set(true);
    this.deliveries.change((count) => count + 1);
    this.world.emit(this, 'deliver');
    if (this.handler !== null) yield* this.handler();
  }

  /** The end of the interrupt: a level that still stands comes again. */
  protected end(): void {
    this.isInService.set(false);
    this.world.emit(this, 'end');
    const { type, asserts } = this.options;
    if (type === 'level' && asserts?.() === true) this.want(this.latencyNs(0));
    else this.deliver(this.latencyNs(0));
  }

  override abstract(): AbstractState {
    const request = this.isLatched.value ? 'latched' : 'pending';
    const isMasked = this.isMasked.value;
    const isRunning = this.isInService.value;
    return { state: this.isPending.value ? request : 'idle', context: { isMasked, isRunning } };
  }

  visitState(visit: StateVisitor): void {
    visit('isPending', this.isPending.value);
    visit('isMasked', this.isMasked.value);
    visit('isInService', this.isInService.value);
    visit('deliveries', this.deliveries.value);
    visit('isLatched', this.isLatched.value);
    visit('isConnected', this.isConnected.value);
    visit('handler', this.hasHandler);
    visit('cpu', this.cpu?.index ?? -1);
  }
}
