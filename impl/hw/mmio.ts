import { Access, type KernelTask } from '../kernel/access.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { DeviceLane } from './device-lane.ts';
import type { Device } from './device.ts';
import { Injection } from './injection.ts';

/** What a register reads as whose device is not there. 32 bits. */
export const ALL_ONES = 0xffff_ffff;

/**
 * The registers of a device. Both functions are the effect on the device, in one step: they may not
 * wait, but they may start lanes and wake them.
 */
export interface Registers {
  /** Where handlers take interrupts back. Left out: whatever handlers write is taken for that. */
  readonly acknowledges?: string;
  writeRegister(register: string, value: number): void;
  readRegister(register: string): number;
}

/** A write to a register that is on its way. */
export interface PostedRegister {
  readonly register: string;
  readonly value: number;
  readonly dueNs: number;
  /** It leads to something, and takes no interrupt back. */
  readonly isActing: boolean;
}

/**
 * The way from the processors to the registers of one device. Writes are posted: the task goes on at
 * once, and they land later, in order. A read makes all that were posted before it land first.
 *
 * @rule HW-MEM-007 HW-MEM-008
 */
export class Mmio extends KernelObject {
  protected readonly device: Device;
  protected readonly registers: Registers;
  /** Writes on their way, oldest first. */
  protected readonly posted: PostedRegister[] = [];
  private lane: DeviceLane | null = null;
  private readonly accesses = new Map<string, { read: Access; write: Access }>();
  private readonly arrives: Access;
  /** By register: nature may lose a write to it. */
  private readonly losses: ReadonlyMap<string, Injection>;

  /** `losable`: registers such as doorbells, writes to which may be lost as an injected fault. */
  constructor(device: Device, registers: Registers, losable: readonly string[] = []) {
    super(device.world, 'mmio');
    this.isStatic = true;
    this.device = device;
    this.registers = registers;
    this.losses = new Map(losable.map((name) => [name, new Injection(this, name)]));
    const gate = { ready: (): boolean => this.posted.length > 0, blockedBy: 'nothing is posted' };
    this.arrives = new Access('wait', 'once', this, '', 'take a write to', gate);
  }

  override get label(): string {
    return `${this.device.name}.mmio`;
  }

  /** Posts a write. What the processor has combined leaves before it. @kernel writel */
  *write(register: string, value: number): KernelTask<void> {
    const { world, device } = this;
    const { write } = this.accessesOf(register);
    if (world.stops(write)) yield write;
    const { platform } = device;
    this.drainCombined();
    this.touch('write');
    const dueNs = world.clock.valueNs + platform.options.mmioWriteNs;
    this.post({ register, value, dueNs, isActing: this.isActing(register) });
  }

  private isActing(register: string): boolean {
    const { acknowledges } = this.registers;
    if (this.world.current.isActing) return true;
    return acknowledges !== undefined && register !== acknowledges;
  }

  /** What the processor has kept back leaves before the write. */
  protected drainCombined(): void {
    this.device.platform.cpuCache.drainCombining(this.world.current.cpu);
  }

  protected post(write: PostedRegister): void {
    this.posted.push(write);
    this.startLane();
  }

  /** Reads a register, behind all writes that were posted before. @kernel readl */
  *read(register: string): KernelTask<number> {
    const { world, device } = this;
    const { read } = this.accessesOf(register);
    if (world.stops(read)) yield read;
    const { clock } = world;
    this.touch('write');
    const before = this.posted.at(-1) ?? null;
    yield clock.arrange(clock.valueNs + device.platform.options.mmioReadNs);
    clock.arrive();
    this.touch('write');
    if (before !== null && this.posted.includes(before)) this.landUpTo(before);
    const value = device.isGone.get() ? ALL_ONES : this.registers.readRegister(register);
    world.current.observe(value);
    return value;
  }

  /** Writes that have not landed yet. For judges. */
  get inFlight(): number {
    return this.posted.length;
  }

  protected land({ register, value }: PostedRegister): void {
    if (!this.device.isGone.get()) this.registers.writeRegister(register, value);
  }

  /** What a task has asked for begins here: until now nothing could come of it. */
  private arrive(write: PostedRegister): void {
    if (write.isActing) this.world.taskSteps += 1;
    this.land(write);
  }

  protected landUpTo(last: PostedRegister): void {
    for (let write = this.posted.shift(); write !== undefined; write = this.posted.shift()) {
      this.arrive(write);
      if (write === last) return;
    }
  }

  private startLane(): void {
    if (this.lane !== null) return;
    const { device } = this;
    this.lane = new device.platform.types.DeviceLane(device, this.label, device.number, MMIO_LANE);
    this.lane.start(() => this.run());
  }

  private *run(): KernelTask<void> {
    const { lane } = this;
    const { clock } = this.world;
    if (lane === null) return;
    for (;;) {
      yield* lane.idle(this.arrives);
      const first = this.posted[0];
      if (first === undefined) continue;
      yield clock.arrange(first.dueNs);
      clock.arrive();
      this.touch('write');
      // A read may have made it land before its time.
      if (this.posted[0] !== first) continue;
      const loss = this.losses.get(first.register);
      if (loss !== undefined && (yield* loss.happens())) {
        if (this.posted[0] === first) this.posted.shift();
      } else if (this.posted[0] === first) {
        this.posted.shift();
        this.arrive(first);
      }
    }
  }

  private accessesOf(register: string): { read: Access; write: Access } {
    let known = this.accesses.get(register);
    if (known === undefined) {
      known = {
        read: new Access('read', 'full', this, register, 'read'),
        write: new Access('write', 'full', this, register, 'post'),
      };
      this.accesses.set(register, known);
    }
    return known;
  }

  private touch(kind: 'read' | 'write'): void {
    this.world.touch(this, 'posted', kind, 'once');
  }

  visitState(visit: StateVisitor): void {
    for (const { register, value, dueNs, isActing } of this.posted) {
      visit('register', register);
      visit('value', value);
      visit('due', dueNs);
      visit('isActing', isActing);
    }
  }
}

/** Which lane of a device this is; its engines have numbers from 4. */
const MMIO_LANE = 0;
