import { expect, test } from 'vitest';
import type { Reported } from '../check/report.ts';
import { verdictOf } from './audit.ts';
import type { Difference } from './compare/difference.ts';

const QUIET = { findings: [], weak: [], partial: [] };
const finding = { rules: [], judge: 'results', message: 'wrong', step: null, expected: null };
const FOUND: Reported = { finding, source: 'FENCE-046', trace: null };

function difference(kind: Difference['kind']): Difference {
  return { part: 'machine', subject: 'fence', text: 'other', details: [], rules: [], kind };
}

test('the worst that is known decides', () => {
  expect(verdictOf(QUIET, [])).toBe('unchanged');
  expect(verdictOf(QUIET, [difference('gained')])).toBe('changed');
  expect(verdictOf(QUIET, [difference('changed'), difference('lost')])).toBe('lost');
  expect(verdictOf({ ...QUIET, findings: [FOUND] }, [difference('lost')])).toBe('broken');
});

test('what cannot fail, or was cut off, guarantees nothing', () => {
  expect(verdictOf({ ...QUIET, weak: ['FENCE-046: the fault x survives'] }, [])).toBe('lost');
  expect(verdictOf({ ...QUIET, partial: ['FENCE-046: race: up to 60 runs'] }, [])).toBe('lost');
});
