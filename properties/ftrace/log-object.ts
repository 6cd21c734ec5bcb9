import type { Observer } from './observer.ts';

/** Where a log shows something of an object, and that it does not. Unit: lines. */
export const NOWHERE = 0;

/** Why a line cannot be. */
export interface Reason<Sight> {
  /** What was seen that excludes it; null: it is all that was seen together. */
  readonly after: Sight | null;
  readonly lines: readonly number[];
}

/** An object as a log shows it: what is known of it, and the lines that say so. */
export abstract class LogObject<Sight extends string> {
  belief: number;
  /** Losses of events before which nothing is known. */
  epoch: number;

  constructor(belief: number, epoch: number) {
    this.belief = belief;
    this.epoch = epoch;
  }

  /** Events were lost: it may have become anything, or be another one by now. */
  forget(anything: number, epoch: number): void {
    this.belief = anything;
    this.epoch = epoch;
    this.forgetSeen();
  }

  /** Why it cannot be seen like this now; the last line that excludes it says most. */
  reasonAgainst(sight: Sight, machine: Observer<Sight>): Reason<Sight> {
    const seen = this.lines().filter(([, line]) => line !== NOWHERE);
    const reasons = seen.filter(([earlier]) => machine.excludes(earlier, sight));
    const [last] = reasons.toSorted(([, a], [, b]) => b - a);
    return last === undefined
      ? { after: null, lines: seen.map(([, line]) => line) }
      : { after: last[0], lines: [last[1]] };
  }

  protected abstract forgetSeen(): void;

  /** What may exclude a later line, each with its own or NOWHERE. */
  protected abstract lines(): readonly (readonly [Sight, number])[];
}
