import type { KernelTask } from '../../../impl/kernel/access.ts';
import type { InterruptLine } from '../../../impl/hw/interrupt-line.ts';
import { Platform } from '../../../impl/hw/platform.ts';
import type { Stack } from '../../../impl/stack.ts';
import { Scene, type Operation, type SceneKind } from '../scene.ts';

/** A line, its device, and a driver that may take its time. */
class InterruptLineScene extends Scene {
  readonly kind = 'interruptLine';
  private readonly line: InterruptLine;
  private stands = false;

  readonly operations: readonly Operation[] = [
    {
      name: 'raise',
      emits: ['assert', 'coalesce'],
      stops: ['assert'],
      body: () => this.raise(true),
    },
    { name: 'lower', emits: ['withdraw'], body: () => this.raise(false) },
    { name: 'mask', emits: ['mask'], body: () => this.line.mask() },
    { name: 'unmask', emits: ['unmask', 'latch'], body: () => this.line.unmask() },
    {
      name: 'request',
      emits: ['latch'],
      isQuiet: true,
      body: () => (this.line.hasHandler ? null : this.line.request(() => this.handle())),
    },
  ];

  constructor(stack: Stack, type: 'edge' | 'level') {
    super(stack);
    const { world, types } = stack;
    const platform = new Platform(world, { interruptNs: [1000] }, types.hardware);
    this.line = platform.interrupts.addLine({ name: 'l', type, asserts: () => this.stands });
  }

  private *raise(stands: boolean): KernelTask<void> {
    this.stands = stands;
    yield* this.line.assert();
  }

  /** In the middle of it others can come. */
  private *handle(): KernelTask<void> {
    yield* this.pause();
  }
}

function scene(type: 'edge' | 'level'): SceneKind {
  return {
    kind: 'interruptLine',
    liveMax: 1,
    asleepMax: 0,
    isSurrounded: true,
    world: { time: 'free' },
    set: (stack) => new InterruptLineScene(stack, type),
  };
}

export const INTERRUPT_LINE_SCENES: readonly SceneKind[] = [scene('level'), scene('edge')];
