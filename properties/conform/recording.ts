import { readFileSync, statSync } from 'node:fs';

import { z } from 'zod';

import { nestingOf, poisonedKey } from './hostile.ts';

/** Longer files are no recordings. Unit: bytes. */
export const FILE_SIZE_MAX: number = 16 * 1024 * 1024;
/** Longer lines are no programs. Unit: characters. */
export const LINE_LENGTH_MAX: number = 1024 * 1024;
/** A program nests seven levels deep at most. Unit: brackets. */
export const NESTING_MAX = 16;
const OPERATIONS_MAX = 10_000;
const TEXT_MAX = 4096;
const LIST_MAX = 1024;

/** Arguments as they were passed. */
export type RecordedArgs = Record<string, number | string | number[]>;

/** One operation of a recorded program, with what the kernel answered. */
export interface RecordedOperation {
  readonly op: string;
  readonly args: RecordedArgs;
  /** What a thread ran; on `async` only. */
  readonly sub?: { readonly op: string; readonly args: RecordedArgs } | undefined;
  readonly ret: 0 | -1;
  readonly errno?: string | undefined;
  readonly observed?: Record<string, unknown> | undefined;
}

/** One program that ran on a real kernel. */
export interface RecordedProgram {
  readonly kernel: string;
  readonly theme: string;
  readonly seed: number | string;
  readonly ops: readonly RecordedOperation[];
  /** Buffers that were alive after the program had ended. */
  readonly bufs_left: number;
}

const text = z.string().max(TEXT_MAX);
const args = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/),
  z.union([z.number(), text, z.array(z.number()).max(LIST_MAX)]),
);
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is no name of an operation');

const operation = z
  .strictObject({
    op: name,
    args,
    sub: z.strictObject({ op: name, args }).optional(),
    ret: z.literal([0, -1]),
    errno: z
      .string()
      .regex(/^E[A-Z0-9]{1,15}$/)
      .optional(),
    observed: z.record(text, z.json()).optional(),
  })
  .refine((answer) => (answer.ret === -1) === (answer.errno !== undefined), {
    error: 'ret is -1 when and only when errno is there',
  });

const program: z.ZodType<RecordedProgram> = z.strictObject({
  kernel: text,
  theme: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'is no name of a theme'),
  seed: z.union([z.number(), text]),
  ops: z.array(operation).max(OPERATIONS_MAX),
  bufs_left: z.int().min(0),
});

/** What is wrong with a file, and where: one per file, the first that was found. */
export interface RecordingError {
  readonly file: string;
  /** Counted from 1; 0 when the file as a whole is wrong. */
  readonly line: number;
  readonly message: string;
}

export type Recording =
  | { readonly kind: 'programs'; readonly programs: readonly RecordedProgram[] }
  | { readonly kind: 'error'; readonly error: RecordingError };

/** Reads a recording whole. Nothing of a file with an error is used. */
export function readRecording(file: string): Recording {
  const fail = (line: number, message: string): Recording => ({
    kind: 'error',
    error: { file, line, message },
  });
  const content = readText(file);
  if (content.kind === 'error') return fail(0, content.message);
  const lines = content.text.split('\n');
  const isComplete = lines.at(-1) === '';
  if (isComplete) lines.pop();
  if (lines.length === 0) return fail(0, 'is empty; expected one program per line');
  const programs: RecordedProgram[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseProgram(line);
    if (parsed.kind === 'program') {
      programs.push(parsed.program);
      continue;
    }
    const isCutOff = index === lines.length - 1 && !isComplete;
    return fail(index + 1, parsed.message + (isCutOff ? '; the file ends inside this line' : ''));
  }
  return { kind: 'programs', programs };
}

type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'error'; readonly message: string };

function readText(file: string): Content {
  const fail = (message: string): Content => ({ kind: 'error', message });
  try {
    const status = statSync(file);
    // Pipes and devices have no end.
    if (!status.isFile()) return fail('is no regular file');
    if (status.size > FILE_SIZE_MAX) {
      return fail(`has ${status.size} bytes; a recording has ${FILE_SIZE_MAX} at most`);
    }
    const bytes = readFileSync(file);
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return fail('is not UTF-8 text');
    return fail(`cannot be read${code === '' ? '' : ` (${code})`}`);
  }
}

type Parsed =
  | { readonly kind: 'program'; readonly program: RecordedProgram }
  | { readonly kind: 'error'; readonly message: string };

function parseProgram(line: string): Parsed {
  const fail = (message: string): Parsed => ({ kind: 'error', message });
  if (line.length > LINE_LENGTH_MAX) {
    return fail(`has ${line.length} characters; a program has ${LINE_LENGTH_MAX} at most`);
  }
  if (line.trim() === '') return fail('is blank; expected one program per line');
  if (nestingOf(line) > NESTING_MAX) return fail(`nests more than ${NESTING_MAX} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The engine's own words differ between versions of Node.
    return fail('is not JSON');
  }
  const poison = poisonedKey(value);
  if (poison !== null) return fail(`has a key ${JSON.stringify(poison)}, which no program has`);
  const result = program.safeParse(value);
  if (result.success) return { kind: 'program', program: result.data };
  const issue = result.error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? 'program' : issue.path.join('.');
  return fail(`${at}: ${issue?.message ?? 'is wrong'}`);
}
