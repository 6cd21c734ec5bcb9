import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { AbstractState, EventName, EventOf, ObjectKind } from './events.ts';
import type { RuleId } from './rules/catalogue.ts';

/**
 * What a machine takes: an event of the vocabulary, and of its payload only what the lifecycle
 * depends on. A machine that refers to other objects gets what they look like as numbers here.
 */
export interface ModelEvent<Name extends EventName = EventName> {
  readonly type: Name;
  /** The number that belongs to the event: an error, a value, a usage, a count. */
  readonly detail?: number;
  /** Which fence the event is about, numbered by the caller within this object. */
  readonly fence?: number;
  readonly context?: number;
  readonly seqno?: number;
  /** 1 when that fence's numbers compare as plain 64-bit ones; else they wrap at 32 bits. */
  readonly is64Bit?: number;
  /** Which task does it, where that matters to the object. */
  readonly task?: number;
}

export type EventFor<Kind extends ObjectKind> = ModelEvent<EventOf<Kind>>;

/** The parts of an observed event from which a machine's event can be made. */
export interface ObservedEvent {
  readonly name: EventName;
  readonly result: number | null;
  readonly detail: number;
  /** The number of the task that does it. */
  readonly by?: number;
}

/** The lifecycle of one kind of object, within a scope. */
export interface Lifecycle {
  readonly kind: ObjectKind;
  /** The bounds, readable: they stand in every report that uses this lifecycle. */
  readonly scope: Readonly<Record<string, number | string>>;
  readonly machine: AnyStateMachine;
  /** Every event with every payload within the scope. */
  readonly alphabet: readonly ModelEvent[];
  /** Which rules are broken when this event comes where the machine forbids it. */
  readonly forbids: Readonly<Partial<Record<EventName, readonly RuleId[]>>>;
  /** What the object itself must show in this state. */
  readonly view: (snapshot: AnyMachineSnapshot) => AbstractState;
  /** The machine's event for an observed one, or null when payload of other objects is needed. */
  readonly take: (observed: ObservedEvent) => ModelEvent | null;
}

/** The bounds in one line: `referencesMax 2, callbacksMax 2, errors -5`. */
export function scopeName({ scope }: Pick<Lifecycle, 'scope'>): string {
  return Object.entries(scope)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
