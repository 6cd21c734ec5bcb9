import type { IrqWork } from './irq-work.ts';
import type { StateKey } from './state-key.ts';
import type { StoreBuffer } from './store-buffer.ts';
import type { Task } from './task.ts';

/** Hard interrupts come on top of soft ones, and nothing else on top of an interrupt. */
function canInterrupt(task: Task, running: Task | null): boolean {
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

  /** It would let one of its tasks go on, whatever that waits for. */
  lets(task: Task): boolean {
    const isInterrupted = this.urgentPending > 0 && this.irqsEnabled;
    if (task.context === 'process') {
      if (this.interrupt !== null || isInterrupted) return false;
      return this.pinned === null || this.pinned === task;
    }
    const isSoft = task.context === 'softirq';
    if (task.entered) return this.interrupt === task && !(isSoft && isInterrupted);
    if (!this.irqsEnabled || !canInterrupt(task, this.interrupt)) return false;
    return !isSoft || this.pinned === null;
  }

  enterInterrupt(task: Task): void {
    task.interrupted = this.interrupt;
    this.interrupt = task;
    task.entered = true;
    if (task.urgent) this.urgentPending -= 1;
    task.urgent = false;
    if (task.context === 'hardirq') this.irqsEnabled = false;
  }

  leaveInterrupt(task: Task): void {
    task.entered = false;
    this.interrupt = task.interrupted;
    task.interrupted = null;
    if (task.context === 'hardirq') this.irqsEnabled = true;
  }

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
