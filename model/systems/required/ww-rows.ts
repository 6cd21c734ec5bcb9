import { FORBIDDEN } from '../../tabulate.ts';
import type { MachineState, SystemMachine } from '../machine.ts';

/** By state: the state behind it, or FORBIDDEN. */
export type Row = Int32Array;

/** Makes events out of the events of a table: several of them at once, or only in some states. */
export class Rows<Context> {
  readonly table: SystemMachine<Context>;
  private readonly same: Row;

  constructor(table: SystemMachine<Context>) {
    this.table = table;
    this.same = Int32Array.from(table.states, (_state, number) => number);
  }

  event(name: string): Row {
    const row = this.table.next.get(name);
    if (row === undefined) throw new Error(`${this.table.name} has no event ${name}`);
    return row;
  }

  /** One after the other, as one event. */
  readonly inTurn = (...rows: readonly Row[]): Row =>
    this.same.map((state) =>
      rows.reduce((at, row) => (at === FORBIDDEN ? at : (row[at] ?? FORBIDDEN)), state),
    );

  /** Where the event is forbidden, nothing happens. */
  ifPossible(row: Row): Row {
    return row.map((behind, state) => (behind === FORBIDDEN ? state : behind));
  }

  /** A question: whether something holds. */
  where(holds: (state: MachineState<Context>) => boolean): Row {
    return this.same.map((state) => {
      const at = this.table.states[state];
      return at !== undefined && holds(at) ? state : FORBIDDEN;
    });
  }

  /** A question: whether an event is forbidden. */
  whereNot(row: Row): Row {
    return row.map((behind, state) => (behind === FORBIDDEN ? state : FORBIDDEN));
  }

  /** A machine with these events only, which begins behind `start`. */
  machine(start: Row, rows: ReadonlyMap<string, Row>): SystemMachine<Context> {
    const kept = [start[0] ?? 0];
    for (const state of kept) {
      for (const row of rows.values()) {
        const behind = row[state] ?? FORBIDDEN;
        if (behind !== FORBIDDEN && !kept.includes(behind)) kept.push(behind);
      }
    }
    const numbers = new Map(kept.map((state, number) => [state, number]));
    const { name, states } = this.table;
    return {
      name,
      states: kept.flatMap((state) => states.slice(state, state + 1)),
      next: new Map(
        [...rows].map(([event, row]) => [
          event,
          Int32Array.from(kept, (state) => numbers.get(row[state] ?? FORBIDDEN) ?? FORBIDDEN),
        ]),
      ),
    };
  }
}
