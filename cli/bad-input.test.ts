import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { keptRecordings } from '../properties/conform/kept-recordings.ts';
import { runHere } from './in-process.ts';

// Whatever a file holds: one line, exit code 2, nothing written, no long wait.

const SECONDS_MAX = 10;
/** Unit: bytes. */
const HUGE = 100 * 1024 * 1024;

const trace = readFileSync(new URL('../traces/golden/race.json', import.meta.url), 'utf8');
const [recording = ''] = keptRecordings().map((file) => readFileSync(file, 'utf8').split('\n')[0]);
const home = process.cwd();
let folder = '';

const deep = '['.repeat(200_000);
const hostile = (text: string, after: string): string =>
  text.replace(after, `"__proto__": {"polluted": true}, ${after}`);

/** Files by name; null is one of 100 MB with nothing in it. */
const FILES: Readonly<Record<string, string | null>> = {
  'empty.json': '',
  'truncated.json': trace.slice(0, 3000),
  'words.json': 'this is no JSON\n',
  'newer.json': trace.replace('"version": 1,', '"version": 99,'),
  'older.json': trace.replace('"version": 1,', '"version": 0,'),
  'deep.json': deep,
  'deep-closed.json': deep + ']'.repeat(deep.length),
  'hostile.json': hostile(trace, '"fault"'),
  'nul.json': '\u0000'.repeat(1000),
  'huge.json': null,
  'truncated.jsonl': recording.slice(0, 1500),
  'deep.jsonl': `${deep}\n`,
  'hostile.jsonl': `${hostile(recording, '"args"')}\n`,
  'blank.jsonl': `${recording}\n\n`,
  'other.jsonl': `${recording.replace('"ops"', '"opz"')}\n`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-bad-'));
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(folder, name), text ?? '');
    if (text === null) truncateSync(join(folder, name), HUGE);
  }
  mkdirSync(join(folder, 'folder.json'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const TRACE_VERBS = ['show', 'replay'];
const words = [
  ...[...Object.keys(FILES), 'none.json', 'folder.json'].flatMap((name) =>
    (name.endsWith('.json') ? [...TRACE_VERBS, 'conform'] : ['conform']).map((verb) => [
      verb,
      name,
    ]),
  ),
  ...['hostile.json', 'truncated.json'].map((name) => ['export', name, '--format=sarif']),
  ...['words.json', 'folder.json', 'none.mjs'].map((name) => ['check', '--fault', `./${name}`]),
];

test.each(words)('%s %s %s', async (...line) => {
  const before = readdirSync(folder);
  const start = performance.now();
  const { status, stdout, stderr } = await runHere(...line.filter((word) => word !== undefined));
  expect(stderr).toMatch(/^dmabuf-verify: [^\n]+\n$/);
  // A message is for a terminal: none repeats a whole file.
  expect(stderr.length).toBeLessThan(400);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect((performance.now() - start) / 1000).toBeLessThan(SECONDS_MAX);
  expect(readdirSync(folder)).toEqual(before);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

const MODULES: Readonly<Record<string, readonly [string, string]>> = {
  'no-export.mjs': ['export const other = 1;', 'expected an export "fault"'],
  'throws.mjs': ['throw new Error("one\\ntwo");', 'cannot be loaded as a module: one two'],
  'no-rule.mjs': [
    'export const fault = { id: "x", mistake: "m", breaks: ["FENCE-999"], install: () => ({}) };',
    "fault.breaks: unknown rule 'FENCE-999'",
  ],
  'no-class.mjs': [
    'export const fault = { id: "x", mistake: "m", breaks: [], install: () => ({ Fence: class {} }) };',
    "fault.install: unknown class 'Fence'; did you mean",
  ],
  'nothing.mjs': [
    'export const fault = { id: "x", mistake: "m", breaks: [], install: () => ({}) };',
    'fault.install: expected classes of ',
  ],
};

test.each(Object.entries(MODULES))('check --fault %s', async (name, [text, message]) => {
  writeFileSync(join(folder, name), text);
  const { status, stdout, stderr } = await runHere('check', '--fault', `./${name}`);
  expect(stderr).toContain(`./${name}: `);
  expect(stderr).toContain(message);
  expect(stderr.split('\n')).toHaveLength(2);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
