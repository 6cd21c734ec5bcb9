import { expect, test } from 'vitest';
import type { Mutant } from './mutant.ts';
import { sampleOf, shardOf } from './sample.ts';

function mutantsNamed(names: readonly string[]): readonly Mutant[] {
  const start = { line: 1, column: 0 };
  return names.map((key) => ({
    key,
    file: 'impl/kernel/task.ts',
    mutator: 'BooleanLiteral',
    replacement: 'true',
    location: { start, end: start },
  }));
}

const NAMES = Array.from({ length: 200 }, (_, index) => `mutant ${index}`);
const keysOf = (mutants: readonly Mutant[]): readonly string[] => mutants.map(({ key }) => key);

test('the same seed draws the same mutants, in whatever order they come; another one draws others', () => {
  const drawn = keysOf(sampleOf(mutantsNamed(NAMES), { seed: 1, size: 50 }));
  expect(new Set(drawn).size).toBe(50);
  const turned = sampleOf(mutantsNamed(NAMES.toReversed()), { seed: 1, size: 50 });
  expect(keysOf(turned)).toEqual(drawn);
  expect(keysOf(sampleOf(mutantsNamed(NAMES), { seed: 2, size: 50 }))).not.toEqual(drawn);
});

test('a mutant that is gone makes room for one other', () => {
  const drawn = keysOf(sampleOf(mutantsNamed(NAMES), { seed: 1, size: 50 }));
  const [gone] = drawn;
  const rest = NAMES.filter((name) => name !== gone);
  const later = keysOf(sampleOf(mutantsNamed(rest), { seed: 1, size: 50 }));
  expect(later.slice(0, -1)).toEqual(drawn.slice(1));
});

test('shards share the sample, and nothing is in two of them', () => {
  const sample = sampleOf(mutantsNamed(NAMES), { seed: 1, size: 50 });
  const parts = [1, 2, 3].map((shard) => shardOf(sample, { shard, shards: 3 }));
  expect(parts.flat()).toHaveLength(50);
  expect(new Set(keysOf(parts.flat()))).toEqual(new Set(keysOf(sample)));
});
