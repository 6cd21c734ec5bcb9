import type { Clocks } from './clocks.ts';
import { type DependencyTable, LOCK } from '../steps/dependency.ts';
import { type LastTouches, NEVER } from './last-touches.ts';
import type { Path } from '../steps/path.ts';
import type { SourceSets } from './source-sets.ts';
import { kindIn, type StepTouches, variableOf } from '../steps/step-touches.ts';
import { NONE } from '../steps/variables.ts';

/** What of a new event is not in its touches. */
export interface Stepped {
  /** The variable of its processor. */
  readonly turn: number;
  /** It was possible because nothing else was: nothing before it could come later. */
  readonly isLastResort: boolean;
}

/** Finds the pairs of events of a run that could also have come in the other order. */
export class Races {
  private readonly path: Path;
  private readonly clocks: Clocks;
  private readonly last: LastTouches;
  private readonly sets: SourceSets;
  private readonly table: DependencyTable;
  /** By slot, the latest events on which the new one depends: because of what it touches, */
  private readonly direct: Int32Array;
  /** or only in their order: the lock that it takes was released, its processor was busy. */
  private readonly orders: Int32Array;
  private readonly reach: Int32Array;
  private readonly found: number[] = [];

  constructor(
    path: Path,
    clocks: Clocks,
    last: LastTouches,
    sets: SourceSets,
    table: DependencyTable,
  ) {
    this.path = path;
    this.clocks = clocks;
    this.last = last;
    this.sets = sets;
    this.table = table;
    this.direct = new Int32Array(clocks.width);
    this.orders = new Int32Array(clocks.width);
    this.reach = new Int32Array(clocks.width);
  }

  /** Gives the last event its clock, and asks for every run in which it comes earlier. */
  add(step: StepTouches, { turn, isLastResort }: Stepped): void {
    const { path, clocks, reach } = this;
    const event = path.length - 1;
    const slot = path.slot.at(event);
    const lock = this.gather(step, turn, isLastResort);
    const holding = this.holding(lock);
    clocks.read(path.previous.at(event), reach);
    this.follow(slot);
    clocks.push(event, slot, reach);
    for (let index = 0; index < step.list.length; index += 1) {
      this.last.note(step.list.at(index), slot, event);
    }
    for (const earlier of this.found) this.sets.reverse(earlier, slot, event);
    this.reverseHeld(slot, path.previous.at(event), event, holding);
  }

  /** A task waits at the end of the run: it could have come before whoever is in its way. */
  addWaiting(slot: number, previous: number, cpu: number, lock: number): void {
    const { length } = this.path;
    this.reverseHeld(slot, previous, length, this.holding(lock));
    this.reverseTurns(slot, previous, cpu, length);
  }

  /**
   * A step could have come before each turn that others took on its processor while it was ready:
   * it may have been kept waiting by the first of them, with interrupts off or a spinlock held.
   */
  reverseTurns(slot: number, previous: number, cpu: number, end: number): void {
    const { path } = this;
    const bit = 1 << slot;
    for (let event = previous + 1; event < end; event += 1) {
      if (path.cpu.at(event) !== cpu || path.slot.at(event) === slot) continue;
      if ((path.letRun.at(event) & bit) !== 0) this.sets.reverse(event, slot, end);
    }
  }

  /** Returns the variable of the lock that the step takes. */
  private gather(step: StepTouches, turn: number, isLastResort: boolean): number {
    const { direct, orders, last } = this;
    direct.fill(NEVER);
    orders.fill(NEVER);
    let lock = NONE;
    for (let index = 0; index < step.list.length; index += 1) {
      const touch = step.list.at(index);
      const variable = variableOf(touch);
      last.gather(touch, isLastResort || variable === turn ? orders : direct, orders);
      if (kindIn(touch) === LOCK) lock = variable;
    }
    return lock;
  }

  /**
   * Walks back over what the new event depends on, latest first. What nothing later has led to is
   * a race, unless it only orders.
   */
  private follow(slot: number): void {
    const { direct, orders, reach, clocks } = this;
    this.found.length = 0;
    for (;;) {
      let best = NEVER;
      let isRace = false;
      for (let other = 0; other < clocks.width; other += 1) {
        if (other === slot) continue;
        const race = direct[other] ?? NEVER;
        const order = orders[other] ?? NEVER;
        const event = Math.max(race, order);
        if (event <= (reach[other] ?? NEVER) || event <= best) continue;
        best = event;
        isRace = race > order;
      }
      if (best === NEVER) return;
      if (isRace) this.found.push(best);
      clocks.join(best, reach);
    }
  }

  /**
   * Two acquisitions of one lock: the later one could come first, unless its task only got there
   * because of the earlier one. That the lock was released in between is no reason.
   */
  private reverseHeld(slot: number, previous: number, end: number, holding: number): void {
    if (holding === NEVER) return;
    const { path, clocks } = this;
    const holder = path.slot.at(holding);
    if (holder === slot) return;
    if (previous !== NEVER && clocks.at(previous, holder) >= holding) return;
    this.sets.reverse(holding, slot, end);
  }

  /** The latest acquisition of a lock. */
  private holding(lock: number): number {
    if (lock === NONE || !this.table.areDependent(LOCK, LOCK)) return NEVER;
    return this.last.latest(lock, LOCK);
  }
}
