import { Access, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';
import type { Task } from './task.ts';

/** Lanes of the machine are numbered; interrupt work of CPU n has this number plus n. */
const IRQ_WORK_LANE = 16;

/**
 * Work that runs in a hard interrupt of the CPU that queued it, as soon as interrupts are
 * enabled there; so never inside the lock hold that queued it. @kernel struct irq_work
 */
export class IrqWork {
  readonly place: KernelObject;
  private readonly run: () => KernelTask<void>;
  private readonly claim: Access;
  private readonly begin: Access;
  isPending = false;

  constructor(place: KernelObject, field: string, run: () => KernelTask<void>) {
    this.place = place;
    this.run = run;
    this.claim = new Access('update', 'full', place, field, 'queue');
    this.begin = new Access('update', 'full', place, field, 'begin');
  }

  /** False when it is queued already. @kernel irq_work_queue */
  *queue(): KernelTask<boolean> {
    yield this.claim;
    const world = this.place.world;
    world.memory.writes(this.place, 'work', 'full');
    if (this.isPending) return false;
    this.isPending = true;
    const cpu = world.current.cpu;
    cpu.irqWork.push(this);
    const lane = world.addLane(`irq_work/${cpu.index}`, IRQ_WORK_LANE + cpu.index, 'hardirq', cpu);
    if (lane.pending === null) world.raise(lane, this.drain(lane), true);
    return true;
  }

  private *drain(lane: Task): KernelTask<void> {
    for (;;) {
      const work = lane.cpu.irqWork.shift();
      if (work === undefined) return;
      yield work.begin;
      work.place.world.memory.writes(work.place, 'work', 'full');
      work.isPending = false;
      yield* work.run();
    }
  }
}
