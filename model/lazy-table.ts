import type { AbstractState, EventName } from './events.ts';
import type { Lifecycle, ModelEvent } from './lifecycle.ts';
import type { RuleId } from './rules/catalogue.ts';
import { Unfolding, eventName } from './unfold.ts';
import type { Step } from './unfold.ts';

/** A monitor that meets more states than this watches something without bounds. */
export const LAZY_STATES_MAX: number = 1 << 20;

/** What an event can carry besides its detail. */
const PARTS = ['fence', 'context', 'seqno', 'is64Bit', 'task'] as const;
type Part = 'type' | 'detail' | (typeof PARTS)[number];
/** One that is new is no part of a key yet, and does not compile here. */
const ALL_PARTS: [keyof ModelEvent] extends [Part] ? typeof PARTS : never = PARTS;

/**
 * The table of a machine without bounds, filled as it is used. States and events are numbers; what
 * was asked before is answered by two array look-ups, and never asks XState again.
 */
export class LazyTable {
  readonly lifecycle: Lifecycle;
  readonly initial = 0;
  private readonly unfolding: Unfolding;
  private readonly events: ModelEvent[] = [];
  private readonly plain = new Map<EventName, number>();
  private readonly detailed = new Map<EventName, Map<number, number>>();
  private readonly others = new Map<string, number>();
  /** By state, then by event: the step; null is forbidden, undefined is not known yet. */
  private readonly rows: (Step | null | undefined)[][] = [[]];

  constructor(lifecycle: Lifecycle) {
    this.lifecycle = lifecycle;
    this.unfolding = new Unfolding(lifecycle);
  }

  /** The number of an event that carries no more than `detail`. */
  event(type: EventName, detail?: number): number {
    if (detail === undefined) {
      return this.plain.get(type) ?? this.learn(this.plain, type, { type });
    }
    let details = this.detailed.get(type);
    if (details === undefined) {
      details = new Map();
      this.detailed.set(type, details);
    }
    return details.get(detail) ?? this.learn(details, detail, { type, detail });
  }

  /** The number of any event, whatever it carries. */
  eventOf(event: ModelEvent): number {
    const { type, detail } = event;
    // Not its name, which is for people: this is asked for at every step.
    let key = '';
    for (const part of ALL_PARTS) {
      const value = event[part];
      if (value !== undefined) key += `${part}${value} `;
    }
    if (key === '') return this.event(type, detail);
    key += detail === undefined ? type : `${detail} ${type}`;
    return this.others.get(key) ?? this.learn(this.others, key, event);
  }

  /** The step that `event` makes in `state`, or null when it is forbidden there. */
  next(state: number, event: number): Step | null {
    const known = this.rows[state]?.[event];
    return known === undefined ? this.compute(state, event) : known;
  }

  /** What the object must show in this state. */
  view(state: number): AbstractState {
    return this.unfolding.view(state);
  }

  /** The machine's own numbers and sets in a state, of the type that the machine declares. */
  context(state: number): unknown {
    return this.unfolding.context(state);
  }

  /** The machine's own words for a state, for messages. */
  stateName(state: number): string {
    return this.unfolding.key(state);
  }

  /** The event as people read it. */
  eventName(event: number): string {
    return eventName(this.eventAt(event));
  }

  /** Which rules are broken when `event` comes where it is forbidden. */
  forbids(event: number): readonly RuleId[] {
    return this.lifecycle.forbids[this.eventAt(event).type] ?? [];
  }

  private learn<Key>(numbers: Map<Key, number>, key: Key, event: ModelEvent): number {
    const number = this.events.length;
    this.events.push(event);
    numbers.set(key, number);
    return number;
  }

  private compute(state: number, event: number): Step | null {
    const step = this.unfolding.step(state, this.eventAt(event));
    const { size } = this.unfolding;
    if (size > LAZY_STATES_MAX) {
      const { kind } = this.lifecycle;
      throw new RangeError(
        `${kind}: more than ${LAZY_STATES_MAX} states, the last one ${this.stateName(size - 1)}`,
      );
    }
    while (this.rows.length < size) this.rows.push([]);
    const row = this.rows[state];
    if (row !== undefined) row[event] = step;
    return step;
  }

  private eventAt(event: number): ModelEvent {
    const found = this.events[event];
    if (found === undefined) throw new RangeError(`${this.lifecycle.kind} has no event ${event}`);
    return found;
  }
}
