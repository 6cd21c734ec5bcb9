import { DmaEngine } from '../../../impl/hw/dma/dma-engine.ts';
import { ABORTED, type DmaEnginePort } from '../../../impl/hw/dma/dma-engine-port.ts';
import {
  DMA_BURST_LINES,
  DMA_CTRL,
  DMA_CTRL_IRQ,
  DMA_CTRL_START,
  DMA_LINES,
  DMA_RESET,
  DMA_SRC,
  DMA_STATUS,
} from '../../../impl/hw/dma/dma-registers.ts';
import type { KernelTask } from '../../../impl/kernel/access.ts';
import { KernelObject, type StateVisitor } from '../../../impl/kernel/object.ts';
import type { Stack } from '../../../impl/stack.ts';
import type { AbstractState, EventName } from '../../../model/events.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** The number of the device. */
const ENGINE = 1;
/** Mistakes that the engine may make in one run. */
const MISTAKES_MAX = 3;
const MISTAKES: readonly EventName[] = ['hang', 'partial.error', 'partial.silent'];

/** A bus that works, or does not. */
class Surroundings extends KernelObject implements DmaEnginePort {
  refuses = false;
  /** Of the last job. */
  bursts = 0;

  constructor(stack: Stack) {
    super(stack.world, 'surroundings');
  }

  *findPage(): KernelTask<number> {
    return this.refuses ? ABORTED : 0;
  }

  load(): number {
    return 0;
  }

  post(): void {}
  *drain(): KernelTask<void> {}
  reset(): void {}
  lower(): void {}
  *count(): KernelTask<void> {}
  *raise(): KernelTask<void> {}

  override abstract(): AbstractState {
    return { state: this.refuses ? 'refuses' : 'works', context: { bursts: this.bursts } };
  }

  visitState(visit: StateVisitor): void {
    visit('refuses', this.refuses);
  }
}

/** One engine, and its registers. */
class DmaEngineScene extends Scene {
  readonly kind = 'dmaEngine';
  private readonly around: Surroundings;
  private readonly engine: DmaEngine;

  constructor(stack: Stack) {
    super(stack);
    this.around = new Surroundings(stack);
    this.engine = new DmaEngine(stack.world, ENGINE, this.around);
  }

  readonly operations: readonly Operation[] = [
    ...[0, 1, 2].map((bursts) =>
      this.does(`start ${bursts}`, ['start', 'start.dropped'], () => {
        // The engine has the length of its job already when it is busy.
        if (this.engine.state === 'idle') this.prepare(bursts);
        this.write(DMA_CTRL, DMA_CTRL_START | DMA_CTRL_IRQ);
      }),
    ),
    this.does('configure', ['refuse'], () => this.write(DMA_SRC, 0)),
    this.does('acknowledge', ['ack'], () => this.write(DMA_STATUS, 0)),
    this.does('reset', ['reset'], () => this.write(DMA_RESET, 1)),
    this.does('unplug', ['unplug'], () => this.engine.unplug()),
    ...MISTAKES.map((event, index) => ({
      name: event,
      emits: [event],
      body: () => (this.engine.mishaps > index ? this.engine.step(index + 1) : null),
    })),
    this.does('refuse', [], () => (this.around.refuses = true)),
    this.does('accept', [], () => (this.around.refuses = false)),
  ];

  private prepare(bursts: number): void {
    this.around.bursts = bursts;
    this.write(DMA_LINES, bursts * DMA_BURST_LINES);
  }

  private write(name: string, value: number): void {
    this.engine.writeRegister(name, value);
  }

  private does(name: string, emits: readonly EventName[], act: () => void): Operation {
    return { name, emits, body: () => this.act(act) };
  }

  private *act(act: () => void): KernelTask<void> {
    act();
  }
}

export const DMA_ENGINE_SCENE: SceneKind = {
  kind: 'dmaEngine',
  liveMax: 0,
  asleepMax: 0,
  isSurrounded: true,
  world: { time: 'free', hardwareFaultsMax: MISTAKES_MAX },
  set: (stack) => new DmaEngineScene(stack),
};
