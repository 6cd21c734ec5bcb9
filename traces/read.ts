import { closeSync, fstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';

import { type z } from 'zod';

import { findInconsistency } from './consistency.ts';
import { findJsonProblem, type JsonLimits } from './json-scan.ts';
import { excerpt, printable } from './printable.ts';
import { TRACE, TRACE_FORMAT, TRACE_VERSION, type Trace } from './trace.ts';

/** Unit: bytes. */
export const TRACE_BYTES_MAX: number = 64 * 1024 * 1024;
/** What a checker complains about is kept per value, so the values are bounded too. */
const LIMITS: JsonLimits = { depthMax: 32, valuesMax: 2_000_000 };
/** Unit: characters of a document that a message repeats. */
const QUOTE_MAX = 40;

/** A trace file that cannot be used. The message is one line and may be shown as it is. */
export class TraceFileError extends Error {
  constructor(place: string, problem: string, options?: ErrorOptions) {
    super(`${printable(place)}: ${printable(problem)}`, options);
    this.name = 'TraceFileError';
  }
}

/**
 * The trace in `file`.
 *
 * @throws {TraceFileError} when there is none, saying what is wrong, where, and what was expected
 */
export function readTraceFile(file: string): Trace {
  return parseTrace(readText(file), file);
}

/**
 * The trace that `text` holds; `name` says in messages where the text is from.
 *
 * @throws {TraceFileError} when it holds none
 */
export function parseTrace(text: string, name: string): Trace {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (body.trim() === '') throw new TraceFileError(name, 'is empty; expected a trace');
  const problem = findJsonProblem(body, LIMITS);
  if (problem !== null) {
    throw new TraceFileError(`${name}:${problem.line}:${problem.column}`, problem.message);
  }
  const document: unknown = JSON.parse(body);
  checkHeader(document, name);
  const checked = TRACE.safeParse(document);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new TraceFileError(name, issue === undefined ? 'is no trace' : explain(issue, document));
  }
  const contradiction = findInconsistency(checked.data);
  if (contradiction !== null) {
    throw new TraceFileError(name, `${contradiction.path}: ${contradiction.message}`);
  }
  return checked.data;
}

/** Format and version come first: in another format every other complaint misleads. */
function checkHeader(document: unknown, name: string): void {
  const format = member(document, 'format');
  if (format !== TRACE_FORMAT) {
    const found = describe(format);
    throw new TraceFileError(name, `format: found ${found}; expected "${TRACE_FORMAT}"`);
  }
  const version = member(document, 'version');
  if (version === TRACE_VERSION) return;
  const isNewer = typeof version === 'number' && version > TRACE_VERSION;
  const expected = `expected ${TRACE_VERSION}${isNewer ? ', or a newer dmabuf-verify' : ''}`;
  throw new TraceFileError(name, `version: found ${describe(version)}; ${expected}`);
}

function member(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return excerpt(JSON.stringify(value), QUOTE_MAX);
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function explain(issue: z.core.$ZodIssue, document: unknown): string {
  const place = issue.path.length === 0 ? '' : `${pathText(issue.path)}: `;
  if (issue.code === 'unrecognized_keys') {
    const key = excerpt(JSON.stringify(issue.keys[0]), QUOTE_MAX);
    return `${place}found the key ${key}; expected only keys of the trace format`;
  }
  let value = document;
  for (const key of issue.path) value = member(value, key);
  return `${place}found ${describe(value)}; expected ${expectation(issue)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return issue.origin === 'string' ? 'a text that is not empty' : `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      // The schema words the rest itself.
      return issue.message.replace(/^expected /, '');
  }
}

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[A-Za-z_]\w*$/.test(String(key)))
      text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${excerpt(JSON.stringify(String(key)), QUOTE_MAX)}]`;
  }
  return text;
}

function readText(file: string): string {
  const bytes = readBytes(file);
  const text = bytes.toString('utf8');
  const again = Buffer.from(text, 'utf8');
  if (!again.equals(bytes)) {
    const wrong = bytes.findIndex((byte, index) => byte !== again[index]);
    throw new TraceFileError(file, `is no text at byte ${wrong}; expected UTF-8`);
  }
  return text;
}

function readBytes(file: string): Buffer {
  let handle: number | undefined;
  try {
    // A pipe must not be opened: that waits for its writer.
    checkKind(file, statSync(file));
    handle = openSync(file, 'r');
    checkKind(file, fstatSync(handle));
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof TraceFileError) throw error;
    throw new TraceFileError(file, `${reason(error)}; expected a trace file`, { cause: error });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function checkKind(file: string, stats: Stats): void {
  if (stats.isDirectory()) throw new TraceFileError(file, 'is a folder; expected a trace file');
  if (!stats.isFile()) throw new TraceFileError(file, 'is no regular file; expected a trace file');
  if (stats.size > TRACE_BYTES_MAX) {
    const expected = `expected at most ${TRACE_BYTES_MAX} (64 MiB)`;
    throw new TraceFileError(file, `has ${stats.size} bytes; ${expected}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  ELOOP: 'is a link to itself',
  ENAMETOOLONG: 'has too long a name',
};

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return REASONS[code] ?? `cannot be read (${code})`;
}
