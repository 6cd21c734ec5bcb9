import { type DependencyTable, RELEASE, WRITE } from './dependency.ts';
import { type Path, sleeperOf, slotOf, wokenIn } from './path.ts';
import { kindIn, type StepTouches, variableOf } from './step-touches.ts';
import { NONE, type Variables } from './variables.ts';

/**
 * Choices that need not be made in a state, since they were made before, or in an earlier state,
 * and nothing since depends on them: whatever follows them is known.
 */
export class SleepSets {
  private readonly path: Path;
  private readonly step: StepTouches;
  private readonly table: DependencyTable;
  private readonly variables: Variables;

  constructor(path: Path, step: StepTouches, table: DependencyTable, variables: Variables) {
    this.path = path;
    this.step = step;
    this.table = table;
    this.variables = variables;
  }

  /** Into the new state behind the last event: who does not depend on that event sleeps on. */
  pass(): void {
    const { path } = this;
    const before = path.length - 1;
    const slot = path.slot.at(before);
    const count = path.sleeperCount(before);
    for (let index = 0; index < count; index += 1) {
      const choice = path.sleeperChoice(before, index);
      if (sleeperOf(choice) === slot) continue;
      const from = path.sleeperFrom(before, index);
      const to = path.sleeperTo(before, index);
      const isWoken = choice >= 0 && this.isWoken(from, to);
      path.addSleeper(isWoken ? wokenIn(slotOf(choice)) : choice, from, to);
    }
  }

  /**
   * A step that slept, and does something else now that it was woken, counts as touching also what
   * it touched when it was seen before. Else it would commute, here, with events that it would not
   * have commuted with if it had come at once, and nobody would ask for those to come before it.
   */
  recall(slot: number): void {
    const { path, step } = this;
    const state = path.length - 1;
    const count = path.sleeperCount(state);
    for (let index = 0; index < count; index += 1) {
      if (path.sleeperChoice(state, index) !== wokenIn(slot)) continue;
      const to = path.sleeperTo(state, index);
      for (let at = path.sleeperFrom(state, index); at < to; at += 1) {
        const touch = path.touches.at(at);
        const kind = kindIn(touch);
        // What it gave back then, somebody else may have given back this time.
        step.add(variableOf(touch), kind === RELEASE ? WRITE : kind);
      }
    }
  }

  /** The last step depends on the one whose touches stand there. */
  private isWoken(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) {
      if (this.dependsOn(this.path.touches.at(at))) return true;
    }
    return false;
  }

  /** The last step depends on a touch. */
  dependsOn(touch: number): boolean {
    const { step, table, variables } = this;
    const variable = variableOf(touch);
    const kind = kindIn(touch);
    const star = variables.starOf(variable);
    const here = step.kindAt(star === variable ? variables.anyOf(star) : variable);
    if (here !== NONE && table.areDependent(here, kind)) return true;
    const all = star === NONE ? NONE : step.kindAt(star);
    return all !== NONE && table.areDependent(all, kind);
  }
}
