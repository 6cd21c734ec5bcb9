import { initialTransition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, StateValue } from 'xstate';
import { PureSteps } from '../pure-steps.ts';
import { FORBIDDEN, STATES_MAX } from '../tabulate.ts';
import type { Table } from '../tabulate.ts';
import { eventName } from '../unfold.ts';

/** One state of a machine, in the machine's own words. */
export interface MachineState<Context = unknown> {
  readonly value: StateValue;
  readonly context: Context;
}

/** A machine as the explorer wants it: its events by name, its states by number. */
export interface SystemMachine<Context = unknown> {
  readonly name: string;
  /** State 0 is the initial one. */
  readonly states: readonly MachineState<Context>[];
  /** By event, then by state: the state behind it, or FORBIDDEN. */
  readonly next: ReadonlyMap<string, Int32Array>;
}

/** For `setup`: an action that does nothing, so that a question counts as an event. */
export const questions: { ask: () => void } = { ask: () => undefined };

/**
 * A transition that changes nothing: a move can use it to ask whether a component is in a state.
 * XState takes a transition with neither target nor action for one that is forbidden.
 */
export const ASK = { actions: 'ask' } as const;

/** An event with numbers as payload; `{ type: 'take', task: 1 }` is named `take(1)`. */
export interface SystemEvent {
  readonly type: string;
  readonly [payload: string]: number | string;
}

/** `lock(1)`: how moves refer to an event of a machine that was tabulated for systems. */
export function systemEventName({ type, ...payload }: SystemEvent): string {
  const values = Object.values(payload);
  return values.length === 0 ? type : `${type}(${values.join(', ')})`;
}

/** The states of a machine in the order in which they are first reached. */
class Numbering {
  readonly snapshots: AnyMachineSnapshot[] = [];
  private readonly numbers = new Map<string, number>();

  number(snapshot: AnyMachineSnapshot): number {
    const key = JSON.stringify([snapshot.value, snapshot.context]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.snapshots.length);
    return this.snapshots.push(snapshot) - 1;
  }
}

/**
 * Tabulates a machine that is no kernel object: a caller, a queue, an interrupt. Its transitions
 * need no answers; everything else is as in `tabulate`.
 *
 * @throws RangeError when there are more than `statesMax` states.
 */
export function systemMachine<Context = unknown>(
  machine: AnyStateMachine,
  alphabet: readonly SystemEvent[],
  { statesMax = STATES_MAX }: { readonly statesMax?: number } = {},
): SystemMachine<Context> {
  const found = new Numbering();
  const rows = alphabet.map((): number[] => []);
  const steps = new PureSteps(machine);
  found.number(initialTransition(machine)[0]);
  for (let state = 0; state < found.snapshots.length; state += 1) {
    const before = found.snapshots[state];
    if (before === undefined) break;
    for (const [index, event] of alphabet.entries()) {
      const isAllowed = steps.can(before, event);
      const next = isAllowed ? found.number(steps.step(before, event)[0]) : FORBIDDEN;
      rows[index]?.push(next);
    }
    if (found.snapshots.length > statesMax) {
      throw new RangeError(`machine ${machine.id} has more than ${statesMax} states`);
    }
  }
  return {
    name: machine.id,
    // The caller names the context that its own machine declares.
    states: found.snapshots.map(({ value, context }) => ({ value, context: context as Context })),
    next: new Map(
      alphabet.map((event, index) => [systemEventName(event), Int32Array.from(rows[index] ?? [])]),
    ),
  };
}

/**
 * The table of a kernel object. Where an event answers calls in several ways there is, beside the
 * event itself, one event per answer, so that callers can branch on results: `poll`, `poll=0` and
 * `poll=1`.
 */
export function objectMachine<Context = unknown>(table: Table): SystemMachine<Context> {
  const next = new Map<string, Int32Array>();
  const width = table.events.length;
  for (const [column, event] of table.events.entries()) {
    const name = eventName(event);
    const row = new Int32Array(table.states).fill(FORBIDDEN);
    next.set(name, row);
    for (let state = 0; state < table.states; state += 1) {
      const behind = table.next[state * width + column] ?? FORBIDDEN;
      if (behind === FORBIDDEN) continue;
      row[state] = behind;
      const answer = table.answers[table.answer[state * width + column] ?? 0]?.returns ?? null;
      if (answer === null) continue;
      const answered = `${name}=${answer}`;
      const narrow = next.get(answered) ?? new Int32Array(table.states).fill(FORBIDDEN);
      narrow[state] = behind;
      next.set(answered, narrow);
    }
  }
  const states = table.names.map((name): MachineState<Context> => {
    // `Unfolding` writes names as JSON of exactly these two, and the caller knows its machine.
    const [value, context] = JSON.parse(name) as [StateValue, Context];
    return { value, context };
  });
  return { name: table.kind, states, next };
}
