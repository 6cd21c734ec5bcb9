import type { Place } from '../../../impl/kernel/access.ts';
import type { Footprint, TouchKind } from '../../../impl/kernel/footprint.ts';
import { type Kind, kindOf, KINDS, READ, WRITE } from './dependency.ts';
import { Ints } from './ints.ts';
import { LOG, NONE, type Variables } from './variables.ts';

/** The variable of a touch, and its kind: both in one number. */
export function touchOf(variable: number, kind: Kind): number {
  return variable * KINDS + kind;
}

export function variableOf(touch: number): number {
  return Math.trunc(touch / KINDS);
}

export function kindIn(touch: number): Kind {
  return (touch % KINDS) as Kind; // There are no other remainders.
}

/** What the step that is being performed has touched so far: every variable once. */
export class StepTouches implements Footprint {
  /** One touch for each variable, of the strongest kind. */
  readonly list: Ints = new Ints();
  private readonly variables: Variables;
  private readonly keepsLog: boolean;
  private step = 0;
  /** By variable: the last step that touched it, how, and where the touch is in the list. */
  private readonly steps = new Ints();
  private readonly kinds = new Ints();
  private readonly places = new Ints();

  /** `keepsLog`: two steps that tell something do not commute, whatever it is about. */
  constructor(variables: Variables, keepsLog: boolean) {
    this.variables = variables;
    this.keepsLog = keepsLog;
  }

  /** The next step begins. */
  begin(): void {
    this.step += 1;
    this.list.truncate(0);
  }

  touched(place: Place, field: string, touch: TouchKind): void {
    this.add(this.variables.of(place, field), kindOf(touch));
    if (this.keepsLog && touch === 'tell') this.add(LOG, WRITE);
  }

  add(variable: number, kind: Kind): void {
    if (this.variables.count > this.steps.length) this.grow();
    if (this.steps.at(variable) === this.step) {
      if (kind > this.kinds.at(variable)) {
        this.list.set(this.places.at(variable), touchOf(variable, kind));
        this.note(variable, kind);
        this.sumUp(variable, kind);
      }
      return;
    }
    this.steps.set(variable, this.step);
    this.kinds.set(variable, kind);
    this.places.set(variable, this.list.length);
    this.list.push(touchOf(variable, kind));
    this.sumUp(variable, kind);
  }

  /** How the step touched a variable; `NONE` when it did not. */
  kindAt(variable: number): number {
    return this.steps.at(variable) === this.step ? this.kinds.at(variable) : NONE;
  }

  private sumUp(variable: number, kind: Kind): void {
    const star = this.variables.starOf(variable);
    if (star !== NONE) this.note(this.variables.anyOf(star), kind);
  }

  private note(variable: number, kind: Kind): void {
    const before = this.kindAt(variable);
    this.steps.set(variable, this.step);
    if (before < kind) this.kinds.set(variable, kind);
  }

  private grow(): void {
    const { count } = this.variables;
    this.steps.extend(count, 0);
    this.kinds.extend(count, READ);
    this.places.extend(count, 0);
  }
}
