import type { IrqWork } from './irq-work.ts';
import type { StateKey } from './state-key.ts';
import type { StoreBuffer } from './store-buffer.ts';
import type { Task } from './task.ts';

/** Hard interrupts come on top of soft ones, and nothing else on top of an interrupt. */
export function canInterrupt(task: Task, running: Task | null): boolean {
  return running === null || (task.context === 'hardirq' && running.context === 'softirq');
}

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

  /** Where its stores wait; null where they are seen by everybody at once. */
  buffer: StoreBuffer | null = null;

  /** Interrupt work that waits to run here, in order. */
  readonly irqWork: IrqWork[] = [];

  /** Everything about the processor that decides how its tasks go on. */
  visitState(key: StateKey): void {
    key.part();
    key.add(this.index);
    key.add(this.irqsEnabled);
    key.add(this.interrupt?.index ?? -1);
    key.add(this.pinned?.index ?? -1);
    key.add(this.urgentPending);
    for (const work of this.irqWork) key.add(work.place);
    this.buffer?.visitState(key);
  }

  constructor(index: number) {
    this.index = index;
  }
}
