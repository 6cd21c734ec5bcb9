import { beforeAll, describe, expect, test } from 'vitest';
import { packageFolder } from '../../model/package-folder.ts';
import { enumerateMutants } from './enumerate.ts';
import { EQUIVALENT } from './equivalent.ts';
import type { Entry } from './ledger.ts';
import type { Mutant } from './mutant.ts';
import { readPagePart, readSummary } from './report.ts';
import { digestOf, DRAW } from './sample.ts';
import { type Counts, scoreOf, summaryOf } from './summary.ts';
import { textOf } from './summary-text.ts';

const MUTANTS_MIN = 500;
const SCORE_MIN = 85;
/** Edits move some mutants; when more than these are gone, the run has to be made again. */
const GONE_MAX_PERCENT = 10;

const root = packageFolder();
const summary = readSummary(root);
let mutants: readonly Mutant[] = [];
beforeAll(async () => {
  mutants = await enumerateMutants(root);
});

function sum(counts: readonly Counts[], field: keyof Counts): number {
  return counts.reduce((total, one) => total + one[field], 0);
}

describe('what is committed of the last run', () => {
  test('is of a whole sample that is large enough, and good enough', () => {
    const { all, draw, missing, sample } = summary;
    expect({ draw, missing }).toEqual({ draw: DRAW, missing: 0 });
    expect(sample.length).toBeGreaterThanOrEqual(MUTANTS_MIN);
    expect(new Set(sample).size).toBe(DRAW.size);
    expect(all.score).toBeGreaterThanOrEqual(SCORE_MIN);
  });

  test('adds up', () => {
    const { all, files, sample, undetected } = summary;
    const each = Object.values(files);
    for (const field of ['killed', 'timeout', 'survived', 'noCoverage', 'equivalent'] as const) {
      expect(sum(each, field), field).toBe(all[field]);
    }
    expect(all.killed + all.timeout + undetected.length).toBe(sample.length);
    expect(all.survived + all.noCoverage).toBe(undetected.length);
    expect(all.equivalent).toBe(undetected.filter(({ isEquivalent }) => isEquivalent).length);
    for (const counts of [all, ...each]) expect(counts.score).toBe(scoreOf(counts));
  });

  test('is about mutants that are still there, but for those that edits have moved', () => {
    const known = new Set(mutants.map(digestOf));
    const gone = summary.sample.filter((digest) => !known.has(digest));
    expect((100 * gone.length) / summary.sample.length).toBeLessThanOrEqual(GONE_MAX_PERCENT);
  });

  test('is what the page says', () => {
    expect(readPagePart(root)).toBe(textOf(summary));
  });
});

test('a mutant that is listed as equivalent is there, and nothing has noticed it', () => {
  const keys = new Set(mutants.map(({ key }) => key));
  const undetected = new Set(summary.undetected.map(({ key }) => key));
  expect(EQUIVALENT.filter(({ key }) => !keys.has(key))).toEqual([]);
  expect(EQUIVALENT.filter(({ key }) => !undetected.has(key))).toEqual([]);
  expect(new Set(EQUIVALENT.map(({ key }) => key)).size).toBe(EQUIVALENT.length);
});

describe('a summary', () => {
  const start = { line: 1, column: 0 };
  const mutant = (key: string): Mutant => ({
    key,
    file: `impl/${key}.ts`,
    mutator: 'BooleanLiteral',
    replacement: 'true',
    location: { start, end: start },
  });
  const entry = (key: string, status: Entry['status']): readonly [string, Entry] => [
    key,
    { key, look: 'first', status, killedBy: null, covered: 1 },
  ];

  test('counts what was noticed among what could be, and says what is missing', () => {
    const [listed] = EQUIVALENT;
    const keys = ['a', 'b', 'c', 'd', 'e', listed?.key ?? ''];
    const entries = new Map([
      entry('a', 'Killed'),
      entry('b', 'Timeout'),
      entry('c', 'Survived'),
      entry('d', 'NoCoverage'),
      entry(listed?.key ?? '', 'Survived'),
      entry('gone', 'Killed'),
    ]);
    const drawn = { draw: DRAW, mutants: 10 };
    const { all, missing, undetected } = summaryOf(keys.map(mutant), entries, drawn);
    expect(all).toEqual({
      killed: 1,
      timeout: 1,
      survived: 2,
      noCoverage: 1,
      equivalent: 1,
      score: 50,
    });
    expect([missing, undetected.length]).toEqual([1, 3]);
  });

  test('of nothing is complete', () => {
    expect(summaryOf([], new Map(), { draw: DRAW, mutants: 0 }).all.score).toBe(100);
  });
});
