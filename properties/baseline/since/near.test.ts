import { expect, test } from 'vitest';
import type { Sources } from './imports.ts';
import { rulesNear } from './near.ts';

const FENCE = `/** A fence. @rule FENCE-001 */
export class Fence {
  flags = 0;

  /** @rule FENCE-027 */
  signal(): void {
    one();

    two();
  }

  /** @rule FENCE-043 */
  addCallback(): void {
    three();
  }
}
`;

const SOURCES: Sources = {
  text: new Map([
    ['impl/fence.ts', FENCE],
    ['impl/list.ts', 'export const list = [];\n'],
    ['impl/array.ts', '/** @rule ARRAY-004 */\n'],
    ['impl/far.ts', '/** @rule RESV-001, RESV-999 */\n'],
  ]),
  importers: new Map([
    ['impl/list.ts', ['impl/fence.ts']],
    ['impl/fence.ts', ['impl/array.ts']],
    ['impl/array.ts', ['impl/far.ts', 'impl/fence.ts']],
  ]),
};

const near = (file: string, lines: readonly number[] | null): Record<string, number> =>
  Object.fromEntries(rulesNear([{ file, lines }], SOURCES));

test('the declaration that a line belongs to comes first, then its file, then who imports it', () => {
  expect(near('impl/fence.ts', [9])).toEqual({
    'FENCE-027': 0,
    'FENCE-001': 1,
    'FENCE-043': 1,
    'ARRAY-004': 2,
    'RESV-001': 3,
  });
  expect(near('impl/fence.ts', [14])).toMatchObject({ 'FENCE-043': 0, 'FENCE-027': 1 });
});

test('a file that names no rule works for those who import it', () => {
  expect(near('impl/list.ts', null)).toEqual({
    'FENCE-001': 2,
    'FENCE-027': 2,
    'FENCE-043': 2,
    'ARRAY-004': 3,
    'RESV-001': 4,
  });
});

test('files outside the rooms are near nothing', () => {
  expect(near('README.md', [1])).toEqual({});
});
