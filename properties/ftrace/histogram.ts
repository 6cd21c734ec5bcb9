/** How many values there are between two powers of two. */
export interface Bucket {
  /** The least value that belongs here; the next bucket begins at twice this. Unit: of the clock. */
  readonly from: number;
  readonly count: number;
}

export interface HistogramReport {
  readonly count: number;
  readonly total: number;
  readonly longest: number;
  /** Without those that are empty at both ends. */
  readonly buckets: readonly Bucket[];
}

/** More than any clock counts. */
const BUCKETS = 64;

/** Times by powers of two, as the kernel's own `hist` triggers sort them. */
export class Histogram {
  private readonly counts = new Float64Array(BUCKETS);
  private count = 0;
  private total = 0;
  private longest = 0;

  add(value: number): void {
    const size = Math.max(0, value);
    const bucket = size < 1 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log2(size)) + 1);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count += 1;
    this.total += size;
    this.longest = Math.max(this.longest, size);
  }

  report(): HistogramReport {
    const { count, total, longest } = this;
    const all = [...this.counts].map((n, at) => ({ from: at === 0 ? 0 : 2 ** (at - 1), count: n }));
    const first = all.findIndex((bucket) => bucket.count > 0);
    const last = all.findLastIndex((bucket) => bucket.count > 0);
    return { count, total, longest, buckets: first < 0 ? [] : all.slice(first, last + 1) };
  }
}
