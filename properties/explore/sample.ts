import { PctStrategy } from '../schedules/pct.ts';
import { PosStrategy } from '../schedules/pos.ts';
import { RandomStrategy } from '../schedules/random.ts';
import type { Strategy } from '../schedules/strategy.ts';
import type { Runner } from './guard.ts';
import type { Execution } from './subject.ts';

/** Random schedules: run number n of them has the seed `seed + n`. */
export type Sampling =
  | { readonly kind: 'random'; readonly runs: number; readonly seed: number }
  | { readonly kind: 'pos'; readonly runs: number; readonly seed: number }
  | { readonly kind: 'pct'; readonly runs: number; readonly seed: number; readonly depth: number };

/**
 * So many runs are drawn without knowledge of those before them, so that batches can be drawn
 * apart from each other and still give the same. Unit: runs.
 */
export const SAMPLE_BATCH = 64;

/** How much of a subject was sampled. */
export interface Sampled {
  readonly runs: number;
  readonly steps: number;
  /** The visitor has ended it. */
  readonly isStopped: boolean;
}

/** Makes runs under random schedules; the visitor ends it with false. */
export function sample<E extends Execution>(
  run: Runner<E>,
  sampling: Sampling,
  visit: (execution: E) => boolean,
): Sampled {
  let steps = 0;
  // How long runs are is learned from those before in the same batch.
  let length = 0;
  for (let index = 0; index < sampling.runs; index += 1) {
    if (index % SAMPLE_BATCH === 0) length = 0;
    const execution = run(strategyOf(sampling, index, length));
    const made = execution.world.steps;
    steps += made;
    length = Math.max(length, made);
    if (!visit(execution)) return { runs: index + 1, steps, isStopped: true };
  }
  return { runs: sampling.runs, steps, isStopped: false };
}

/** So many random runs come before an exhaustive search: what fails often fails at once. */
export const SAMPLED_FIRST = 6;

/** Of these, every third is uniform, every third POS, every third PCT with these depths in turn. */
const DEPTHS = [2, 3] as const;

/** A few runs of each kind; the visitor ends them with false. */
export function sampleFirst<E extends Execution>(
  run: Runner<E>,
  runs: number,
  visit: (execution: E) => boolean,
): Sampled {
  let steps = 0;
  let length = 0;
  for (let index = 0; index < runs; index += 1) {
    const execution = run(firstStrategy(index, length));
    const made = execution.world.steps;
    steps += made;
    length = Math.max(length, made);
    if (!visit(execution)) return { runs: index + 1, steps, isStopped: true };
  }
  return { runs, steps, isStopped: false };
}

function firstStrategy(index: number, length: number): Strategy {
  const seed = index + 1;
  if (index % 3 === 0) return new RandomStrategy(seed);
  if (index % 3 === 1) return new PosStrategy(seed);
  return new PctStrategy(seed, DEPTHS[Math.floor(index / 3) % DEPTHS.length] ?? 2, length);
}

/** The strategy of one run. `length`: how many steps earlier runs had; 0 without any. */
function strategyOf(sampling: Sampling, index: number, length: number): Strategy {
  const seed = sampling.seed + index;
  switch (sampling.kind) {
    case 'random':
      return new RandomStrategy(seed);
    case 'pos':
      return new PosStrategy(seed);
    case 'pct':
      return new PctStrategy(seed, sampling.depth, length);
    default:
      return sampling satisfies never;
  }
}
