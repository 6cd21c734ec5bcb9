import { createHash } from 'node:crypto';
import type { Mutant } from './mutant.ts';

/** What decides which mutants are drawn, and how many. */
export interface Draw {
  readonly seed: number;
  readonly size: number;
}

export const DRAW: Draw = { seed: 1, size: 520 };

/** Enough to tell some thousands apart. Unit: hexadecimal digits. */
const DIGEST_LENGTH = 10;

/**
 * The mutants whose hash under the seed is smallest: the same seed draws the same ones, and an edit
 * moves those that it made or took away, and as many at the end.
 */
export function sampleOf(mutants: readonly Mutant[], { seed, size }: Draw): readonly Mutant[] {
  return mutants
    .map((mutant) => ({ mutant, hash: hashOf(`${seed} ${mutant.key}`) }))
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, size)
    .map(({ mutant }) => mutant);
}

/** Every so-many-eth mutant of the sample; shards count from 1. */
export function shardOf(
  sample: readonly Mutant[],
  { shard, shards }: { readonly shard: number; readonly shards: number },
): readonly Mutant[] {
  return sample.filter((_mutant, index) => index % shards === shard - 1);
}

/** A short name for a key, by which a sample is remembered. */
export function digestOf({ key }: Pick<Mutant, 'key'>): string {
  return hashOf(key).slice(0, DIGEST_LENGTH);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
