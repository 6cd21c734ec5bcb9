/** Whole numbers in a list that grows and shrinks at its end, without garbage. */
export class Ints {
  length = 0;
  private items = new Int32Array(64);

  push(value: number): void {
    if (this.length === this.items.length) this.reserve(this.length + 1);
    this.items[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.items[index] ?? 0; // The caller stays within the length.
  }

  set(index: number, value: number): void {
    this.items[index] = value;
  }

  /** Forgets what lies behind `length`. */
  truncate(length: number): void {
    this.length = length;
  }

  /** Makes the list at least `length` long; what is new reads `value`. */
  extend(length: number, value: number): void {
    if (length <= this.length) return;
    this.reserve(length);
    this.items.fill(value, this.length, length);
    this.length = length;
  }

  private reserve(length: number): void {
    if (length <= this.items.length) return;
    const more = new Int32Array(Math.max(length, this.items.length * 2));
    more.set(this.items);
    this.items = more;
  }
}
