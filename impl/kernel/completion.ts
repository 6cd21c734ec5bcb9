import { Access, type Gate, type KernelTask } from './access.ts';
import type { KernelObject } from './object.ts';

/** Open for everybody, for good. @kernel UINT_MAX */
const ALL: number = 2 ** 32 - 1;

/** Something that others wait for: a count of tokens, or open for all. @kernel struct completion */
export class Completion implements Gate {
  private done: number;
  private readonly place: KernelObject;
  private readonly field: string;
  private readonly opens: Access;
  private readonly awaits: Access;

  constructor(place: KernelObject, field: string, isDone: boolean) {
    this.place = place;
    this.field = field;
    this.done = isDone ? ALL : 0;
    this.opens = new Access('update', 'full', place, field, 'complete');
    this.awaits = new Access('wait', 'acquire', place, field, 'wait for', this);
  }

  get blockedBy(): string {
    return `${this.place.label}.${this.field} is not completed`;
  }

  /** For judges and state keys; never for kernel code. */
  get value(): number {
    this.place.world.looked(this.place, this.field);
    return this.done;
  }

  ready(): boolean {
    return this.done > 0;
  }

  /** Closes it; joins the step of the caller. @kernel reinit_completion */
  reinit(): void {
    this.place.world.memory.writes(this.place, this.field, 'once');
    this.done = 0;
  }

  /** Lets one waiter through. @kernel complete */
  *complete(): KernelTask<void> {
    yield this.opens;
    this.place.world.memory.writes(this.place, this.field, 'full');
    if (this.done !== ALL) this.done += 1;
  }

  /** Lets everybody through, also those who come later. @kernel complete_all */
  *completeAll(): KernelTask<void> {
    yield this.opens;
    this.place.world.memory.writes(this.place, this.field, 'full');
    this.done = ALL;
  }

  /** Sleeps until it is done; nothing interrupts that. @kernel wait_for_completion */
  *wait(): KernelTask<void> {
    this.place.world.memory.mightSleep(`wait_for_completion ${this.field}`);
    yield this.awaits;
    this.place.world.memory.writes(this.place, this.field, 'full');
    if (this.done !== ALL) this.done -= 1;
  }
}
