import { Access, type KernelTask } from '../../impl/kernel/access.ts';
import type { KernelObject } from '../../impl/kernel/object.ts';
import type { Task } from '../../impl/kernel/task.ts';

/** Lanes of interrupt lines come after those of everything else. */
const INTERRUPT_LANE: number = 2 ** 20;
/** Things that a call can make, and calls of a task that can make things. */
const MADE_IN: number = 2 ** 6;

/**
 * An interrupt of a device, with a mask of its own. It is an edge: what is raised while the mask
 * is closed is lost. The handler runs in hard interrupt context.
 */
export class InterruptLine {
  private readonly place: KernelObject;
  private readonly handler: () => KernelTask<void>;
  private readonly setMask: Access;
  private readonly fires: Access;
  private lane: Task | null = null;
  private isOpen = false;
  private isRaised = false;

  constructor(place: KernelObject, handler: () => KernelTask<void>) {
    this.place = place;
    this.handler = handler;
    this.setMask = new Access('update', 'full', place, 'irqMask', 'write');
    this.fires = new Access('update', 'full', place, 'irqMask', 'raise an interrupt past');
  }

  /** Whether interrupts come through. */
  get isEnabled(): boolean {
    return this.isOpen;
  }

  /** From here on interrupts come through. */
  *enable(): KernelTask<void> {
    yield this.setMask;
    this.place.world.memory.writes(this.place, 'irqMask', 'full');
    this.isOpen = true;
  }

  /** From here on what is raised is lost. A handler that runs already goes on. */
  *disable(): KernelTask<void> {
    yield this.setMask;
    this.place.world.memory.writes(this.place, 'irqMask', 'full');
    this.isOpen = false;
  }

  /** The hardware wants attention. */
  *raise(): KernelTask<void> {
    yield this.fires;
    const { place } = this;
    const { world } = place;
    world.memory.writes(place, 'irqMask', 'full');
    if (!this.isOpen) return;
    this.isRaised = true;
    if (this.lane === null) {
      const number = (place.idTask * MADE_IN + place.idCall) * MADE_IN + place.idNth;
      this.lane = world.addLane(`irq/${place.label}`, INTERRUPT_LANE + number, 'hardirq');
    }
    if (this.lane.pending === null) world.raise(this.lane, this.serve(), false);
  }

  /** What is raised while the handler runs is served by another run of it. */
  private *serve(): KernelTask<void> {
    while (this.isRaised) {
      this.isRaised = false;
      yield* this.handler();
    }
  }
}
