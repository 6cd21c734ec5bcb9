import { expect, test } from 'vitest';
import { isRuleId } from '../../../model/rules/catalogue.ts';
import { keptPatches } from './patch.ts';

test('as many patches change nothing as change something, and each of those names a rule', () => {
  const patches = keptPatches();
  expect(patches.filter(({ verdict }) => verdict === 'unchanged')).toHaveLength(10);
  const broken = patches.filter(({ verdict }) => verdict === 'broken');
  expect(broken).toHaveLength(10);
  for (const { name, rule } of broken) expect(isRuleId(rule ?? ''), name).toBe(true);
});
