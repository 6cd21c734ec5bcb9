import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { FtraceFileError, LINE_BYTES_MAX, readLines } from './lines.ts';

const MEGABYTE = 1024 * 1024;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-lines-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function linesOf(text: string | Buffer): (readonly [string | null, number])[] {
  const file = join(folder, 'lines.log');
  writeFileSync(file, text);
  const found: (readonly [string | null, number])[] = [];
  readLines(file, (line, number) => found.push([line, number]));
  return found;
}

test('line ends of both kinds, and none at the end', () => {
  expect(linesOf('a\r\n\nb\nc')).toEqual([
    ['a', 1],
    ['', 2],
    ['b', 3],
    ['c', 4],
  ]);
  expect(linesOf('')).toEqual([]);
  expect(linesOf('a\n')).toEqual([['a', 1]]);
});

test('a line that is too long is left out, and the next one is there', () => {
  const long = 'x'.repeat(LINE_BYTES_MAX + 1);
  expect(linesOf(`a\n${long}\nb\n`)).toEqual([
    ['a', 1],
    [null, 2],
    ['b', 3],
  ]);
  const huge = 'y'.repeat(5 * MEGABYTE);
  expect(linesOf(`${huge}\nb\n${huge}`)).toEqual([
    [null, 1],
    ['b', 2],
    [null, 3],
  ]);
});

test('lines across the parts that a file is read in', () => {
  const lines = Array.from({ length: 30_000 }, (_, at) => `${at} ${'z'.repeat(at % 90)}`);
  expect(linesOf(lines.join('\n')).map(([line]) => line)).toEqual(lines);
});

test('bytes that are no text', () => {
  expect(linesOf(Buffer.from([0, 255, 10, 200]))).toEqual([
    ['\0ÿ', 1],
    ['È', 2],
  ]);
});

test.each(['', 'nothing-here.log'])('what is no file: %j', (name) => {
  expect(() => readLines(join(folder, name), () => undefined)).toThrow(FtraceFileError);
});
