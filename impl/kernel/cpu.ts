import type { IrqWork } from './irq-work.ts';
import type { Task } from './task.ts';

/** One processor: who runs on it, and whether it takes interrupts. */
export class Cpu {
  readonly index: number;
  /** Local interrupt flag; false between `local_irq_disable` and its enable. */
  irqsEnabled = true;
  /** The interrupt that runs on top of the task, if any. */
  interrupt: Task | null = null;
  /** The task that must not be preempted by another task of this CPU. */
  pinned: Task | null = null;
  /** Interrupts that wait to be taken before the task may go on. */
  urgentPending = 0;

  /** Interrupt work that waits to run here, in order. */
  readonly irqWork: IrqWork[] = [];

  constructor(index: number) {
    this.index = index;
  }
}
