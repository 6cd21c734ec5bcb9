import { initialTransition } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import type { AbstractState } from './events.ts';
import type { Lifecycle, ModelEvent } from './lifecycle.ts';
import { PureSteps } from './pure-steps.ts';
import { answerOf } from './returns.ts';
import type { Answer } from './returns.ts';

/** One transition: the number of the state behind it, and what the call returns. */
export interface Step extends Answer {
  readonly state: number;
}

/** Names an event with its payload, for people and as a key: `setError(-5)`. */
export function eventName(event: ModelEvent): string {
  const { type, ...payload } = event;
  const parts = Object.entries(payload).map(([name, value]) =>
    name === 'detail' ? String(value) : `${name} ${value}`,
  );
  return parts.length === 0 ? type : `${type}(${parts.join(', ')})`;
}

/**
 * The states of one machine, numbered in the order in which they are first reached. Every step is
 * made by XState itself; whoever needs speed remembers the steps.
 */
export class Unfolding {
  readonly lifecycle: Lifecycle;
  readonly initial = 0;
  private readonly numbers = new Map<string, number>();
  private readonly snapshots: AnyMachineSnapshot[] = [];
  private readonly keys: string[] = [];
  private readonly views: AbstractState[] = [];
  private readonly steps: PureSteps;

  constructor(lifecycle: Lifecycle) {
    this.lifecycle = lifecycle;
    this.steps = new PureSteps(lifecycle.machine);
    const [snapshot] = initialTransition(lifecycle.machine);
    this.number(snapshot);
  }

  /** How many states have been reached so far. */
  get size(): number {
    return this.snapshots.length;
  }

  /** The machine's own words for a state: its state value and its context. */
  key(state: number): string {
    return this.at(this.keys, state);
  }

  /** What the object must show in this state. */
  view(state: number): AbstractState {
    return this.at(this.views, state);
  }

  /** The machine's own numbers and sets in a state. */
  context(state: number): unknown {
    return this.at(this.snapshots, state).context;
  }

  /** The step that `event` makes, or null when the machine forbids it here. */
  step(state: number, event: ModelEvent): Step | null {
    const { kind } = this.lifecycle;
    const before = this.at(this.snapshots, state);
    if (!this.steps.can(before, event)) return null;
    const [after, actions] = this.steps.step(before, event);
    const where = `${kind}, ${eventName(event)} in ${this.key(state)}`;
    return { state: this.number(after), ...answerOf(actions, where) };
  }

  private number(snapshot: AnyMachineSnapshot): number {
    const key = JSON.stringify([snapshot.value, snapshot.context]);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.snapshots.length;
    this.numbers.set(key, number);
    this.snapshots.push(snapshot);
    this.keys.push(key);
    this.views.push(this.lifecycle.view(snapshot));
    return number;
  }

  private at<T>(list: readonly T[], state: number): T {
    const found = list[state];
    if (found === undefined) {
      throw new RangeError(`${this.lifecycle.kind} has no state ${state}, only ${list.length}`);
    }
    return found;
  }
}
