import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { printable } from '../printable.ts';

/** No line that the kernel prints comes near this. Unit: bytes. */
export const LINE_BYTES_MAX: number = 16 * 1024;
/** Unit: bytes. */
const CHUNK = 1024 * 1024;
const NEWLINE = 10;
const RETURN = 13;

/** A log that cannot be read. The message is one line. */
export class FtraceFileError extends Error {
  constructor(file: string, problem: string) {
    super(`${printable(file)}: ${printable(problem)}`);
    this.name = 'FtraceFileError';
  }
}

/**
 * Calls `onLine` with each line of a file and its number, from 1 on. Bytes become characters one by
 * one. Of a line that is too long only the number is said.
 *
 * @throws {FtraceFileError} when the file cannot be read
 */
export function readLines(
  file: string,
  onLine: (line: string | null, number: number) => void,
): void {
  const descriptor = open(file);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK + LINE_BYTES_MAX);
    let number = 0;
    let kept = 0;
    let isTooLong = false;
    for (;;) {
      const size = readSync(descriptor, buffer, kept, CHUNK, null);
      const end = kept + size;
      let start = 0;
      for (let at = buffer.indexOf(NEWLINE, kept); at >= 0 && at < end;) {
        number += 1;
        onLine(isTooLong ? null : textOf(buffer, start, at), number);
        isTooLong = false;
        start = at + 1;
        at = buffer.indexOf(NEWLINE, start);
      }
      if (size === 0) {
        if (end > start || isTooLong) {
          onLine(isTooLong ? null : textOf(buffer, start, end), number + 1);
        }
        return;
      }
      kept = end - start;
      if (kept > LINE_BYTES_MAX) {
        isTooLong = true;
        kept = 0;
      } else {
        buffer.copy(buffer, 0, start, end);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

function textOf(buffer: Buffer, start: number, end: number): string | null {
  const last = end > start && buffer[end - 1] === RETURN ? end - 1 : end;
  return last - start > LINE_BYTES_MAX ? null : buffer.toString('latin1', start, last);
}

/** Lines are looked at again for the reasons of a finding, so pipes do not do. */
function open(file: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FtraceFileError(file, `cannot be read: ${reason}`);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new FtraceFileError(file, 'expected a file; what comes through a pipe, save first');
}

/** Bytes as the text that they are, for people. */
export function textOfBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
