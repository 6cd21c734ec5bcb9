import type { Batches } from '../parallel/batches.ts';
import type { RowJob, TimedRow } from './try-row.ts';

export interface RowsOptions {
  readonly faults: readonly string[];
  /** Seeds 1, 2 and so on. */
  readonly seeds: number;
  readonly progress: (text: string) => void;
}

/** Searches for each of some faults with each seed; every search is a batch of its own. */
export class RowsStage implements Batches<'row'> {
  readonly kind = 'row';
  /** Each batch seeds its own. */
  readonly fault = null;
  private readonly options: RowsOptions;
  private readonly rows: TimedRow[] = [];

  constructor(options: RowsOptions) {
    this.options = options;
  }

  job(number: number): RowJob | null {
    const { faults, seeds, progress } = this.options;
    const fault = faults[Math.floor(number / seeds)];
    if (fault === undefined) return null;
    const seed = (number % seeds) + 1;
    progress(`${fault}, seed ${seed}`);
    return { fault, seed };
  }

  merge(row: TimedRow): boolean {
    this.rows.push(row);
    return true;
  }

  result(): readonly TimedRow[] {
    return this.rows;
  }
}
