import {
  ALL_KINDS,
  type DependencyTable,
  type Kind,
  KINDS,
  LOCK,
  RELEASE,
} from '../steps/dependency.ts';
import { Ints } from '../steps/ints.ts';
import { kindIn, variableOf } from '../steps/step-touches.ts';
import { NONE, type Variables } from '../steps/variables.ts';

/** There is no such event. */
export const NEVER: number = -1;

/**
 * For each variable, kind and task: the latest event of the current run that touched it so. It
 * can be taken back event by event.
 */
export class LastTouches {
  private readonly variables: Variables;
  private readonly width: number;
  private readonly rows = new Ints();
  /** What was overwritten: place and value, in turn. */
  private readonly former = new Ints();
  private readonly table: DependencyTable;

  constructor(variables: Variables, width: number, table: DependencyTable) {
    this.variables = variables;
    this.width = width;
    this.table = table;
  }

  /** How much there is to take back. */
  get mark(): number {
    return this.former.length;
  }

  takeBack(mark: number): void {
    while (this.former.length > mark) {
      const { length } = this.former;
      this.rows.set(this.former.at(length - 2), this.former.at(length - 1));
      this.former.truncate(length - 2);
    }
  }

  note(touch: number, slot: number, event: number): void {
    const variable = variableOf(touch);
    const kind = kindIn(touch);
    this.set(variable, kind, slot, event);
    const star = this.variables.starOf(variable);
    if (star !== NONE) this.set(this.variables.anyOf(star), kind, slot, event);
  }

  /**
   * Raises `latest`, by slot, to the events on which `touch` depends. A lock that is taken depends
   * on its release in the order of things, not in what could have been otherwise: that is kept
   * apart in `releases`.
   */
  gather(touch: number, latest: Int32Array, releases: Int32Array): void {
    const variable = variableOf(touch);
    const kind = kindIn(touch);
    const star = this.variables.starOf(variable);
    const own = star === variable ? this.variables.anyOf(star) : variable;
    for (const first of ALL_KINDS) {
      const isOrder = kind === LOCK && (first === RELEASE || first === LOCK);
      this.raise(own, first, kind, isOrder ? releases : latest);
      if (star !== NONE && star !== variable) this.raise(star, first, kind, latest);
    }
  }

  /** The latest event, of any task, that touched `variable` so. */
  latest(variable: number, kind: Kind): number {
    const from = this.row(variable, kind);
    let found = NEVER;
    if (from + this.width > this.rows.length) return found;
    for (let slot = 0; slot < this.width; slot += 1) {
      found = Math.max(found, this.rows.at(from + slot));
    }
    return found;
  }

  private raise(variable: number, first: Kind, second: Kind, latest: Int32Array): void {
    if (!this.table.areDependent(first, second)) return;
    const from = this.row(variable, first);
    if (from + this.width > this.rows.length) return;
    for (let slot = 0; slot < this.width; slot += 1) {
      const event = this.rows.at(from + slot);
      if (event > (latest[slot] ?? NEVER)) latest[slot] = event;
    }
  }

  private row(variable: number, kind: Kind): number {
    return (variable * KINDS + kind) * this.width;
  }

  private set(variable: number, kind: Kind, slot: number, event: number): void {
    const at = this.row(variable, kind) + slot;
    this.rows.extend(this.variables.count * KINDS * this.width, NEVER);
    this.former.push(at);
    this.former.push(this.rows.at(at));
    this.rows.set(at, event);
  }
}
