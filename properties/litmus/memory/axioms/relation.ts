/** More events than this do not fit into the bits of a row. */
export const EVENTS_MAX = 31;

/** Which events are related to which: a row of bits for each event. */
export class Relation {
  private readonly rows: readonly number[];

  private constructor(rows: readonly number[]) {
    this.rows = rows;
  }

  /** The pairs for which `holds` is true, among so many events. */
  static of(count: number, holds: (from: number, to: number) => boolean): Relation {
    if (count > EVENTS_MAX) throw new Error(`${count} events are more than ${EVENTS_MAX}`);
    const numbers = [...Array.from({ length: count }).keys()];
    const rowOf = (from: number): number =>
      numbers.reduce((row, to) => (holds(from, to) ? row | (1 << to) : row), 0);
    return new Relation(numbers.map(rowOf));
  }

  has(from: number, to: number): boolean {
    return ((this.rows[from] ?? 0) & (1 << to)) !== 0;
  }

  or(...others: readonly Relation[]): Relation {
    const rows = this.rows.map((row, from) =>
      others.reduce((joined, other) => joined | (other.rows[from] ?? 0), row),
    );
    return new Relation(rows);
  }

  and(other: Relation): Relation {
    return new Relation(this.rows.map((row, from) => row & (other.rows[from] ?? 0)));
  }

  minus(other: Relation): Relation {
    return new Relation(this.rows.map((row, from) => row & ~(other.rows[from] ?? 0)));
  }

  /** From here through this relation, and on through the next. */
  through(...nexts: readonly Relation[]): Relation {
    return nexts.reduce<Relation>((left, right) => left.compose(right), this);
  }

  private compose(next: Relation): Relation {
    const rows = this.rows.map((row) =>
      next.rows.reduce(
        (joined, other, middle) => (row & (1 << middle) ? joined | other : joined),
        0,
      ),
    );
    return new Relation(rows);
  }

  inverse(): Relation {
    return Relation.of(this.rows.length, (from, to) => this.has(to, from));
  }

  /** The same, or nothing at all. */
  maybe(): Relation {
    return this.or(Relation.of(this.rows.length, (from, to) => from === to));
  }

  /** Any number of times, none included. */
  star(): Relation {
    let reached = this.maybe();
    for (let before: Relation | null = null; before === null || !reached.equals(before);) {
      before = reached;
      reached = reached.compose(reached);
    }
    return reached;
  }

  get isEmpty(): boolean {
    return this.rows.every((row) => row === 0);
  }

  get isAcyclic(): boolean {
    const around = this.compose(this.star());
    return this.rows.every((_row, event) => !around.has(event, event));
  }

  private equals(other: Relation): boolean {
    return this.rows.every((row, from) => row === other.rows[from]);
  }
}
