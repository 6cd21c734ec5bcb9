import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { keptPatches } from './patch.ts';

// `npm run audit:patches` judges all of them, and takes half an hour.
const SAMPLE = [
  'reorder-events-of-a-machine',
  'name-a-result',
  'model-signals-twice',
  'no-second-look',
];

test.each(keptPatches().filter(({ name }) => SAMPLE.includes(name)))(
  'the change "$name" is judged right by what is near it',
  (patch) => {
    const { verdict, rules } = judge(patch, { isSince: true });
    expect(verdict).toBe(patch.verdict);
    if (patch.rule === null) expect(rules).toEqual([]);
    else expect(rules).toContain(patch.rule);
  },
  300_000,
);

test('all of the sample are there', () => {
  expect(keptPatches().filter(({ name }) => SAMPLE.includes(name))).toHaveLength(SAMPLE.length);
});
