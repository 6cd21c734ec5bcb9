import type { Place } from '../../../impl/kernel/access.ts';
import { EVERY_FIELD } from '../../../impl/kernel/footprint.ts';
import { KernelObject } from '../../../impl/kernel/object.ts';
import { Ints } from './ints.ts';

/** The variable that every step reads, and a step that commutes with no other one writes. */
export const MACHINE = 0;

/** The variable that a step writes when it tells something, and the order of all that counts. */
export const LOG = 1;

/** What `starOf` and `anyOf` say of a variable that is no field. */
export const NONE: number = -1;

interface Known {
  readonly star: number;
  readonly fields: Map<string, number>;
}

/**
 * Numbers for everything that steps touch, the same in every run of a search: objects of different
 * runs are the same one when they have the same key, other places when they have the same label.
 *
 * Each place has two variables besides its fields: `star` is touched by whoever touches every field
 * at once, `any` sums up who has touched any of them.
 */
export class Variables {
  private readonly objects = new Map<number, Known>();
  private readonly others = new Map<string, Known>();
  private readonly cpus: number[] = [];
  private readonly stars = new Ints();

  constructor() {
    this.add(NONE); // MACHINE
    this.add(NONE); // LOG
  }

  get count(): number {
    return this.stars.length;
  }

  of(place: Place, field: string): number {
    const known = place instanceof KernelObject ? this.object(place.key) : this.other(place.label);
    if (field === EVERY_FIELD) return known.star;
    let variable = known.fields.get(field);
    if (variable === undefined) {
      variable = this.add(known.star);
      known.fields.set(field, variable);
    }
    return variable;
  }

  /** A processor: its tasks take turns. */
  cpu(index: number): number {
    return (this.cpus[index] ??= this.add(NONE));
  }

  /** The variable for every field of the place that `variable` belongs to. */
  starOf(variable: number): number {
    return this.stars.at(variable);
  }

  /** The variable that sums up the fields of the place with this `star`. */
  anyOf(star: number): number {
    return star + 1;
  }

  private object(key: number): Known {
    let known = this.objects.get(key);
    if (known === undefined) {
      known = this.known();
      this.objects.set(key, known);
    }
    return known;
  }

  private other(label: string): Known {
    let known = this.others.get(label);
    if (known === undefined) {
      known = this.known();
      this.others.set(label, known);
    }
    return known;
  }

  private known(): Known {
    const star = this.count;
    this.stars.push(star);
    this.stars.push(star);
    return { star, fields: new Map() };
  }

  private add(star: number): number {
    this.stars.push(star);
    return this.count - 1;
  }
}
