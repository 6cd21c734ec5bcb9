import { Access, type Gate, type Place } from './access.ts';
import type { Task } from './task.ts';

/** What accesses that wait for a time have in common. */
const TIME: Place = { label: 'time' };

/**
 * The moment at which a task or a lane goes on by itself: hardware at work, a bus that takes time.
 * Each task has one. It is set by `Clock.arrange`.
 */
export class Alarm implements Gate {
  readonly task: Task;
  readonly access: Access;
  /** Unit: nanoseconds since boot. */
  dueNs = 0;
  /** When it comes again and again for ever, after how long; 0: it does not. Unit: nanoseconds. */
  periodNs = 0;
  /** Earlier ones come first among those that are due together. */
  order = 0;
  isSet = false;

  constructor(task: Task) {
    this.task = task;
    this.access = new Access('wait', 'once', TIME, task.name, 'reach', this);
  }

  get blockedBy(): string {
    return `it waits for ${this.dueNs} ns`;
  }

  ready(): boolean {
    return !this.isSet || this.task.world.clock.isDue(this);
  }
}
