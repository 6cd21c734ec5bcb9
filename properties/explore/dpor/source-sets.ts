import type { Clocks } from './clocks.ts';
import type { Path } from '../steps/path.ts';

/**
 * The source-set condition. When a step could have come before an event, then from the state
 * before that event some task must be explored that can begin the run in which it does: the run
 * of everything that does not depend on the event, and then the step.
 *
 * What the step would touch there is not known: it may depend on what comes before it. So as long
 * as there is anything before it, one of those others has to begin.
 */
export class SourceSets {
  /** How often nobody could begin such a run, and everybody was taken instead. */
  surprises = 0;
  private readonly path: Path;
  private readonly clocks: Clocks;

  constructor(path: Path, clocks: Clocks) {
    this.path = path;
    this.clocks = clocks;
  }

  /** Sees to it that a step of `slot` is explored before `event`, out of a run with `end` events. */
  reverse(event: number, slot: number, end: number): void {
    const { path, clocks } = this;
    const known = path.backtrack.at(event);
    const mine = path.slot.at(event);
    let seen = 0;
    let initials = 0;
    for (let other = event + 1; other < end; other += 1) {
      if (clocks.at(other, mine) >= event) continue;
      const bit = 1 << path.slot.at(other);
      if ((seen & bit) !== 0) continue;
      seen |= bit;
      if (!this.isFirst(other, event)) continue;
      if ((known & bit) !== 0) return;
      initials |= bit;
    }
    if (seen === 0) this.takeAlone(event, slot);
    else this.takeOne(event, initials);
  }

  /** Whoever could go on before an event, and cannot behind it, could have come before it. */
  noteStopped(event: number, able: number): void {
    const { path } = this;
    const stopped = path.enabled.at(event) & ~able & ~(1 << path.slot.at(event));
    for (let rest = stopped; rest !== 0; rest &= rest - 1) {
      this.takeAlone(event, 31 - Math.clz32(rest & -rest));
    }
  }

  /** Nothing but the step itself is left when the event is taken out. */
  private takeAlone(state: number, slot: number): void {
    const { path } = this;
    // If it waits there, only the event itself can have let it go on.
    const bit = (1 << slot) & path.enabled.at(state);
    if (bit !== 0 && !path.isTaskAsleep(state, slot)) {
      path.backtrack.set(state, path.backtrack.at(state) | bit);
    }
  }

  private takeOne(state: number, initials: number): void {
    const { path } = this;
    const possible = initials & path.enabled.at(state);
    if (possible === 0) this.surprises += 1;
    const taken = possible === 0 ? path.enabled.at(state) : possible & -possible;
    path.backtrack.set(state, path.backtrack.at(state) | taken);
  }

  /** Nothing that comes after `event` happens before `other`. */
  private isFirst(other: number, event: number): boolean {
    const { path, clocks } = this;
    const slot = path.slot.at(other);
    for (let before = 0; before < clocks.width; before += 1) {
      if (before !== slot && clocks.at(other, before) > event) return false;
    }
    return true;
  }
}
