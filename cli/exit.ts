import { CommanderError } from 'commander';

import { CheckpointError } from '../model/systems/checkpoint.ts';
import { BaselineFileError } from '../properties/baseline/baseline-file.ts';
import { SinceError } from '../properties/baseline/since/changed.ts';
import { JournalError } from '../properties/campaign/journal.ts';
import { QueueError } from '../properties/campaign/queue/library.ts';
import { FtraceFileError } from '../traces/ftrace/lines.ts';
import { printable } from '../traces/printable.ts';
import { TraceFileError } from '../traces/read.ts';

export const PROGRAM_NAME = 'dmabuf-verify';

/** What the process says to whoever started it. */
export const EXIT = {
  /** Nothing was found, within the bounds that were printed. */
  nothing: 0,
  /** A rule is broken. */
  broken: 1,
  /** The program was used in a wrong way. */
  wrongUse: 2,
  /** The program itself is wrong. */
  defect: 3,
  /** Nothing was found, but not everything was looked at. */
  partial: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The user asked for something that does not exist. The message is one line. */
export class WrongUse extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUse';
  }
}

/** The code to end with after `error`, and what to say about it; null when all has been said. */
export function explainError(error: unknown): { code: ExitCode; text: string | null } {
  if (error instanceof CommanderError) {
    // Help and version were asked for, and are printed already.
    if (error.exitCode === 0) return { code: EXIT.nothing, text: null };
    return { code: EXIT.wrongUse, text: oneLine(error.message.replace(/^error: /, '')) };
  }
  if (
    error instanceof WrongUse ||
    error instanceof TraceFileError ||
    error instanceof FtraceFileError ||
    error instanceof BaselineFileError ||
    error instanceof SinceError ||
    error instanceof CheckpointError ||
    error instanceof JournalError ||
    error instanceof QueueError
  ) {
    return { code: EXIT.wrongUse, text: oneLine(error.message) };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: EXIT.defect,
    text: `${PROGRAM_NAME}: this is a defect of the program itself, please report it:\n${stack}`,
  };
}

function oneLine(message: string): string {
  return `${PROGRAM_NAME}: ${printable(message.trim().replaceAll(/\s*\n\s*/g, ' '))}`;
}
