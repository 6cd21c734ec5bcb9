import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callbackMachine } from './machines/callback.ts';
import { cachedTable } from './table-cache.ts';
import { tabulate } from './tabulate.ts';

const lifecycle = callbackMachine({ callsMax: 2 });
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function onlyFile(): string {
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  return join(folder, names[0] ?? '');
}

test('a table comes back as it was written', () => {
  const made = cachedTable(lifecycle, folder);
  expect(made).toEqual(tabulate(lifecycle));
  expect(cachedTable(lifecycle, folder)).toEqual(made);
});

test('a table is really read back', () => {
  cachedTable(lifecycle, folder);
  const before = readFileSync(onlyFile());
  expect(cachedTable(lifecycle, folder)).toEqual(tabulate(lifecycle));
  expect(readFileSync(onlyFile())).toEqual(before);
});

test.each([
  ['empty', ''],
  ['cut', 'abc\n{"states":'],
  ['of another hash', `${'0'.repeat(64)}\n{"states":1}`],
])('a file that is %s is made anew', (_what, text) => {
  cachedTable(lifecycle, folder);
  const path = onlyFile();
  const good = readFileSync(path, 'utf8');
  writeFileSync(path, text);
  expect(cachedTable(lifecycle, folder)).toEqual(tabulate(lifecycle));
  expect(readFileSync(path, 'utf8')).toBe(good);
});

test('another scope has a file of its own', () => {
  cachedTable(lifecycle, folder);
  cachedTable(callbackMachine({ callsMax: 3 }), folder);
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a folder that cannot be written is no error', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  expect(cachedTable(lifecycle, join(blocked, 'folder'))).toEqual(tabulate(lifecycle));
});
