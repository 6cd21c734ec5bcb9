const CELLS_MIN = 1 << 12;

/** Every task is due in a state that is new. */
export const ALL_DUE: number = -1;

/** A fingerprint of 64 bits, 0 for an empty cell, and who has slept there at every visit. */
const WORDS = 3;

/**
 * The states that a search has met, in an open table. With each goes the set of those tasks, as
 * bits, whose steps nobody has taken from there yet, since what follows them is met elsewhere.
 */
export class SeenSet {
  private cells = new Int32Array(WORDS * CELLS_MIN);
  private mask = CELLS_MIN - 1;
  size = 0;

  get bytes(): number {
    return this.cells.byteLength;
  }

  /**
   * The search comes to a state, and needs not take the steps of the tasks in `asleep` from there.
   * Returns the tasks whose steps are still to be taken: `ALL_DUE` when it is new, and otherwise
   * those that slept whenever the search came by before, and do not now.
   */
  meet(low: number, high: number, asleep: number): number {
    // A cell of two zeros is empty, so the one fingerprint that looks like it is another one.
    const first = low === 0 && high === 0 ? 1 : low;
    const at = this.find(first, high);
    const { cells } = this;
    if (cells[at] === 0 && cells[at + 1] === 0) {
      this.put(at, first, high, asleep);
      return ALL_DUE;
    }
    const before = cells[at + 2] ?? 0;
    cells[at + 2] = before & asleep;
    return before & ~asleep;
  }

  /** Where a fingerprint is, or would be. */
  private find(low: number, high: number): number {
    const { cells, mask } = this;
    for (let cell = (low ^ (high >>> 11)) & mask; ; cell = (cell + 1) & mask) {
      const at = WORDS * cell;
      const first = cells[at];
      const second = cells[at + 1];
      if (first === low && second === high) return at;
      if (first === 0 && second === 0) return at;
    }
  }

  private put(at: number, low: number, high: number, asleep: number): void {
    this.set(at, low, high, asleep);
    this.size += 1;
    if (this.size * 3 > this.mask * 2) this.grow();
  }

  private set(at: number, low: number, high: number, asleep: number): void {
    const { cells } = this;
    cells[at] = low;
    cells[at + 1] = high;
    cells[at + 2] = asleep;
  }

  private grow(): void {
    const before = this.cells;
    this.cells = new Int32Array(2 * before.length);
    this.mask = this.cells.length / WORDS - 1;
    for (let at = 0; at < before.length; at += WORDS) {
      const low = before[at] ?? 0;
      const high = before[at + 1] ?? 0;
      if (low !== 0 || high !== 0) this.set(this.find(low, high), low, high, before[at + 2] ?? 0);
    }
  }
}

/** How likely it is that two of so many states have the same fingerprint of 64 bits. */
export function omissionOf(states: number): number {
  return -Math.expm1((-states * (states - 1)) / 2 ** 65);
}
