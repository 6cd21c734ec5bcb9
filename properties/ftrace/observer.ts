import type { EventName } from '../../model/events.ts';
import { FORBIDDEN, type Table } from '../../model/tabulate.ts';

/** What a line of a log says of an object: one of these events happened to it. */
export interface Sight {
  readonly events: readonly EventName[];
  /** The events also happen without a line. */
  readonly isSilent?: boolean;
}

/** No state of the object allows what was seen. */
export const IMPOSSIBLE = -1;

/**
 * A machine seen from outside. What is known of an object is a *belief*: the set of the states that
 * it may be in, given what was seen of it and that everything else happens unseen. Beliefs are numbers,
 * and what a sight makes of one is worked out once, from the machine's own table.
 */
export class Observer<Name extends string> {
  /** Of an object before anything has happened to it. */
  readonly unborn: number;
  /** Of an object of which nothing is known. */
  readonly anything: number;
  private readonly table: Table;
  private readonly names: readonly Name[];
  private readonly sights: ReadonlyMap<Name, readonly number[]>;
  private readonly silent: readonly number[];
  private readonly numbers = new Map<string, number>();
  private readonly beliefs: (readonly number[])[] = [];
  private readonly steps: Map<Name, number>[] = [];

  constructor(table: Table, sights: Readonly<Record<Name, Sight>>) {
    this.table = table;
    // The keys of a record are those of its type.
    this.names = Object.keys(sights) as Name[];
    this.sights = new Map(this.names.map((name) => [name, this.numbered(sights[name].events)]));
    const seen = new Set(
      this.names.flatMap((name) => (sights[name].isSilent === true ? [] : sights[name].events)),
    );
    this.silent = table.events.flatMap(({ type }, event) => (seen.has(type) ? [] : [event]));
    this.unborn = this.number(this.closure([table.initial]));
    this.anything = this.number(Array.from({ length: table.states }, (_, state) => state));
  }

  /** The belief after a sight, or IMPOSSIBLE. */
  next(belief: number, sight: Name): number {
    const steps = this.steps[belief];
    const known = steps?.get(sight);
    if (known !== undefined) return known;
    const events = this.sights.get(sight) ?? [];
    const after = this.after(this.beliefs[belief] ?? [], events);
    const number = after.length === 0 ? IMPOSSIBLE : this.number(this.closure(after));
    steps?.set(sight, number);
    return number;
  }

  /** Whether a sight of this kind can be the reason why another one is impossible behind it. */
  excludes(earlier: Name, later: Name): boolean {
    const between = this.next(this.anything, earlier);
    return between !== IMPOSSIBLE && this.next(between, later) === IMPOSSIBLE;
  }

  private numbered(events: readonly EventName[]): readonly number[] {
    return this.table.events.flatMap(({ type }, event) => (events.includes(type) ? [event] : []));
  }

  private after(states: readonly number[], events: readonly number[]): number[] {
    const { next, events: all } = this.table;
    const found = new Set<number>();
    for (const state of states) {
      for (const event of events) {
        const target = next[state * all.length + event] ?? FORBIDDEN;
        if (target !== FORBIDDEN) found.add(target);
      }
    }
    return [...found];
  }

  /** These states and all that nothing but unseen events lead to. */
  private closure(states: readonly number[]): readonly number[] {
    const found = new Set(states);
    for (const state of found) {
      for (const target of this.after([state], this.silent)) found.add(target);
    }
    return [...found].toSorted((a, b) => a - b);
  }

  private number(states: readonly number[]): number {
    const key = states.join(' ');
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.beliefs.length;
    this.numbers.set(key, number);
    this.beliefs.push(states);
    this.steps.push(new Map());
    return number;
  }
}
