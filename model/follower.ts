import type { AbstractState, EventName } from './events.ts';
import { LazyTable } from './lazy-table.ts';
import type { Lifecycle, ModelEvent } from './lifecycle.ts';
import type { Returned } from './returns.ts';
import type { Step } from './unfold.ts';

/** One object of a machine, followed event by event. */
export class Follower {
  readonly table: LazyTable;
  private state: number;

  constructor(lifecycle: Lifecycle) {
    this.table = new LazyTable(lifecycle);
    this.state = this.table.initial;
  }

  /** What the object must show now. */
  get view(): AbstractState {
    return this.table.view(this.state);
  }

  /** Takes an event and says what the call returns. Throws where it is forbidden. */
  take(event: EventName | ModelEvent, detail?: number): Returned | null {
    const step = this.step(event, detail);
    if (step === null) {
      const name = typeof event === 'string' ? event : event.type;
      throw new Error(`${name} is forbidden in ${this.table.stateName(this.state)}`);
    }
    this.state = step.state;
    return step.returns;
  }

  /** Takes plain events one after the other. */
  takeAll(...events: readonly (EventName | ModelEvent)[]): this {
    for (const event of events) this.take(event);
    return this;
  }

  /** The step that the event would make now; null when it is forbidden. */
  step(event: EventName | ModelEvent, detail?: number): Step | null {
    const { table } = this;
    const number = typeof event === 'string' ? table.event(event, detail) : table.eventOf(event);
    return table.next(this.state, number);
  }
}
