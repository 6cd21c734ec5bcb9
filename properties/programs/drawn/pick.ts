/** Turns a list of small drawn numbers into decisions; behind its end everything is 0. */
export class Pick {
  private readonly numbers: readonly number[];
  private next = 0;

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  get isEmpty(): boolean {
    return this.next >= this.numbers.length;
  }

  below(limit: number): number {
    const number = this.numbers[this.next] ?? 0;
    this.next += 1;
    return limit <= 1 ? 0 : number % limit;
  }

  of<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }
}
