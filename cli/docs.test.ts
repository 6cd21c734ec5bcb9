import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

// House rules about documentation.

const root = fileURLToPath(new URL('..', import.meta.url));
const FILES_MAX = 5;
const SKIPPED = new Set([
  'node_modules',
  'dist',
  '.git',
  'coverage',
  'found',
  'corpus',
  'spec',
  'peers',
]);
/** Machines are documented together, with diagrams, in `model/README.md`. */
const ELSEWHERE = new Set(['model/machines']);

function folders(path = ''): string[] {
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  const below = entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .flatMap((entry) => folders(join(path, entry.name)));
  return [path, ...below];
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('a folder with more than five files says what it claims', () => {
  const silent = folders().filter((folder) => {
    const files = filesIn(folder);
    return files.length > FILES_MAX && !files.includes('README.md') && !ELSEWHERE.has(folder);
  });
  expect(silent).toEqual([]);
});

test('every dependency has a decision record', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies', object>;
  const records = filesIn('docs/decisions')
    .map((name) => readFileSync(join(root, 'docs/decisions', name), 'utf8').toLowerCase())
    .join('\n');
  // Types of Node and the type-aware half of the linter come with what they belong to.
  const companions = new Set(['@types/node', 'oxlint-tsgolint']);
  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  const silent = Object.keys(all).filter(
    (name) => !companions.has(name) && !records.includes(name),
  );
  expect(silent).toEqual([]);
});
