import { Access, type KernelTask } from '../kernel/access.ts';
import { Cpu } from '../kernel/cpu.ts';
import { KernelObject, type StateVisitor } from '../kernel/object.ts';
import type { Task } from '../kernel/task.ts';
import type { Whim } from '../kernel/whim.ts';
import type { World } from '../kernel/world.ts';
import type { InterruptLine, LineOptions } from './interrupt-line.ts';
import type { PlatformOptions } from './platform-options.ts';
import type { Platform } from './platform.ts';

/** Lanes of the machine are numbered: a line has one on each processor that it is routed to. */
const INTERRUPT_LANE: number = 2 ** 16;
const CPUS_OF_LINE = 64;
/** Processors that serve one line each. */
const LINE_CPU: number = 2 ** 18;
const SPURIOUS_LANE: number = 2 ** 17;

/** All interrupt lines of the machine. */
export class InterruptController extends KernelObject {
  readonly options: PlatformOptions;
  readonly lines: InterruptLine[] = [];
  private readonly Line: typeof InterruptLine;

  constructor({ world, options, types }: Platform) {
    super(world, 'interruptController');
    this.isStatic = true;
    this.options = options;
    this.Line = types.InterruptLine;
    const hasSpurious = options.hasSpurious && world.hardwareFaultsLeft > 0;
    if (hasSpurious) world.whims.push(new SpuriousInterrupts(world, this.lines));
  }

  /** A line for a device, at set-up. */
  addLine(options: LineOptions): InterruptLine {
    const line = new this.Line(this, this.lines.length, options);
    this.lines.push(line);
    return line;
  }

  ownCpu(number: number): Cpu {
    return new Cpu(LINE_CPU + number);
  }

  laneFor(line: InterruptLine, cpu: Cpu): Task {
    const index = INTERRUPT_LANE + line.number * CPUS_OF_LINE + (cpu.index % CPUS_OF_LINE);
    return this.world.addLane(line.label, index, 'hardirq', cpu);
  }

  visitState(_visit: StateVisitor): void {}
}

/**
 * Interrupts that no device has asked for: mistakes of hardware, at any moment.
 *
 * @rule HW-IRQ-008
 */
class SpuriousInterrupts implements Whim {
  readonly canEnd = false;
  readonly lane: Task;
  private readonly world: World;
  private readonly lines: readonly InterruptLine[];

  constructor(world: World, lines: readonly InterruptLine[]) {
    this.world = world;
    this.lines = lines;
    this.lane = world.addLane('spurious interrupts', SPURIOUS_LANE, 'process');
    const gate = { ready: (): boolean => false, blockedBy: 'nature wants none' };
    const raises = new Access('wait', 'once', { label: '' }, '', 'raise an interrupt', gate);
    this.lane.idleAt = raises;
    this.lane.isNatures = true;
    this.lane.start(this.run(raises));
  }

  count(): number {
    if (this.world.hardwareFaultsLeft === 0) return 0;
    return this.served().length;
  }

  private served(): readonly InterruptLine[] {
    return this.lines.filter((line) => line.hasHandler && !line.isPending.value);
  }

  private *run(raises: Access): KernelTask<void> {
    for (;;) {
      this.lane.forget();
      yield raises;
      const line = this.served()[this.world.alternative - 1];
      if (line === undefined) continue;
      this.world.hardwareFaultsLeft -= 1;
      line.injectSpurious();
    }
  }
}
