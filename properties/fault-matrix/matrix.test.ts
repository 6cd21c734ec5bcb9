import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MATRIX } from './matrix.ts';
import { play } from './play.ts';
import { matrixShown } from './shown.ts';

const SPEC = new URL('../../model/rules/spec/drivers-and-hardware.md', import.meta.url);

/** The rows of the table, each with the numbers of the rules that it names. */
function rowsOfTheRules(): readonly (readonly [string, readonly string[]])[] {
  const text = readFileSync(SPEC, 'utf8').split('## 2.12')[1]?.split('## 2.13')[0] ?? '';
  return text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length > 6 && /^(seeded )?\w+\.\w+$/.test(cells[1] ?? ''))
    .map((cells) => {
      const named = cells[4] ?? '';
      const numbers = named.startsWith('none') ? [] : named.match(/\d{3}/g);
      return [(cells[1] ?? '').replace('seeded ', ''), numbers ?? []] as const;
    });
}

test('every row of the rules is here, with the properties that it names', () => {
  const rows = rowsOfTheRules();
  expect(rows).toHaveLength(34);
  for (const [id, numbers] of rows) {
    const row = MATRIX.find((one) => one.id === id);
    expect(row?.violates, id).toEqual(numbers.map((number) => `E2E-${number}`));
  }
  const known = rows.map(([id]) => id).toSorted();
  expect(MATRIX.map(({ id }) => id).toSorted()).toEqual(known);
});

describe.each(MATRIX.map((row) => ({ id: row.id, row })))('$id', ({ row }) => {
  test('nothing is violated with the mitigation', () => {
    const { found, reached } = play(row, true);
    expect(found).toEqual([]);
    expect(reached).toBeGreaterThan(0);
  });

  test.runIf(row.without !== null)('what it names is violated without, and that first', () => {
    expect(play(row, false).isAsNamed).toBe(true);
  });
});

test('what no property has shown is not counted', () => {
  expect(matrixShown([])).toMatchObject({ total: 34, shown: 0 });
});
