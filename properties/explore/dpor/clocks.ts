import { Ints } from '../steps/ints.ts';
import { NEVER } from './last-touches.ts';

/**
 * Vector clocks: for each event and each task, the latest event of that task that happens before
 * it. Its own task's entry is the event itself.
 */
export class Clocks {
  readonly width: number;
  private readonly rows = new Ints();

  constructor(width: number) {
    this.width = width;
  }

  /** The latest event of `slot` that happens before `event`, or is it. */
  at(event: number, slot: number): number {
    return this.rows.at(event * this.width + slot);
  }

  /** Reads the clock of an event; of nothing when it is `NEVER`. */
  read(event: number, into: Int32Array): void {
    for (let slot = 0; slot < this.width; slot += 1) {
      into[slot] = event === NEVER ? NEVER : this.at(event, slot);
    }
  }

  join(event: number, into: Int32Array): void {
    for (let slot = 0; slot < this.width; slot += 1) {
      const here = this.at(event, slot);
      if (here > (into[slot] ?? NEVER)) into[slot] = here;
    }
  }

  /** Sets the clock of the event behind the last one that is kept. */
  push(event: number, slot: number, clock: Int32Array): void {
    this.rows.truncate(event * this.width);
    for (let other = 0; other < this.width; other += 1) {
      this.rows.push(other === slot ? event : (clock[other] ?? NEVER));
    }
  }
}
