import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { findInconsistency } from './consistency.ts';
import { TRACE, type Trace } from './trace.ts';

/** Enough to tell the traces of one rule apart. Unit: hexadecimal digits. */
const HASH_LENGTH = 6;
/** Unit: hexadecimal digits of a SHA-256. */
const HASH_LENGTH_MAX = 64;

/**
 * The trace as a file holds it: the same bytes for equal traces, in whatever order their keys were
 * made. Each entry of a list has a line of its own, so that differences are readable.
 *
 * @throws {Error} when `trace` is no trace that `readTraceFile` would take back
 */
export function formatTrace(trace: Trace): string {
  // The schema brings known keys into its own order.
  const checked = TRACE.parse(trace);
  const contradiction = findInconsistency(checked);
  if (contradiction !== null) {
    throw new Error(`${contradiction.path}: ${contradiction.message}`);
  }
  const lines = Object.entries(checked).map(([key, value]) => `  "${key}": ${entry(key, value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function entry(key: string, value: unknown): string {
  if (key === 'program')
    return JSON.stringify(sortRecords(value), null, 2).replaceAll('\n', '\n  ');
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return '[]';
  const lines = value.map((item) => `    ${JSON.stringify(sortRecords(item))}`);
  return `[\n${lines.join(',\n')}\n  ]`;
}

/** The two records of a trace have keys that the schema does not know, so they are sorted. */
const RECORDS: ReadonlySet<string> = new Set(['args', 'context']);

function sortRecords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortRecords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      RECORDS.has(key) && typeof item === 'object' && item !== null
        ? Object.fromEntries(Object.entries(item).toSorted(byKey))
        : sortRecords(item),
    ]),
  );
}

/** By code unit: no locale has a say in it. */
function byKey([first]: [string, unknown], [second]: [string, unknown]): number {
  return first < second ? -1 : 1;
}

/** `FENCE-046-3f9a1c.json`: the first broken rule, or the judge, and a hash of the content. */
export function traceFileName(trace: Trace): string {
  return nameOf(trace, formatTrace(trace), HASH_LENGTH);
}

function nameOf(trace: Trace, text: string, hashLength: number): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, hashLength);
  const finding = trace.verdict.rules[0] ?? trace.verdict.judge;
  return `${finding.replaceAll(/[^A-Za-z0-9-]+/g, '-').slice(0, 40)}-${hash}.json`;
}

/**
 * Writes the trace into `folder`, which is made when it is missing, and returns its path. The file
 * appears at once and complete. Another trace whose hash begins alike is never overwritten.
 */
export function writeTraceFile(folder: string, trace: Trace): string {
  const text = formatTrace(trace);
  mkdirSync(folder, { recursive: true });
  let file = join(folder, nameOf(trace, text, HASH_LENGTH));
  if (existsSync(file)) {
    if (readFileSync(file, 'utf8') === text) return file;
    file = join(folder, nameOf(trace, text, HASH_LENGTH_MAX));
  }
  writeWhole(file, text);
  return file;
}

/** Writes the trace to this very file, in place of what is there. It appears at once and complete. */
export function writeTraceTo(file: string, trace: Trace): void {
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, formatTrace(trace));
}

function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
