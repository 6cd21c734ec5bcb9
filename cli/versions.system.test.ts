import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, test } from 'vitest';

// The same report and the same traces, to the byte, on the oldest and on a newer Node.

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const OTHER = 'node@24';
let folder = '';
let other = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-node-'));
  // Asked for once: npx takes a second to find out what it has.
  const words = ['--yes', '-p', OTHER, 'node', '--print', 'process.execPath'];
  other = spawnSync('npx', words, { encoding: 'utf8', cwd: folder }).stdout.trim();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file that a command writes, by name, with what it printed. */
function filesOf(name: string, node: string, words: readonly string[]) {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { cwd, env, encoding: 'utf8' } as const;
  const { stdout, status } = spawnSync(node, [main, ...words], options);
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const texts = files.map((file) => [file.slice(cwd.length), readFileSync(file, 'utf8')]);
  return { status, stdout, files: Object.fromEntries(texts) as Record<string, string> };
}

const here = process.execPath;

test('the other Node is another one', () => {
  const { stdout } = spawnSync(other, ['--version'], { encoding: 'utf8', cwd: folder });
  expect(stdout.trim()).toMatch(/^v24\./);
  expect(stdout.trim()).not.toBe(process.version);
});

/** Each stage of a whole check, with a part of what it runs: rules, programs, recordings, systems. */
const STAGES: readonly (readonly string[])[] = [
  ['check', 'FENCE-04'],
  ['check', 'RESV-01'],
  ['check', 'HW-DISP-00'],
  ['check', 'E2E-009'],
  ['check', 'litmus/race-0'],
  ['check', 'litmus/memory'],
  ['check', 'scenario/scn-0'],
  ['conform'],
  ['fuzz', '--runs', '200'],
  ['explore', 'race-02-add-signal', '--strategy', 'coverage', '--runs', '100'],
  ['systems', 'callbacks'],
];

test.each(STAGES.map((words) => [words.join(' '), words] as const))(
  '%s writes the same report',
  (name, stage) => {
    const words = [...stage, '--json', 'report.json'];
    const folderName = name.replaceAll(/\W+/g, '-');
    const first = filesOf(`${folderName}-here`, here, words);
    // 4 when a program is larger than the bound of its search.
    expect([0, 4]).toContain(first.status);
    expect(Object.keys(first.files)).toEqual(['/report.json']);
    expect(first.files['/report.json']).not.toContain(process.version);
    expect(filesOf(`${folderName}-other`, other, words)).toEqual(first);
  },
);

test('a fault gives the same report and the same traces', () => {
  const words = ['check', 'FENCE-07', '--fault', 'BUG-FENCE-05', '--json', 'report.json'];
  const first = filesOf('fault-here', here, words);
  expect(first.status).toBe(1);
  expect(Object.keys(first.files).length).toBeGreaterThan(1);
  expect(filesOf('fault-other', other, words)).toEqual(first);
});
