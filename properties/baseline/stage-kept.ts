import { findFault } from '../faults/registry.ts';
import type { Batches } from '../parallel/batches.ts';
import { PUBLIC_FAULTS } from './kept-traces.ts';
import type { KeptJob, KeptTried } from './try-kept.ts';

export interface KeptOptions {
  readonly seed: number;
  /** See `KeptJob.isFull`. */
  readonly isFull: boolean;
  /** Only faults that break one of these; null for all. */
  readonly rules: ReadonlySet<string> | null;
  readonly progress: (text: string) => void;
}

/** Tries the faults of the public catalogue; each is a batch of its own. */
export class KeptStage implements Batches<'kept'> {
  readonly kind = 'kept';
  /** Each batch seeds its own. */
  readonly fault = null;
  private readonly options: KeptOptions;
  private readonly asked: readonly string[];
  private readonly tried: KeptTried[] = [];

  constructor(options: KeptOptions) {
    const { rules } = options;
    this.options = options;
    this.asked = PUBLIC_FAULTS.filter((id) => {
      const { breaks } = findFault(id) ?? { breaks: [] };
      return rules === null || breaks.some((rule) => rules.has(rule));
    });
  }

  job(number: number): KeptJob | null {
    const fault = this.asked[number];
    if (fault === undefined) return null;
    const { seed, isFull, progress } = this.options;
    progress(fault);
    return { fault, seed, isFull };
  }

  merge(tried: KeptTried): boolean {
    this.tried.push(tried);
    return true;
  }

  result(): readonly KeptTried[] {
    return this.tried;
  }
}
