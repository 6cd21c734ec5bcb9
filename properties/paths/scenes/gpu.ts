import type { GpuCommand } from '../../../impl/hw/gpu/gpu-commands.ts';
import { ABORTED, type GpuPort } from '../../../impl/hw/gpu/gpu-port.ts';
import {
  GPU_DOORBELL,
  GPU_IRQ_ENABLE,
  GPU_IRQ_FAULT,
  GPU_IRQ_FENCE,
  GPU_RESET,
  GPU_RPTR,
} from '../../../impl/hw/gpu/gpu-registers.ts';
import { Gpu } from '../../../impl/hw/gpu/gpu.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { AbstractState, EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** The number of the device. */
const GPU = 1;
/** Mistakes that the engine may make in one run. */
const MISTAKES_MAX = 3;

const COMMANDS: Readonly<Record<string, GpuCommand | null>> = {
  nothing: { op: 'NOP' },
  lines: { op: 'WRITE', to: 0, lines: 2, version: 1 },
  'fence 0': { op: 'FENCE', at: 0, seq: 1, flags: 0 },
  'fence 1': { op: 'FENCE', at: 0, seq: 1, flags: 1 },
  'fence 2': { op: 'FENCE', at: 0, seq: 1, flags: 2 },
  'fence 3': { op: 'FENCE', at: 0, seq: 1, flags: 3 },
  wait: { op: 'WAIT', at: 0, value: 1 },
  'buffer 0': { op: 'IB', at: 0, count: 0 },
  'buffer 1': { op: 'IB', at: 0, count: 1 },
  'buffer 2': { op: 'IB', at: 0, count: 2 },
  bad: null,
};

/** Memory of which all lines hold the same, and a bus that works or does not. */
class Surroundings extends KernelObject implements GpuPort {
  next = 'nothing';
  /** What the engine is at. */
  private current = 'nothing';
  isReached = false;
  refuses = false;

  constructor(stack: Stack) {
    super(stack.world, 'surroundings');
  }

  *find(): KernelTask<number> {
    return this.known();
  }

  known(): number {
    return this.refuses ? ABORTED : 0;
  }

  load(): number {
    return 0;
  }

  store(): void {}

  look(): number {
    return 0;
  }

  tokenOf(): number {
    return 1;
  }

  command(): GpuCommand | null {
    this.current = this.next;
    return COMMANDS[this.next] ?? null;
  }

  readWord(): number {
    return this.peekWord();
  }

  peekWord(): number {
    if (this.refuses) return ABORTED;
    return this.isReached ? 1 : 0;
  }

  *writeWord(): KernelTask<void> {}
  *flush(): KernelTask<void> {}
  invalidate(): void {}
  forgetTranslations(): void {}
  dropCache(): void {}
  overrun(): void {}
  lower(): void {}
  *raise(): KernelTask<void> {}

  override abstract(): AbstractState {
    const { next, current, isReached, refuses } = this;
    return { state: next, context: { current, isReached, refuses } };
  }

  visitState(visit: StateVisitor): void {
    visit('next', this.next);
  }
}

/** One engine, its registers, and what its ring holds. */
class GpuScene extends Scene {
  readonly kind = 'gpu';
  private readonly around: Surroundings;
  private readonly gpu: Gpu;

  constructor(stack: Stack) {
    super(stack);
    this.around = new Surroundings(stack);
    this.gpu = new Gpu(stack.world, GPU, this.around);
  }

  readonly operations: readonly Operation[] = [
    this.does('powerOn', ['powerOn'], () => {
      this.gpu.powerOn();
      this.gpu.writeRegister(GPU_IRQ_ENABLE, GPU_IRQ_FENCE | GPU_IRQ_FAULT);
    }),
    this.does('powerOff', ['powerOff'], () => this.gpu.powerOff()),
    this.does('unplug', ['unplug'], () => this.gpu.unplug()),
    this.does('reset', ['reset'], () => this.gpu.writeRegister(GPU_RESET, 1)),
    this.does('lose', ['doorbell.dropped'], () => this.gpu.loseDoorbell()),
    ...[0, 1, 2].map((pending) =>
      this.does(`doorbell ${pending}`, ['doorbell', 'doorbell.dropped'], () =>
        this.gpu.writeRegister(GPU_DOORBELL, this.gpu.readRegister(GPU_RPTR) + pending),
      ),
    ),
    { name: 'hang', emits: ['hang'], body: () => (this.gpu.mishaps > 0 ? this.gpu.step(1) : null) },
    ...Object.keys(COMMANDS).map((next) => this.puts(next, () => (this.around.next = next))),
    this.puts('reach', () => (this.around.isReached = true)),
    this.puts('leave', () => (this.around.isReached = false)),
    this.puts('refuse', () => (this.around.refuses = true)),
    this.puts('accept', () => (this.around.refuses = false)),
  ];

  private does(name: string, emits: readonly EventName[], act: () => void): Operation {
    return { name, emits, body: () => this.act(act) };
  }

  private puts(name: string, act: () => void): Operation {
    return { name, emits: [], isQuiet: true, body: () => this.act(act) };
  }

  private *act(act: () => void): KernelTask<void> {
    act();
  }
}

export const GPU_SCENE: SceneKind = {
  kind: 'gpu',
  liveMax: 0,
  asleepMax: 0,
  isSurrounded: true,
  world: { time: 'free', hardwareFaultsMax: MISTAKES_MAX },
  set: (stack) => new GpuScene(stack),
};
