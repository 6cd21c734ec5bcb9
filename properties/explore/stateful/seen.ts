const CELLS_MIN = 1 << 12;

/** Fingerprints of 64 bits in an open table: two words each, and 0 for an empty cell. */
export class SeenSet {
  private cells = new Int32Array(2 * CELLS_MIN);
  private mask = CELLS_MIN - 1;
  size = 0;

  get bytes(): number {
    return this.cells.byteLength;
  }

  /** True when it was not in the set before. */
  add(low: number, high: number): boolean {
    // A cell of two zeros is empty, so the one fingerprint that looks like it is another one.
    const first = low === 0 && high === 0 ? 1 : low;
    if (!this.put(first, high)) return false;
    this.size += 1;
    if (this.size * 3 > this.mask * 2) this.grow();
    return true;
  }

  private put(low: number, high: number): boolean {
    const { cells, mask } = this;
    for (let at = (low ^ (high >>> 11)) & mask; ; at = (at + 1) & mask) {
      const first = cells[2 * at];
      const second = cells[2 * at + 1];
      if (first === low && second === high) return false;
      if (first !== 0 || second !== 0) continue;
      cells[2 * at] = low;
      cells[2 * at + 1] = high;
      return true;
    }
  }

  private grow(): void {
    const before = this.cells;
    this.cells = new Int32Array(2 * before.length);
    this.mask = this.cells.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) {
      const low = before[at] ?? 0;
      const high = before[at + 1] ?? 0;
      if (low !== 0 || high !== 0) this.put(low, high);
    }
  }
}

/** How likely it is that two of so many states have the same fingerprint of 64 bits. */
export function omissionOf(states: number): number {
  return -Math.expm1((-states * (states - 1)) / 2 ** 65);
}
