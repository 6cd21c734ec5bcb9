import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../model/package-folder.ts';
import { type Baseline, BASELINE } from './baseline.ts';

/** A baseline that cannot be used. The message is one line. */
export class BaselineFileError extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = 'BaselineFileError';
  }
}

/** The baseline that belongs to this package. */
export function ownBaseline(): string {
  return join(packageFolder(), 'properties', 'baseline.json');
}

/**
 * Reads a baseline.
 *
 * @throws {BaselineFileError} when there is none in `file`
 */
export function readBaseline(file: string): Baseline {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BaselineFileError(file, `cannot be read: ${reason}; expected a baseline`);
  }
  const checked = BASELINE.safeParse(document);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new BaselineFileError(file, `${place}${issue?.message ?? ''}; expected a baseline`);
}

/** Each entry has a line of its own, so that changes of different things merge. */
export function formatBaseline(baseline: Baseline): string {
  return `${JSON.stringify(baseline, null, 1)}\n`;
}

export function writeBaseline(file: string, baseline: Baseline): void {
  writeFileSync(file, formatBaseline(baseline));
}
