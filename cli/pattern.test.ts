import { expect, test } from 'vitest';
import { patternComplaint } from './pattern.ts';

const CHECKABLE = {
  names: ['FENCE-043', 'FENCE-046', 'litmus/race-02'],
  rules: [{ id: 'FENCE-043' }, { id: 'FENCE-046' }, { id: 'FENCE-047' }, { id: 'FENCE-048' }],
  unchecked: [{ rule: 'FENCE-047', reason: 'nobody can see it' }],
} as const;

test('whatever names something that is checked will do', () => {
  for (const pattern of ['FENCE', 'FENCE-046', 'race-02']) {
    expect(patternComplaint(pattern, CHECKABLE)).toBeNull();
  }
});

test('a rule that nothing checks says why', () => {
  const complaint = (pattern: string): string | null => patternComplaint(pattern, CHECKABLE);
  expect(complaint('FENCE-047')).toBe(
    "nothing checks 'FENCE-047': nobody can see it; see the verb rules",
  );
  expect(complaint('FENCE-048')).toBe(
    "nothing checks 'FENCE-048': it has no property; see the verb rules",
  );
});

test('anything else is unknown', () => {
  expect(patternComplaint('NOPE-1', CHECKABLE)).toContain("unknown pattern 'NOPE-1'");
});
