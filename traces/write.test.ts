import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readTraceFile } from './read.ts';
import type { Trace } from './trace.ts';
import { formatTrace, traceFileName, writeTraceFile } from './write.ts';

const golden = new URL('golden/', import.meta.url);
const names = readdirSync(golden).filter((name) => name.endsWith('.json'));
const race = readTraceFile(new URL('race.json', golden).pathname);
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dmabuf-verify-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The same data, with the keys of all objects in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

test.each(names)('what was written is read and written again: %s', (name) => {
  const text = readFileSync(new URL(name, golden), 'utf8');
  const trace = readTraceFile(new URL(name, golden).pathname);
  expect(formatTrace(trace)).toBe(text);
  // A trace is still one with its keys in another order.
  expect(formatTrace(reversed(trace) as Trace)).toBe(text);
});

test('a file is named after the rule and its content', () => {
  expect(traceFileName(race)).toMatch(/^FENCE-046-[0-9a-f]{6}\.json$/);
  expect(traceFileName({ ...race, implementation: 'other' })).not.toBe(traceFileName(race));
  const unnamed = { ...race, verdict: { ...race.verdict, rules: [], judge: '../lock order' } };
  expect(traceFileName(unnamed)).toMatch(/^-lock-order-[0-9a-f]{6}\.json$/);
});

test('a file appears complete, once, in a folder that is made', () => {
  const found = join(folder, 'traces', 'found');
  const file = writeTraceFile(found, race);
  expect(readTraceFile(file)).toEqual(race);
  expect(writeTraceFile(found, race)).toBe(file);
  expect(readdirSync(found)).toEqual([traceFileName(race)]);
});

test('another file of the same name is kept', () => {
  const taken = join(folder, traceFileName(race));
  writeFileSync(taken, 'something else');
  const file = writeTraceFile(folder, race);
  expect(file).not.toBe(taken);
  expect(readTraceFile(file)).toEqual(race);
  expect(readFileSync(taken, 'utf8')).toBe('something else');
  expect(writeTraceFile(folder, race)).toBe(file);
});

test('a failed write leaves nothing behind', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => writeTraceFile(file, race)).toThrow(/EEXIST|ENOTDIR/);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('what the reader would refuse is not written', () => {
  const verdict = { ...race.verdict, step: 99 };
  expect(() => formatTrace({ ...race, verdict })).toThrow('verdict.step: there is no step 99');
  expect(() => formatTrace({ ...race, implementation: 5 } as unknown as Trace)).toThrow();
});
